/** Pictures on canvases: what every browser makes frames of, and draws them on. */
import type { VideoFrame } from 'everycodec';
import { frameDuration, psnr } from '../../test/support/pictures.ts';
import { native } from './classes.ts';

export const [width, height] = [320, 240];

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  Object.assign(canvas, { width, height });
  return canvas.getContext('2d', { willReadFrequently: true })!;
}

const painted = contextOf(document.createElement('canvas'));
const shown = contextOf(document.createElement('canvas'));

/** A gradient with a square that moves; every picture of a series differs. */
function paint(index: number): void {
  const gradient = painted.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, 'rgb(60 80 120)');
  gradient.addColorStop(1, 'rgb(180 150 90)');
  painted.fillStyle = gradient;
  painted.fillRect(0, 0, width, height);
  painted.fillStyle = 'rgb(230 225 235)';
  painted.fillRect(16 + index * 8, 40, 64, 64);
}

const pixels = (context: CanvasRenderingContext2D): Uint8Array =>
  new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);

/** A frame of the browser's own class. */
export function paintedFrame(index: number): VideoFrame {
  paint(index);
  return new native.VideoFrame(painted.canvas, { timestamp: index * frameDuration, duration: frameDuration });
}

/** What a canvas shows of a frame. */
export function drawnPixels(frame: VideoFrame): Uint8Array {
  shown.drawImage(frame as unknown as CanvasImageSource, 0, 0);
  return pixels(shown);
}

/** How close a frame, drawn on a canvas, is to the picture of this index, dB. */
export function drawnQuality(frame: VideoFrame, index: number): number {
  paint(index);
  return psnr(drawnPixels(frame), pixels(painted));
}
