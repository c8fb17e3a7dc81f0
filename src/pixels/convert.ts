/** Conversion to RGB by whatever is there: the WebAssembly module, or plain code where it cannot be had. */
import { assetUrl, readModule } from '../platform/platform.ts';
import type { VideoColorSpaceInit } from './color-space.ts';
import { PixelKernels } from './kernels.ts';
import type { Rect } from './layout.ts';
import type { Picture } from './picture.ts';
import { convertToRgb, isCopy, type RgbTarget } from './rgb.ts';

/** The module; null once it turned out that there is none (no SIMD, no file, a content security policy). */
let kernels: PixelKernels | null | undefined;
let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  try {
    const compile = await readModule(assetUrl('wasm/pixels.wasm'));
    kernels = new PixelKernels(await WebAssembly.instantiate(await compile()));
  } catch {
    kernels = null;
  }
}

/**
 * Converts `rect` of a picture to RGB at once, for callers that cannot wait: by plain code as long as the module is not
 * loaded, which this begins.
 */
export function convertPictureNow(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): void {
  if (kernels === undefined) loading ??= load();
  convertNow(picture, source, rect, target);
}

function convertNow(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): void {
  // Rows that are only copied need not go through the module's memory.
  if (isCopy(picture, source, target) || !kernels?.convert(picture, source, rect, target)) {
    convertToRgb(picture, source, rect, target);
  }
}

async function convertLater(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget) {
  picture.retain();
  try {
    loading ??= load();
    await loading;
    convertNow(picture, source, rect, target);
  } finally {
    picture.release();
  }
}

/**
 * Converts `rect` of a picture to RGB: at once where the module is loaded or known to be missing, else when that is
 * clear, a few milliseconds later: plain code would keep the calling thread busy for longer. The picture is retained
 * until then, so its frame may be closed.
 */
export function convertPicture(
  picture: Picture,
  source: VideoColorSpaceInit,
  rect: Rect,
  target: RgbTarget,
): Promise<void> | undefined {
  const converting = picture.convert?.(source, rect, target);
  if (converting) return converting;
  // Copied rows need no module.
  if (kernels === undefined && !isCopy(picture, source, target)) return convertLater(picture, source, rect, target);
  convertNow(picture, source, rect, target);
  return undefined;
}
