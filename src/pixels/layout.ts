/** Rectangles and layouts of pictures, as the specification computes them (§9.4.6). */
import type { PlaneLayout } from './picture.ts';
import { type PixelFormat, planesOf, rowBytes, rowCount } from './pixel-format.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** https://w3c.github.io/webcodecs/#computed-plane-layout */
export interface ComputedPlaneLayout {
  /** Where the plane goes, bytes. */
  destinationOffset: number;
  /** Bytes from row to row. */
  destinationStride: number;
  /** The rectangle within the plane: rows, and bytes. */
  sourceTop: number;
  sourceHeight: number;
  sourceLeftBytes: number;
  sourceWidthBytes: number;
}

export interface CombinedBufferLayout {
  allocationSize: number;
  planes: ComputedPlaneLayout[];
}

const largestUnsignedLong = 0xffffffff;

/** https://w3c.github.io/webcodecs/#videoframe-verify-rect-offset-alignment */
export function isRectAligned(format: PixelFormat, rect: Rect): boolean {
  // "If rect.x is not a multiple of sampleWidth, return false. If rect.y is not a multiple of sampleHeight, return false."
  return planesOf(format).every(({ horizontal, vertical }) => rect.x % horizontal === 0 && rect.y % vertical === 0);
}

/** https://w3c.github.io/webcodecs/#videoframe-parse-visible-rect @throws {TypeError} if it is no usable rectangle. */
export function parseVisibleRect(
  defaultRect: Rect,
  override: Partial<Rect> | undefined,
  codedWidth: number,
  codedHeight: number,
  format: PixelFormat | null,
): Rect {
  if (!override) return defaultRect;
  const rect = { x: override.x ?? 0, y: override.y ?? 0, width: override.width ?? 0, height: override.height ?? 0 };
  const { x, y, width, height } = rect;
  if (Object.values(rect).some((value) => !Number.isFinite(value) || value < 0)) {
    throw new TypeError('the rectangle has a negative or infinite member');
  }
  // "If overrideRect.width or overrideRect.height are 0, throw a TypeError."
  if (width === 0 || height === 0) throw new TypeError('the rectangle is empty');
  // "If the sum of overrideRect.x and overrideRect.width is greater than codedWidth, throw a TypeError."
  if (x + width > codedWidth || y + height > codedHeight) {
    throw new TypeError(`the rectangle lies outside the coded size of ${codedWidth} × ${codedHeight}`);
  }
  const whole = { x: Math.trunc(x), y: Math.trunc(y), width: Math.trunc(width), height: Math.trunc(height) };
  if (whole.width === 0 || whole.height === 0) throw new TypeError('the rectangle is smaller than a pixel');
  if (format && !isRectAligned(format, whole)) {
    throw new TypeError(`the rectangle's origin (${x}, ${y}) is not aligned to the samples of ${format}`);
  }
  return whole;
}

/**
 * https://w3c.github.io/webcodecs/#videoframe-compute-layout-and-allocation-size
 *
 * @throws {TypeError} if `layout` has another number of planes, too small strides, overlapping planes, or
 *   reaches beyond what an unsigned long counts.
 */
export function computeLayout(
  rect: Rect,
  format: PixelFormat,
  layout: readonly PlaneLayout[] | undefined,
): CombinedBufferLayout {
  const planes = planesOf(format);
  // "If layout is not undefined and its length does not equal numPlanes, throw a TypeError."
  if (layout && layout.length !== planes.length) {
    throw new TypeError(`the layout has ${layout.length} planes, ${format} has ${planes.length}`);
  }
  let end = 0;
  const computed = planes.map((plane, index) => {
    const given = layout?.[index];
    const sourceWidthBytes = rowBytes(plane, rect.width);
    const sourceHeight = rowCount(plane, rect.height);
    // "If planeLayout.stride is less than computedLayout's sourceWidthBytes, throw a TypeError."
    if (given && given.stride < sourceWidthBytes) {
      throw new TypeError(`plane ${index} has a stride of ${given.stride} bytes, its rows have ${sourceWidthBytes}`);
    }
    const result = {
      destinationOffset: given?.offset ?? end,
      destinationStride: given?.stride ?? sourceWidthBytes,
      sourceTop: Math.floor(rect.y / plane.vertical),
      sourceHeight,
      sourceLeftBytes: Math.floor(rect.x / plane.horizontal) * plane.sampleBytes,
      sourceWidthBytes,
    };
    const planeEnd = result.destinationOffset + result.destinationStride * sourceHeight;
    // "If planeSize or planeEnd is greater than maximum range of unsigned long, throw a TypeError."
    if (planeEnd > largestUnsignedLong) throw new TypeError(`plane ${index} reaches beyond 4 GiB`);
    end = Math.max(end, planeEnd);
    return result;
  });
  if (layout && overlap(computed)) throw new TypeError('the planes of the layout overlap');
  return { allocationSize: end, planes: computed };
}

function overlap(planes: readonly ComputedPlaneLayout[]): boolean {
  const ranges = planes
    .map(({ destinationOffset: begin, destinationStride, sourceHeight }) => ({
      begin,
      end: begin + destinationStride * sourceHeight,
    }))
    .sort((a, b) => a.begin - b.begin);
  return ranges.some(({ begin }, index) => index > 0 && begin < ranges[index - 1]!.end);
}

/** Copies the planes that a layout describes out of a picture's memory. */
export function copyPlanes(
  source: Uint8Array,
  sourcePlanes: readonly PlaneLayout[],
  layout: CombinedBufferLayout,
  destination: Uint8Array,
): void {
  for (const [index, plane] of layout.planes.entries()) {
    const { offset, stride } = sourcePlanes[index]!;
    const begin = offset + plane.sourceTop * stride + plane.sourceLeftBytes;
    copyRows(source, begin, stride, destination, plane.destinationOffset, plane.destinationStride, plane);
  }
}

/** Copies a plane's rows, in one piece where nothing lies between them. */
export function copyRows(
  source: Uint8Array,
  sourceBegin: number,
  sourceStride: number,
  destination: Uint8Array,
  destinationBegin: number,
  destinationStride: number,
  { sourceWidthBytes, sourceHeight }: Pick<ComputedPlaneLayout, 'sourceWidthBytes' | 'sourceHeight'>,
): void {
  if (sourceStride === sourceWidthBytes && destinationStride === sourceWidthBytes) {
    const size = sourceWidthBytes * sourceHeight;
    destination.set(source.subarray(sourceBegin, sourceBegin + size), destinationBegin);
    return;
  }
  for (let row = 0; row < sourceHeight; row++) {
    const at = sourceBegin + row * sourceStride;
    destination.set(source.subarray(at, at + sourceWidthBytes), destinationBegin + row * destinationStride);
  }
}
