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

interface Size {
  width: number;
  height: number;
}
const whole: Size = { width, height };

const pixels = (context: CanvasRenderingContext2D, { width, height }: Size): Uint8Array =>
  new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);

/** A frame of the browser's own class; a size leaves out what is right and below. */
export function paintedFrame(index: number, size = whole): VideoFrame {
  paint(index);
  const visibleRect = { x: 0, y: 0, ...size };
  const times = { timestamp: index * frameDuration, duration: frameDuration };
  return new native.VideoFrame(painted.canvas, { visibleRect, ...times });
}

/** What a canvas shows of a frame. */
export function drawnPixels(frame: VideoFrame, size = whole): Uint8Array {
  shown.drawImage(frame as unknown as CanvasImageSource, 0, 0);
  return pixels(shown, size);
}

/** How close a frame, drawn on a canvas, is to the picture of this index, dB. */
export function drawnQuality(frame: VideoFrame, index: number, size = whole): number {
  paint(index);
  return psnr(drawnPixels(frame, size), pixels(painted, size));
}
