/** Conversion to RGB by the addon, on other threads. */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { gamutTransform } from '../pixels/gamut.ts';
import { layoutNumber } from '../pixels/kernels.ts';
import type { Rect } from '../pixels/layout.ts';
import { bitDepthOf, hasAlpha, type PixelFormat, planesOf } from '../pixels/pixel-format.ts';
import { isFullRange, type RgbTarget, redIndex } from '../pixels/rgb.ts';
import { indexCount, yuvMatrix } from '../pixels/yuv-matrix.ts';
import type { Addon } from './accel-addon.ts';

/** undefined for what is left to WebAssembly: other primaries, and parts that begin within a sample of chroma. */
export function convertPicture(
  addon: Addon,
  { slot, format }: { slot: number; format: PixelFormat },
  source: VideoColorSpaceInit,
  { x, y, width, height }: Rect,
  target: RgbTarget,
): Promise<void> | undefined {
  const { vertical, horizontal } = planesOf(format)[1]!;
  const isAligned = x % horizontal === 0 && y % vertical === 0;
  // The fourth byte of some is opaque although there is alpha.
  const keepsAlpha = hasAlpha(format) === hasAlpha(target.format);
  if (!isAligned || !(keepsAlpha || !hasAlpha(format)) || gamutTransform(source, target.colorSpace, indexCount)) {
    return undefined;
  }
  const depth = bitDepthOf(format);
  const matrix = yuvMatrix(source.matrix ?? 'bt709', isFullRange(source), depth, 0);
  const { luma, redV, greenU, greenV, blueU, lumaBias, chromaBias, isGbr } = matrix;
  return addon.convert?.({
    slot,
    ...{ x, y, width, height, depth, vertical },
    layout: layoutNumber({ format }),
    matrix: [luma, redV, greenU, greenV, blueU, lumaBias, chromaBias, Number(isGbr)],
    blueFirst: Number(redIndex(target.format) === 2),
    target: target.bytes,
    offset: target.offset,
    stride: target.stride,
  });
}
