/** ImageBitmap and createImageBitmap() on a canvas package: https://html.spec.whatwg.org/#images-2 */
import type { PredefinedColorSpace } from '../pixels/gamut.ts';
import { type Canvas, type Context2D, checkCanvasSize } from '../pixels/scratch-canvas.ts';
import { isImageSource, usableSize } from '../webcodecs/image-source.ts';
import * as webidl from '../webcodecs/webidl.ts';
import { colorSpaceOf } from './canvas.ts';

/** What is needed of a canvas package. */
export interface CanvasPackage {
  createCanvas(width: number, height: number): object;
  Image?: abstract new (...args: never[]) => object;
  ImageData?: abstract new (...args: never[]) => object;
  /** Decodes the bytes of an image file. */
  loadImage?(bytes: Uint8Array): Promise<object>;
}

export const contextOf = (canvas: object, settings?: CanvasRenderingContext2DSettings): Context2D =>
  (canvas as Canvas).getContext('2d', settings) as Context2D;

/** Says that ImageBitmap's constructor was called from here. */
const inside = Symbol('inside');

let bitmapCanvas: (bitmap: ImageBitmap) => Canvas | null;
export let isBitmap: (value: unknown) => value is ImageBitmap;

/** https://html.spec.whatwg.org/#imagebitmap */
export class ImageBitmap {
  #canvas: Canvas | null;

  static {
    bitmapCanvas = (bitmap) => bitmap.#canvas;
    isBitmap = (value): value is ImageBitmap => typeof value === 'object' && value !== null && #canvas in value;
  }

  private constructor(canvas: Canvas, key: symbol) {
    if (key !== inside) throw new TypeError('Illegal constructor');
    this.#canvas = canvas;
  }

  /** Pixels, 0 once closed. */
  get width(): number {
    return this.#canvas?.width ?? 0;
  }

  get height(): number {
    return this.#canvas?.height ?? 0;
  }

  close(): undefined {
    this.#canvas = null;
  }
}

webidl.defineInterface(ImageBitmap, 'ImageBitmap');

/** A bitmap of a canvas, which passes to it. */
export const bitmapOf = (canvas: Canvas): ImageBitmap => Reflect.construct(ImageBitmap, [canvas, inside]);

/** The canvas that stands for a bitmap. @throws {DOMException} InvalidStateError if it is closed. */
export function canvasOfBitmap(bitmap: ImageBitmap): Canvas {
  const canvas = bitmapCanvas(bitmap);
  // "If image's [[Detached]] internal slot value is set to true, then throw an "InvalidStateError" DOMException."
  if (!canvas) throw new DOMException('The ImageBitmap is closed.', 'InvalidStateError');
  return canvas;
}

interface ImageBitmapOptions {
  imageOrientation: 'from-image' | 'none' | 'flipY';
  resizeWidth?: number;
  resizeHeight?: number;
  resizeQuality: 'pixelated' | ImageSmoothingQuality;
}

const imageBitmapOptions = webidl.dictionary<ImageBitmapOptions>('ImageBitmapOptions', [
  { key: 'colorSpaceConversion', converter: webidl.enumeration('ColorSpaceConversion', ['none', 'default']) },
  {
    key: 'imageOrientation',
    converter: webidl.enumeration('ImageOrientation', ['from-image', 'none', 'flipY']),
    default: () => 'from-image',
  },
  { key: 'premultiplyAlpha', converter: webidl.enumeration('PremultiplyAlpha', ['none', 'premultiply', 'default']) },
  { key: 'resizeHeight', converter: webidl.enforceRangeUnsignedLong },
  {
    key: 'resizeQuality',
    converter: webidl.enumeration('ResizeQuality', ['pixelated', 'low', 'medium', 'high']),
    default: () => 'low',
  },
  { key: 'resizeWidth', converter: webidl.enforceRangeUnsignedLong },
]);

/** An image that the package can draw. */
interface Drawable {
  image: CanvasImageSource;
  width: number;
  height: number;
  colorSpace: PredefinedColorSpace;
}

/** What there is to draw now; a promise of it for a file. */
function drawableOf(value: unknown, pack: CanvasPackage): Drawable | Promise<Drawable> {
  if (value instanceof Blob) return decodedImage(value, pack);
  if (pack.ImageData && value instanceof pack.ImageData) return drawnData(value as ImageData, pack);
  if (!isBitmap(value) && !isImageSource(value)) {
    throw new TypeError('createImageBitmap: the image is no ImageBitmapSource');
  }
  const image = (isBitmap(value) ? canvasOfBitmap(value) : value) as Canvas;
  const { width, height } = usableSize(image);
  return { image, width, height, colorSpace: 'getContext' in image ? colorSpaceOf(contextOf(image)) : 'srgb' };
}

async function decodedImage(blob: Blob, { loadImage }: CanvasPackage): Promise<Drawable> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  try {
    const image = await loadImage!(bytes);
    return { image: image as CanvasImageSource, ...usableSize(image), colorSpace: 'srgb' };
  } catch (cause) {
    // "If imageData is … corrupted in some fatal way …, then reject promise with an "InvalidStateError" DOMException".
    throw Object.assign(new DOMException('The image cannot be decoded.', 'InvalidStateError'), { cause });
  }
}

function drawnData(data: ImageData, pack: CanvasPackage): Drawable {
  const { width, height, colorSpace = 'srgb' } = data;
  const image = pack.createCanvas(width, height);
  contextOf(image, { colorSpace }).putImageData(data, 0, 0);
  return { image: image as Canvas, width, height, colorSpace };
}

type Rectangle = [x: number, y: number, width: number, height: number];

/** https://html.spec.whatwg.org/#cropped-to-the-source-rectangle-with-formatting */
function formatted(
  { image, width, height, colorSpace }: Drawable,
  rectangle: Rectangle | undefined,
  { imageOrientation, resizeQuality, resizeWidth, resizeHeight }: ImageBitmapOptions,
  pack: CanvasPackage,
): ImageBitmap {
  const [x, y, across, down] = rectangle ?? [0, 0, width, height];
  const sourceWidth = Math.abs(across);
  const sourceHeight = Math.abs(down);
  // "If only one is given: the width of sourceRectangle, times … divided by …, rounded up to the nearest integer."
  const outputWidth = resizeWidth ?? Math.ceil((sourceWidth * (resizeHeight ?? sourceHeight)) / sourceHeight);
  const outputHeight = resizeHeight ?? Math.ceil((sourceHeight * (resizeWidth ?? sourceWidth)) / sourceWidth);
  checkCanvasSize(outputWidth, outputHeight);
  const canvas = pack.createCanvas(outputWidth, outputHeight) as Canvas;
  const context = contextOf(canvas, { colorSpace });
  // "If image's … imageOrientation is "flipY", then output must be flipped vertically".
  if (imageOrientation === 'flipY') context.setTransform(1, 0, 0, -1, 0, outputHeight);
  context.imageSmoothingEnabled = resizeQuality !== 'pixelated';
  if (resizeQuality !== 'pixelated') context.imageSmoothingQuality = resizeQuality;
  const left = Math.min(x, x + across);
  const top = Math.min(y, y + down);
  context.drawImage(image, left, top, sourceWidth, sourceHeight, 0, 0, outputWidth, outputHeight);
  return bitmapOf(canvas);
}

/** createImageBitmap() for the images of a package. Alpha is premultiplied always, and colours are converted. */
export function imageBitmapFactory(pack: CanvasPackage): (image: unknown, ...rest: unknown[]) => Promise<ImageBitmap> {
  return function createImageBitmap(image, ...rest) {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'createImageBitmap');
      if (rest.length === 2 || rest.length === 3) throw new TypeError('createImageBitmap: a rectangle is four numbers');
      const rectangle = rest.length < 4 ? undefined : rest.splice(0, 4).map((side) => webidl.long(side, 'rectangle'));
      const options = imageBitmapOptions(rest[0], 'ImageBitmapOptions');
      // "If either sw or sh is given and is 0, then return a promise rejected with a RangeError."
      if (rectangle && !(rectangle[2] && rectangle[3])) throw new RangeError('createImageBitmap: an empty rectangle');
      // "If either options's resizeWidth or options's resizeHeight is present and is 0, then return a promise rejected
      // with an "InvalidStateError" DOMException."
      if (options.resizeWidth === 0 || options.resizeHeight === 0) {
        throw new DOMException('createImageBitmap: resized to nothing', 'InvalidStateError');
      }
      const drawable = drawableOf(image, pack);
      // A canvas is read as it is now.
      const present = drawable instanceof Promise ? await drawable : drawable;
      return formatted(present, rectangle as Rectangle | undefined, options, pack);
    });
  };
}
