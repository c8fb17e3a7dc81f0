/** What a VideoFrame looks like on a canvas: in the canvas's colours, upright, of its display size. */
import { convertPictureNow } from '../pixels/convert.ts';
import type { PredefinedColorSpace } from '../pixels/gamut.ts';
import { type Canvas, type Context2D, scratchContext } from '../pixels/scratch-canvas.ts';
import { pictureOf, type VideoFrame } from '../webcodecs/video-frame.ts';

export type Content = NonNullable<ReturnType<typeof pictureOf>>;

export interface Size {
  width: number;
  height: number;
}

/** @throws {DOMException} InvalidStateError if the frame is closed. */
export function contentOf(frame: VideoFrame): Content {
  const content = pictureOf(frame);
  // "If image's [[Detached]] internal slot value is set to true, then throw an "InvalidStateError" DOMException."
  if (!content) throw new DOMException('The VideoFrame is closed.', 'InvalidStateError');
  return content;
}

const isSideways = ({ rotation }: Content): boolean => rotation % 180 !== 0;

/** The size of the visible pixels once they are upright. */
export function uprightSize(content: Content): Size {
  const { width, height } = content.visibleRect;
  return isSideways(content) ? { width: height, height: width } : { width, height };
}

/** The content of a frame that is shown as it is stored. */
export function withoutOrientation(content: Content): Content {
  const { displayWidth, displayHeight } = content;
  const upright = { ...content, rotation: 0, flip: false };
  return isSideways(content) ? { ...upright, displayWidth: displayHeight, displayHeight: displayWidth } : upright;
}

const lastImages = new WeakMap<Context2D, ImageData>();

/** The visible pixels, as stored. Their memory serves the next frame of this size again, unless they are to be kept. */
function pixelsOf({ picture, visibleRect, colorSpace }: Content, context: Context2D, keep = false): ImageData {
  const { width, height } = visibleRect;
  const last = lastImages.get(context);
  const fits = last?.width === width && last.height === height;
  const image = fits && !keep ? last : context.createImageData(width, height);
  if (!keep) lastImages.set(context, image);
  convertPictureNow(picture, colorSpace, visibleRect, {
    format: 'RGBA',
    // Where there is only one, it is not named.
    colorSpace: image.colorSpace ?? 'srgb',
    bytes: new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength),
    offset: 0,
    stride: 4 * width,
  });
  return image;
}

/** The frame, upright, scaled to `size`, on a canvas that serves until the next frame. */
export function canvasOf(content: Content, { width, height }: Size, colorSpace: PredefinedColorSpace): Canvas {
  const { visibleRect, rotation, flip } = content;
  const stored = scratchContext('stored', visibleRect.width, visibleRect.height, colorSpace);
  stored.putImageData(pixelsOf(content, stored), 0, 0);
  const [across, down] = isSideways(content) ? [height, width] : [width, height];
  const isScaled = across !== visibleRect.width || down !== visibleRect.height;
  if (!rotation && !flip && !isScaled) return stored.canvas;
  const upright = scratchContext('upright', width, height, colorSpace);
  // Turned about the centre, clockwise, then mirrored.
  const cosine = [1, 0, -1, 0][rotation / 90]!;
  const sine = [0, 1, 0, -1][rotation / 90]!;
  const mirror = flip ? -1 : 1;
  upright.resetTransform();
  upright.clearRect(0, 0, width, height);
  upright.imageSmoothingEnabled = isScaled;
  upright.setTransform(mirror * cosine, sine, -mirror * sine, cosine, width / 2, height / 2);
  upright.drawImage(stored.canvas, -across / 2, -down / 2, across, down);
  return upright.canvas;
}

/** The frame at its display size: unpremultiplied pixels where it is stored like that, else a canvas. */
export function imageOf(content: Content, colorSpace: PredefinedColorSpace, keep: boolean): ImageData | Canvas {
  const { visibleRect, rotation, flip, displayWidth: width, displayHeight: height } = content;
  const isPlain = !rotation && !flip && visibleRect.width === width && visibleRect.height === height;
  if (isPlain) return pixelsOf(content, scratchContext('pixels', 1, 1, colorSpace), keep);
  return canvasOf(content, { width, height }, colorSpace);
}
