/** Conversion of any picture to 8-bit RGB, in plain TypeScript. */
import type { VideoColorSpaceInit, VideoMatrixCoefficients } from './color-space.ts';
import { encodingSteps, type GamutTransform, gamutTransform, type PredefinedColorSpace } from './gamut.ts';
import { copyRows, type Rect } from './layout.ts';
import type { Picture } from './picture.ts';
import { bitDepthOf, hasAlpha, isRgb, type PixelFormat, planesOf } from './pixel-format.ts';
import { indexBits, indexCount, shareBits, type YuvTables, yuvMatrix, yuvTables } from './yuv-matrix.ts';

export type { PredefinedColorSpace } from './gamut.ts';
export type RgbFormat = 'RGBA' | 'RGBX' | 'BGRA' | 'BGRX';

export interface RgbTarget {
  format: RgbFormat;
  colorSpace: PredefinedColorSpace;
  bytes: Uint8Array;
  /** Of the first pixel in `bytes`, and from row to row. */
  offset: number;
  stride: number;
}

/** Converts `rect` of a picture; the target's size is the rectangle's. X formats get 255 for their fourth byte. */
export function convertToRgb(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): void {
  if (isRgb(picture.format)) convertFromRgb(picture, source, rect, target);
  else convertFromYuv(picture, source, rect, target);
}

/** Bytes of the target; what is stored is clipped to 0 to 255. */
const clampedBytes = ({ bytes }: RgbTarget): Uint8ClampedArray =>
  new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** RGB has full range, YUV limited range, unless the picture says otherwise. */
export const isFullRange = ({ fullRange, matrix }: VideoColorSpaceInit): boolean => fullRange ?? matrix === 'rgb';

/** The place of red in a pixel of 4 bytes; blue is opposite. */
export const redIndex = (format: PixelFormat): 0 | 2 => (format.startsWith('RGB') ? 0 : 2);

// Pictures in RGB

/** Whether the target's pixels are the picture's own. */
export const isCopy = ({ format }: Picture, source: VideoColorSpaceInit, target: RgbTarget): boolean =>
  format === target.format && hasAlpha(format) && !gamutTransform(source, target.colorSpace, 256);

function convertFromRgb(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): void {
  const transform = gamutTransform(source, target.colorSpace, 256);
  const bytes = new Uint8Array(picture.buffer);
  const { offset, stride } = picture.planes[0]!;
  const begin = offset + rect.y * stride + 4 * rect.x;
  const keepsAlpha = hasAlpha(picture.format) && hasAlpha(target.format);
  if (isCopy(picture, source, target)) {
    const size = { sourceWidthBytes: 4 * rect.width, sourceHeight: rect.height };
    copyRows(bytes, begin, stride, target.bytes, target.offset, target.stride, size);
    return;
  }
  const output = clampedBytes(target);
  const sourceRed = redIndex(picture.format);
  const red = redIndex(target.format);
  const scratch = new Int32Array(transform ? 4 * rect.width : 0);
  for (let y = 0; y < rect.height; y++) {
    const at = begin + y * stride;
    const out = target.offset + y * target.stride;
    if (transform) {
      swizzle(bytes, at, sourceRed, scratch, 0, 0, rect.width);
      transformRow(scratch, transform, output, out, red);
    } else swizzle(bytes, at, sourceRed, output, out, red, rect.width);
    for (let x = 3; x < 4 * rect.width; x += 4) output[out + x] = keepsAlpha ? bytes[at + x]! : 255;
  }
}

/** Copies red, green and blue of a row of pixels to their places. */
function swizzle(
  source: Uint8Array,
  at: number,
  sourceRed: number,
  output: Uint8ClampedArray | Int32Array,
  out: number,
  red: number,
  width: number,
): void {
  for (let x = 0; x < 4 * width; x += 4) {
    output[out + x + red] = source[at + x + sourceRed]!;
    output[out + x + 1] = source[at + x + 1]!;
    output[out + x + 2 - red] = source[at + x + 2 - sourceRed]!;
  }
}

const { fround } = Math;

/** Brings a row of RGB (in fours) to the target's colours, in 32-bit floats at every step, as SIMD has them. */
function transformRow(
  row: Int32Array,
  { linear, matrix, encoding }: GamutTransform,
  output: Uint8ClampedArray,
  out: number,
  red: number,
): void {
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix;
  const last = linear.length - 1;
  const light = (value: number): number => linear[Math.min(Math.max(value, 0), last)]!;
  for (let x = 0; x < row.length; x += 4) {
    const r = light(row[x]!);
    const g = light(row[x + 1]!);
    const b = light(row[x + 2]!);
    output[out + x + red] = encoding[toStep(fround(fround(fround(rr * r) + fround(rg * g)) + fround(rb * b)))]!;
    output[out + x + 1] = encoding[toStep(fround(fround(fround(gr * r) + fround(gg * g)) + fround(gb * b)))]!;
    output[out + x + 2 - red] = encoding[toStep(fround(fround(fround(br * r) + fround(bg * g)) + fround(bb * b)))]!;
  }
}

/** Adding 2^23 leaves a 32-bit float no bits for fractions: it rounds. */
const toStep = (light: number): number =>
  fround(fround(Math.min(Math.max(light, 0), 1) * encodingSteps) + 0x800000) - 0x800000;

// Pictures in YUV

/** One component's samples; offset and stride count elements of `samples`. */
interface Component {
  samples: Uint8Array | Uint16Array;
  offset: number;
  stride: number;
  /** Elements from one sample to the next. */
  step: number;
}

/** The components in order: Y, U, V, and alpha where there is one. */
function componentsOf(picture: Picture): Component[] {
  if (picture.format !== 'NV12') return picture.planes.map((_, plane) => planeComponent(picture, plane));
  const luma = planeComponent(picture, 0);
  const chroma = { ...planeComponent(picture, 1), step: 2 };
  return [luma, chroma, { ...chroma, offset: chroma.offset + 1 }];
}

function planeComponent(picture: Picture, plane: number): Component {
  const { offset, stride } = picture.planes[plane]!;
  const { buffer, format, codedHeight } = picture;
  if (bitDepthOf(format) === 8) return { samples: new Uint8Array(buffer), offset, stride, step: 1 };
  if (offset % 2 === 0 && stride % 2 === 0) {
    const samples = new Uint16Array(buffer, 0, Math.floor(buffer.byteLength / 2));
    return { samples, offset: offset / 2, stride: stride / 2, step: 1 };
  }
  return alignedCopy(buffer, offset, stride, Math.ceil(codedHeight / planesOf(format)[plane]!.vertical));
}

/** Samples of 16 bits that lie at odd addresses cannot be read in place. */
function alignedCopy(buffer: ArrayBufferLike, offset: number, stride: number, rows: number): Component {
  const even = stride + (stride % 2);
  const bytes = new Uint8Array(even * rows);
  const source = new Uint8Array(buffer);
  for (let row = 0; row < rows; row++) {
    const at = offset + row * stride;
    bytes.set(source.subarray(at, at + stride), row * even);
  }
  return { samples: new Uint16Array(bytes.buffer), offset: 0, stride: even / 2, step: 1 };
}

const knownTables = new Map<string, YuvTables>();

function tablesFor(matrix: VideoMatrixCoefficients, fullRange: boolean, depth: number, finest: number): YuvTables {
  const key = [matrix, fullRange, depth, finest].join();
  const tables = knownTables.get(key) ?? yuvTables(yuvMatrix(matrix, fullRange, depth, finest));
  knownTables.set(key, tables);
  return tables;
}

function convertFromYuv(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): void {
  const { format } = picture;
  const depth = bitDepthOf(format);
  const matrix = source.matrix ?? 'bt709';
  const transform = gamutTransform(source, target.colorSpace, indexCount);
  const finest = transform ? indexBits : 0;
  const tables = tablesFor(matrix, isFullRange(source), depth, finest);
  const components = componentsOf(picture);
  const { horizontal, vertical } = planesOf(format)[1]!;
  const convertRow = matrix === 'rgb' ? gbrRow : yuvRow;
  const alpha = hasAlpha(target.format) ? components[3] : undefined;
  const output = clampedBytes(target);
  const red = redIndex(target.format);
  const scratch = new Int32Array(transform ? 4 * rect.width : 0);
  for (let y = 0; y < rect.height; y++) {
    const chromaRow = Math.floor((rect.y + y) / vertical);
    const row = { components, lumaRow: rect.y + y, chromaRow, rect, horizontal, shift: shareBits - finest };
    const out = target.offset + y * target.stride;
    if (transform) {
      convertRow(row, tables, scratch, 0, 0);
      transformRow(scratch, transform, output, out, red);
    } else convertRow(row, tables, output, out, red);
    alphaRow(alpha, rect, rect.y + y, depth, output, out);
  }
}

/** Where to read one row of pixels. */
interface YuvRow {
  components: Component[];
  lumaRow: number;
  chromaRow: number;
  rect: Rect;
  /** Pixels per sample of chroma. */
  horizontal: number;
  /** Bits of the sum of shares that the result does without. */
  shift: number;
}

function yuvRow(
  { components, lumaRow, chromaRow, rect, horizontal, shift }: YuvRow,
  { luma, redV, greenU, greenV, blueU }: YuvTables,
  output: Uint8ClampedArray | Int32Array,
  out: number,
  red: number,
): void {
  const [y, u, v] = components as [Component, Component, Component];
  const { samples: lumas } = y;
  const { samples: us, step } = u;
  const { samples: vs } = v;
  const lumaBegin = y.offset + lumaRow * y.stride;
  const uBegin = u.offset + chromaRow * u.stride;
  const vBegin = v.offset + chromaRow * v.stride;
  const end = rect.x + rect.width;
  // Bits beyond the depth are no part of a sample.
  const mask = luma.length - 1;
  const halving = horizontal - 1;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let x = rect.x, at = out; x < end; x++, at += 4) {
    if ((x & halving) === 0 || x === rect.x) {
      const sample = (x >> halving) * step;
      const uValue = us[uBegin + sample]! & mask;
      const vValue = vs[vBegin + sample]! & mask;
      r = redV[vValue]!;
      g = greenU[uValue]! + greenV[vValue]!;
      b = blueU[uValue]!;
    }
    const light = luma[lumas[lumaBegin + x]! & mask]!;
    output[at + red] = (light + r) >> shift;
    output[at + 1] = (light + g) >> shift;
    output[at + 2 - red] = (light + b) >> shift;
  }
}

function gbrRow(
  { components, lumaRow, chromaRow, rect, horizontal, shift }: YuvRow,
  { luma, blueU, redV }: YuvTables,
  output: Uint8ClampedArray | Int32Array,
  out: number,
  red: number,
): void {
  const mask = luma.length - 1;
  const places = [1, 2 - red, red];
  for (const [index, shares] of [luma, blueU, redV].entries()) {
    const { samples, offset, stride, step } = components[index]!;
    const begin = offset + (index === 0 ? lumaRow : chromaRow) * stride;
    const halving = index === 0 ? 0 : horizontal - 1;
    const place = out + places[index]!;
    for (let x = 0; x < rect.width; x++) {
      const sample = samples[begin + ((rect.x + x) >> halving) * step]! & mask;
      output[place + 4 * x] = shares[sample]! >> shift;
    }
  }
}

/** Writes the fourth bytes: alpha has full range always; without it, a picture is opaque. */
function alphaRow(
  alpha: Component | undefined,
  { x, width }: Rect,
  row: number,
  depth: number,
  output: Uint8ClampedArray,
  out: number,
): void {
  if (!alpha) {
    for (let i = 3; i < 4 * width; i += 4) output[out + i] = 255;
    return;
  }
  const { samples, offset, stride } = alpha;
  const begin = offset + row * stride + x;
  for (let i = 0; i < width; i++) output[out + 4 * i + 3] = samples[begin + i]! >> (depth - 8);
}
