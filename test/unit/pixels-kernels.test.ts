/** The WebAssembly module beside the plain code: the same bytes for everything that it converts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { VideoColorSpaceInit } from '../../src/pixels/color-space.ts';
import { PixelKernels } from '../../src/pixels/kernels.ts';
import type { Rect } from '../../src/pixels/layout.ts';
import { Picture } from '../../src/pixels/picture.ts';
import { isRgb, type PixelFormat, pixelFormats, planesOf, rowBytes, rowCount } from '../../src/pixels/pixel-format.ts';
import { convertToRgb, type PredefinedColorSpace, type RgbFormat } from '../../src/pixels/rgb.ts';

const module = new WebAssembly.Module(readFileSync(new URL('../../dist/wasm/pixels.wasm', import.meta.url)));
const kernels = new PixelKernels(new WebAssembly.Instance(module));

const rgbFormats: RgbFormat[] = ['RGBA', 'RGBX', 'BGRA', 'BGRX'];
const colorSpaces: PredefinedColorSpace[] = ['srgb', 'display-p3'];
const matrices = ['bt709', 'bt470bg', 'smpte170m', 'bt2020-ncl', 'rgb'] as const;

/** Numbers of 32 bits that look random and are the same each time (xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Random bytes in every plane and between them; samples of 16 bits have bits beyond their depth too. */
function randomPicture(format: PixelFormat, width: number, height: number, padding = 0, start = 0): Picture {
  const random = randomNumbers(width * 1000 + height + 1);
  let offset = start;
  const planes = planesOf(format).map((sampling) => {
    const plane = { offset, stride: rowBytes(sampling, width) + padding };
    offset += plane.stride * rowCount(sampling, height);
    return plane;
  });
  const bytes = Uint8Array.from({ length: offset }, random);
  return new Picture({ format, codedWidth: width, codedHeight: height, planes, buffer: bytes.buffer });
}

interface Case {
  source?: VideoColorSpaceInit;
  rect?: Rect;
  format?: RgbFormat;
  colorSpace?: PredefinedColorSpace;
  /** Bytes between rows of the target. */
  gap?: number;
}

function assertSame(picture: Picture, options: Case): void {
  const { source = {}, format = 'RGBA', colorSpace = 'srgb', gap = 0 } = options;
  const rect = options.rect ?? { x: 0, y: 0, width: picture.codedWidth, height: picture.codedHeight };
  const stride = 4 * rect.width + gap;
  const target = () => ({
    format,
    colorSpace,
    bytes: new Uint8Array(stride * rect.height + 8).fill(7),
    offset: 5,
    stride,
  });
  const [plain, simd] = [target(), target()];
  convertToRgb(picture, source, rect, plain);
  assert.ok(kernels.convert(picture, source, rect, simd), 'it is converted');
  if (Buffer.compare(plain.bytes, simd.bytes) === 0) return;
  const at = plain.bytes.findIndex((byte, index) => byte !== simd.bytes[index]);
  const place = `byte ${(at - 5) % stride} of row ${Math.floor((at - 5) / stride)}`;
  assert.fail(
    `${picture.format} ${JSON.stringify(options)}: ${simd.bytes[at]} instead of ${plain.bytes[at]}, ${place}`,
  );
}

describe('the module gives what the plain code gives', () => {
  for (const format of pixelFormats) {
    test(`${format}, in every matrix, range, order and colour space`, () => {
      const picture = randomPicture(format, 53, 7);
      for (const matrix of isRgb(format) ? (['rgb'] as const) : matrices) {
        for (const fullRange of [true, false]) {
          for (const to of rgbFormats) {
            for (const colorSpace of colorSpaces) {
              assertSame(picture, { source: { matrix, fullRange }, format: to, colorSpace });
            }
          }
        }
      }
    });

    test(`${format}, with every transfer and all primaries`, () => {
      const picture = randomPicture(format, 21, 4);
      for (const primaries of ['bt709', 'bt470bg', 'smpte170m', 'bt2020', 'smpte432'] as const) {
        for (const transfer of ['bt709', 'smpte170m', 'iec61966-2-1', 'linear', 'pq', 'hlg'] as const) {
          for (const colorSpace of colorSpaces) {
            assertSame(picture, { source: { primaries, transfer }, colorSpace, format: 'BGRA' });
          }
        }
      }
    });

    test(`${format}, in sizes from 1 × 1 on`, () => {
      for (let width = 1; width <= 35; width++) {
        for (const height of [1, 2, 5]) assertSame(randomPicture(format, width, height), {});
      }
    });

    test(`${format}, at odd addresses, with gaps between rows and within rectangles`, () => {
      for (const padding of [0, 1, 2, 77]) {
        const picture = randomPicture(format, 40, 12, padding, 3);
        assertSame(picture, { gap: 3 });
        assertSame(picture, { rect: { x: 6, y: 4, width: 31, height: 7 }, colorSpace: 'display-p3' });
      }
    });
  }

  for (const format of ['I420', 'NV12', 'I422P10', 'I444AP12', 'BGRA'] as const) {
    test(`${format}, in more than one tile`, () => {
      for (const [width, height] of [
        [4097, 5],
        [9001, 2],
        [1921, 19],
        [3, 5500],
        [1, 16387],
      ] as const) {
        assertSame(randomPicture(format, width, height), {});
        assertSame(randomPicture(format, width, height, 4), { gap: 4, colorSpace: 'display-p3' });
      }
    });
  }
});

test('every value of luma with every value of chroma', () => {
  for (const component of [0, 1] as const) {
    const bytes = new Uint8Array(3 * 65536).fill(128);
    for (let i = 0; i < 65536; i++) {
      bytes[i] = i >> 8;
      bytes[(2 - component) * 65536 + i] = i & 255;
    }
    const planes = [0, 65536, 131072].map((offset) => ({ offset, stride: 256 }));
    const picture = new Picture({ format: 'I444', codedWidth: 256, codedHeight: 256, planes, buffer: bytes.buffer });
    for (const matrix of matrices) {
      for (const fullRange of [true, false]) {
        for (const colorSpace of colorSpaces) assertSame(picture, { source: { matrix, fullRange }, colorSpace });
      }
    }
  }
});

test('a rectangle that begins within a sample of chroma is left to the plain code', () => {
  const target = { format: 'RGBA', colorSpace: 'srgb', bytes: new Uint8Array(64), offset: 0, stride: 16 } as const;
  for (const [x, y] of [
    [1, 0],
    [0, 1],
  ] as const) {
    assert.equal(kernels.convert(randomPicture('I420', 8, 8), {}, { x, y, width: 4, height: 4 }, target), false);
  }
});
