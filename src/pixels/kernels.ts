/**
 * The conversion of rgb.ts by SIMD, in a small WebAssembly module (emscripten/pixels/). The results are the same.
 *
 * A picture goes through the module's memory tile by tile: rows of its planes are copied in, converted, and copied
 * out. A tile stays within a processor's second cache; smaller ones cost more calls than they save.
 */
import type { VideoColorSpaceInit } from './color-space.ts';
import { type GamutTransform, gamutTransform } from './gamut.ts';
import type { Rect } from './layout.ts';
import type { Picture } from './picture.ts';
import { bitDepthOf, hasAlpha, isRgb, type PlaneSampling, planesOf, rowBytes, rowCount } from './pixel-format.ts';
import { isFullRange, type RgbTarget, redIndex } from './rgb.ts';
import { indexBits, indexCount, yuvMatrix } from './yuv-matrix.ts';

/** A tile's limits, those of emscripten/pixels/pixels.h. */
const tilePixels = 65536;
const tileWidth = 4096;

/** What a stride may exceed a row's bytes by for rows to be copied in one piece; the module has room for it. */
const mostPadding = 1.25;

/** What the module exports: functions, and the addresses of its buffers. */
interface Exports {
  memory: WebAssembly.Memory;
  input: WebAssembly.Global;
  output: WebAssembly.Global;
  light: WebAssembly.Global;
  encoding: WebAssembly.Global;
  set_matrix(
    luma: number,
    redV: number,
    greenU: number,
    greenV: number,
    blueU: number,
    lumaBias: number,
    chromaBias: number,
    isGbr: boolean,
  ): void;
  set_gamut(...columns: number[]): void;
  yuv_to_rgb(
    layout: number,
    depth: number,
    vertical: number,
    width: number,
    rows: number,
    y: number,
    yStride: number,
    u: number,
    v: number,
    chromaStride: number,
    alpha: number,
    alphaStride: number,
    blueFirst: boolean,
    transform: boolean,
  ): void;
  rgb_to_rgb(
    width: number,
    rows: number,
    pixels: number,
    stride: number,
    swap: boolean,
    opaque: boolean,
    transform: boolean,
  ): void;
}

/** Where the rows of a plane lie in the module's memory. */
interface Rows {
  address: number;
  stride: number;
}

/** Converts the tile whose planes were copied in. */
type ConvertTile = (planes: Rows[], width: number, rows: number) => void;

/** The module's names of how samples lie: `enum layout` of yuv-to-rgb.c. */
export function layoutNumber({ format }: Pick<Picture, 'format'>): number {
  if (format === 'NV12') return 4;
  const isHalf = planesOf(format)[1]!.horizontal === 2;
  return (bitDepthOf(format) > 8 ? 2 : 0) + (isHalf ? 1 : 0);
}

export class PixelKernels {
  readonly #exports: Exports;
  readonly #heap: Uint8Array;
  readonly #input: number;
  readonly #output: number;
  #hasEncoding = false;

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports;
    // The memory does not grow.
    this.#heap = new Uint8Array(this.#exports.memory.buffer);
    this.#input = this.#exports.input.value;
    this.#output = this.#exports.output.value;
  }

  /** Does what convertToRgb() does. False if it cannot, for a rectangle that begins within a sample of chroma. */
  convert(picture: Picture, source: VideoColorSpaceInit, rect: Rect, target: RgbTarget): boolean {
    const planes = planesOf(picture.format);
    if (planes.some(({ horizontal, vertical }) => rect.x % horizontal !== 0 || rect.y % vertical !== 0)) return false;
    const convertTile = isRgb(picture.format)
      ? this.#prepareRgb(picture, source, target)
      : this.#prepareYuv(picture, source, target);
    const used = hasAlpha(target.format) ? planes : planes.slice(0, 3);
    const bytes = new Uint8Array(picture.buffer);
    const width = Math.min(rect.width, tileWidth);
    // Even, so that a tile begins where a row of chroma does.
    const rows = Math.min(Math.floor(tilePixels / width / 2) * 2, rect.height);
    for (let y = 0; y < rect.height; y += rows) {
      for (let x = 0; x < rect.width; x += width) {
        const tile = {
          x: rect.x + x,
          y: rect.y + y,
          width: Math.min(width, rect.width - x),
          height: Math.min(rows, rect.height - y),
        };
        convertTile(this.#copyIn(bytes, picture, used, tile), tile.width, tile.height);
        this.#copyOut(target, target.offset + y * target.stride + 4 * x, tile);
      }
    }
    return true;
  }

  #prepareYuv(picture: Picture, source: VideoColorSpaceInit, target: RgbTarget): ConvertTile {
    const depth = bitDepthOf(picture.format);
    const transform = gamutTransform(source, target.colorSpace, indexCount);
    const matrix = yuvMatrix(source.matrix ?? 'bt709', isFullRange(source), depth, transform ? indexBits : 0);
    const { luma, redV, greenU, greenV, blueU, lumaBias, chromaBias, isGbr } = matrix;
    this.#exports.set_matrix(luma, redV, greenU, greenV, blueU, lumaBias, chromaBias, isGbr);
    const blueFirst = redIndex(target.format) === 2;
    if (transform) this.#setTransform(transform, blueFirst);
    const layout = layoutNumber(picture);
    const { vertical } = planesOf(picture.format)[1]!;
    const noPlane = { address: 0, stride: 0 };
    return ([y, u, v, alpha = noPlane], width, rows) =>
      this.#exports.yuv_to_rgb(
        layout,
        depth,
        vertical,
        width,
        rows,
        y!.address,
        y!.stride,
        u!.address,
        (v ?? u!).address,
        u!.stride,
        alpha.address,
        alpha.stride,
        blueFirst,
        transform !== undefined,
      );
  }

  #prepareRgb(picture: Picture, source: VideoColorSpaceInit, target: RgbTarget): ConvertTile {
    const transform = gamutTransform(source, target.colorSpace, 256);
    const sourceRed = redIndex(picture.format);
    const red = redIndex(target.format);
    if (transform) this.#setTransform(transform, red === 2);
    const swap = sourceRed !== (transform ? 0 : red);
    const opaque = !(hasAlpha(picture.format) && hasAlpha(target.format));
    return ([pixels], width, rows) =>
      this.#exports.rgb_to_rgb(width, rows, pixels!.address, pixels!.stride, swap, opaque, transform !== undefined);
  }

  #setTransform({ linear, matrix, encoding }: GamutTransform, blueFirst: boolean): void {
    const { set_gamut, light, encoding: encodingAt } = this.#exports;
    new Float32Array(this.#heap.buffer, light.value, linear.length).set(linear);
    if (!this.#hasEncoding) this.#heap.set(encoding, encodingAt.value);
    this.#hasEncoding = true;
    const rows = [matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6, 9)];
    if (blueFirst) rows.reverse();
    set_gamut(...[0, 1, 2].flatMap((column) => rows.map((row) => row[column]!)));
  }

  /** Copies the planes of a tile into the module's memory, one after the other. */
  #copyIn(bytes: Uint8Array, picture: Picture, planes: readonly PlaneSampling[], tile: Rect): Rows[] {
    let address = this.#input;
    return planes.map((sampling, index) => {
      const { offset, stride } = picture.planes[index]!;
      const size = rowBytes(sampling, tile.width);
      const count = rowCount(sampling, tile.height);
      const at = offset + (tile.y / sampling.vertical) * stride + (tile.x / sampling.horizontal) * sampling.sampleBytes;
      const rows = { address, stride: stride <= size * mostPadding ? stride : size };
      if (rows.stride === stride) this.#heap.set(bytes.subarray(at, at + (count - 1) * stride + size), address);
      else {
        for (let row = 0; row < count; row++) {
          const begin = at + row * stride;
          this.#heap.set(bytes.subarray(begin, begin + size), address + row * size);
        }
      }
      address += count * rows.stride;
      return rows;
    });
  }

  #copyOut({ bytes, stride }: RgbTarget, offset: number, { width, height }: Rect): void {
    const size = 4 * width;
    if (stride === size) {
      bytes.set(this.#heap.subarray(this.#output, this.#output + size * height), offset);
      return;
    }
    for (let row = 0; row < height; row++) {
      const begin = this.#output + row * size;
      bytes.set(this.#heap.subarray(begin, begin + size), offset + row * stride);
    }
  }
}
