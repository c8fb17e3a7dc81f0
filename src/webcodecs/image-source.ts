/** The images that a VideoFrame can be made of beside other frames: https://html.spec.whatwg.org/#canvasimagesource */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import type { Picture } from '../pixels/picture.ts';
import { allocatePicture } from '../pixels/picture-pool.ts';
import { dropScratch, scratchContext } from '../pixels/scratch-canvas.ts';

/** What an image shows now. */
export interface ImageContent {
  /** A copy, whose one reference passes to the caller. */
  picture: Picture;
  colorSpace: VideoColorSpaceInit;
  /** Pixels. */
  displayWidth: number;
  displayHeight: number;
  /** µs: a video's current time. */
  timestamp?: number | undefined;
}

/**
 * An image of the runtime's, or of a canvas package: HTMLImageElement, SVGImageElement, HTMLVideoElement,
 * HTMLCanvasElement, OffscreenCanvas, ImageBitmap or native VideoFrame. Other objects are no images, whatever members
 * they have.
 */
export type ImageSource =
  | { readonly width: number | object; readonly height: number | object }
  | { readonly displayWidth: number; readonly displayHeight: number };

/** Members of all kinds of images that say what can be read. */
interface ImageMembers {
  complete?: boolean;
  readyState?: number;
  videoWidth?: number;
  videoHeight?: number;
  naturalWidth?: number;
  naturalHeight?: number;
  displayWidth?: number;
  displayHeight?: number;
  width?: number;
  height?: number;
  /** Seconds, and µs. */
  currentTime?: number;
  timestamp?: number;
}

/** A video's readyState: it has metadata only. */
const haveMetadata = 1;

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** By name, as each window has classes of its own. VideoFrame: the runtime's, where ours are installed over them. */
const tags =
  /^(HTML(Image|Video|Canvas)Element|SVGImageElement|OffscreenCanvas|ImageBitmap|VideoFrame|CSS(URL)?ImageValue)$/;

let isOther: (value: object) => boolean = () => false;

/** Lets frames be made of images that browsers do not know. */
export function addImageSources(isImage: typeof isOther): void {
  isOther = isImage;
}

/** Whether a value is an image of a kind that readImage() reads here. */
export const isImageSource = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (tags.test(tagOf(value)) || isOther(value));

/**
 * An SVG image's own size cannot be asked for, and its element's may differ. An HTML image with the same address has it
 * at once, being in the list of available images; where it is not, the element's size stands in.
 */
function svgImageSize(image: SVGImageElement & { crossOrigin?: string | null }): ImageMembers {
  const { href, ownerDocument, crossOrigin = null } = image;
  const twin = Object.assign(ownerDocument.createElement('img'), { crossOrigin, src: href.baseVal });
  return twin.naturalWidth ? twin : image.getBBox();
}

const noPixels = (): DOMException => new DOMException('The image has no pixels now.', 'InvalidStateError');

/** https://html.spec.whatwg.org/#check-the-usability-of-the-image-argument */
export function usableSize(image: ImageMembers): { width: number; height: number } {
  const { complete = true, readyState = haveMetadata } = image;
  const width = image.videoWidth ?? image.naturalWidth ?? image.displayWidth ?? image.width ?? 0;
  const height = image.videoHeight ?? image.naturalHeight ?? image.displayHeight ?? image.height ?? 0;
  // "If image is not fully decodable …", "If image's readyState attribute is either HAVE_NOTHING …",
  // "If image has either a horizontal dimension or a vertical dimension equal to zero …", "If image's [[Detached]]
  // internal slot value is set to true …": throw an "InvalidStateError" DOMException.
  if (!complete || readyState < haveMetadata || !(width > 0 && height > 0)) throw noPixels();
  return { width: Math.ceil(width), height: Math.ceil(height) };
}

/**
 * Reads an image's pixels, by drawing it.
 *
 * @throws {DOMException} InvalidStateError if it has none; SecurityError if they are another origin's.
 */
export function readImage(image: object): ImageContent {
  const tag = tagOf(image);
  // "If image is not origin-clean": these never are.
  if (tag.startsWith('CSS')) throw new DOMException('CSS images cannot be read.', 'SecurityError');
  const source = image as ImageMembers;
  const { width, height } = usableSize(tag === 'SVGImageElement' ? svgImageSize(image as SVGImageElement) : source);
  const pixels = drawnPixels(image as CanvasImageSource, width, height);
  // "… or HAVE_METADATA, then return bad." Chromium can have the first frame just before it says so.
  if (source.readyState === haveMetadata && !pixels[3]) throw noPixels();
  const { picture, bytes } = allocatePicture('RGBA', width, height);
  bytes.set(pixels);
  return {
    picture,
    colorSpace: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true },
    displayWidth: width,
    displayHeight: height,
    timestamp: source.currentTime === undefined ? source.timestamp : Math.round(1e6 * source.currentTime),
  };
}

function drawnPixels(image: CanvasImageSource, width: number, height: number): Uint8ClampedArray {
  const context = scratchContext('image', width, height);
  try {
    context.clearRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  } catch (error) {
    // Once an image of another origin was drawn, nothing can be read from this canvas.
    dropScratch(context);
    throw error;
  }
}
