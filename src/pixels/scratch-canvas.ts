/** Canvases that pixels go through between pictures and other canvases. They are kept: frames come one after another. */
import type { PredefinedColorSpace } from './gamut.ts';

export type Canvas = HTMLCanvasElement | OffscreenCanvas;
export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What browsers can hold: pixels, and pixels across or down. */
const mostPixels = 2 ** 26;
const longestSide = 32767;

function browserCanvas(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  if (typeof document !== 'undefined') return Object.assign(document.createElement('canvas'), { width, height });
  throw new DOMException('There is no canvas here; polyfill({ canvas }) takes a package of them.', 'NotSupportedError');
}

let makeCanvas = browserCanvas;

const kept = new Map<string, Context2D>();

/** Whose canvases to use where the runtime has none. */
export function useCanvasesOf(maker: (width: number, height: number) => Canvas): void {
  makeCanvas = maker;
  kept.clear();
}

/** @throws {DOMException} InvalidStateError for a size that no canvas has. */
export function checkCanvasSize(width: number, height: number): void {
  if (width * height <= mostPixels && Math.max(width, height) <= longestSide) return;
  throw new DOMException(`${width} × ${height} pixels are too many for a canvas.`, 'InvalidStateError');
}

/**
 * The canvas for one purpose and colour space, resized where it must be; what it shows and its state are those of its
 * last use.
 *
 * @throws {DOMException} InvalidStateError if it would be too large; NotSupportedError if there are no canvases.
 */
export function scratchContext(
  purpose: string,
  width: number,
  height: number,
  colorSpace: PredefinedColorSpace = 'srgb',
): Context2D {
  checkCanvasSize(width, height);
  const key = purpose + colorSpace;
  let context = kept.get(key);
  if (!context) {
    // In main memory: the pixels come from there or go there.
    context = makeCanvas(width, height).getContext('2d', { colorSpace, willReadFrequently: true }) as Context2D;
    kept.set(key, context);
  }
  const { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return context;
}

/** Lets go of a canvas that cannot be used any more. */
export const dropScratch = (context: Context2D): void => {
  for (const [key, value] of kept) if (value === context) kept.delete(key);
};
