/** Draws a decoded picture on a canvas, and closes it. */
import type { Frame } from './codec-classes.ts';

/** Fills the canvas, turned by `rotation` degrees clockwise. */
export async function draw(context: CanvasRenderingContext2D, frame: Frame, rotation: number): Promise<void> {
  try {
    drawTurned(context, frame as unknown as CanvasImageSource, rotation);
  } catch {
    // A canvas that does not know frames of this class: they go there as plain pixels.
    const bitmap = await bitmapOf(frame);
    drawTurned(context, bitmap, rotation);
    bitmap.close();
  } finally {
    frame.close();
  }
}

function drawTurned(context: CanvasRenderingContext2D, image: CanvasImageSource, rotation: number): void {
  const { width, height } = context.canvas;
  const [across, down] = rotation % 180 === 0 ? [width, height] : [height, width];
  context.setTransform(1, 0, 0, 1, width / 2, height / 2);
  context.rotate((rotation * Math.PI) / 180);
  context.drawImage(image, -across / 2, -down / 2, across, down);
}

async function bitmapOf(frame: Frame): Promise<ImageBitmap> {
  const pixels = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(pixels, { format: 'RGBA' });
  const { displayWidth: width, displayHeight: height } = frame;
  return createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height));
}
