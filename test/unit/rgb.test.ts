import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VideoColorSpaceInit } from '../../src/pixels/color-space.ts';
import { Picture } from '../../src/pixels/picture.ts';
import { allocatePicture } from '../../src/pixels/picture-pool.ts';
import {
  bitDepthOf,
  hasAlpha,
  isRgb,
  type PixelFormat,
  pixelFormats,
  planesOf,
} from '../../src/pixels/pixel-format.ts';
import { convertToRgb, type PredefinedColorSpace, type RgbFormat } from '../../src/pixels/rgb.ts';

const limited709: VideoColorSpaceInit = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };

/** A picture of one colour: one value per component, in the order of the format. */
function uniform(format: PixelFormat, values: number[], width = 4, height = 4): Picture {
  const { picture, bytes } = allocatePicture(format, width, height);
  if (isRgb(format)) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = values[i % 4]!;
    return picture;
  }
  const is16 = bitDepthOf(format) > 8;
  for (const [index, plane] of picture.planes.entries()) {
    const end = picture.planes[index + 1]?.offset ?? bytes.length;
    for (let at = plane.offset; at < end; at++) {
      const value = format === 'NV12' && index === 1 ? values[1 + (at % 2)]! : values[index]!;
      bytes[at] = is16 ? (at % 2 === 0 ? value & 255 : value >> 8) : value;
    }
  }
  return picture;
}

function convert(
  picture: Picture,
  source: VideoColorSpaceInit,
  {
    format = 'RGBA' as RgbFormat,
    colorSpace = 'srgb' as PredefinedColorSpace,
    rect = undefined as number[] | undefined,
  } = {},
): number[] {
  const [x, y, width, height] = rect ?? [0, 0, picture.codedWidth, picture.codedHeight];
  const bytes = new Uint8Array(4 * width! * height!);
  const target = { format, colorSpace, bytes, offset: 0, stride: 4 * width! };
  convertToRgb(picture, source, { x: x!, y: y!, width: width!, height: height! }, target);
  return [...bytes];
}

const pixel = (...parameters: Parameters<typeof convert>): number[] => convert(...parameters).slice(0, 4);

function assertNear(actual: number[], expected: number[], tolerance: number, message: string): void {
  const near = actual.every((value, index) => Math.abs(value - expected[index]!) <= tolerance);
  assert.ok(near, `${message}: ${actual} instead of ${expected}`);
}

/** H.273, equations 38 to 40, for a depth and range. */
function yuvOf([r, g, b]: number[], red: number, blue: number, fullRange: boolean, depth: number): number[] {
  const luma = (red * r! + (1 - red - blue) * g! + blue * b!) / 255;
  const u = (b! / 255 - luma) / (2 * (1 - blue));
  const v = (r! / 255 - luma) / (2 * (1 - red));
  const scale = 2 ** (depth - 8);
  const size = 2 ** depth;
  if (fullRange) return [luma * (size - 1), u * (size - 1) + size / 2, v * (size - 1) + size / 2].map(Math.round);
  return [(219 * luma + 16) * scale, (224 * u + 128) * scale, (224 * v + 128) * scale].map(Math.round);
}

describe('what Chromium and Firefox give for I420 zeros', () => {
  const black = uniform('I420', [0, 0, 0]);
  test('srgb', () => assert.deepEqual(pixel(black, limited709), [0, 77, 0, 255]));
  test('display-p3', () => assert.deepEqual(pixel(black, limited709, { colorSpace: 'display-p3' }), [30, 76, 16, 255]));
});

test('every format, matrix and range comes back as the colour it was made of', () => {
  const weights = {
    bt709: [0.2126, 0.0722],
    bt470bg: [0.299, 0.114],
    smpte170m: [0.299, 0.114],
    'bt2020-ncl': [0.2627, 0.0593],
  };
  const colors = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
    [200, 100, 50],
    [0, 0, 0],
    [10, 200, 130],
  ];
  for (const format of pixelFormats.filter((each) => !isRgb(each))) {
    for (const [matrix, [red, blue]] of Object.entries(weights)) {
      for (const fullRange of [true, false]) {
        for (const color of colors) {
          const depth = bitDepthOf(format);
          const largest = 2 ** depth - 1;
          const yuv = yuvOf(color, red!, blue!, fullRange, depth).map((value) => Math.min(value, largest));
          const picture = uniform(format, [...yuv, largest]);
          const source = { ...limited709, matrix: matrix as 'bt709', fullRange };
          assertNear(pixel(picture, source), [...color, 255], 2, [format, matrix, fullRange].join(' '));
          picture.release();
        }
      }
    }
  }
});

test('fixed point is at most 0.03 steps off the exact value', () => {
  const weights = { bt709: [0.2126, 0.0722], smpte170m: [0.299, 0.114], 'bt2020-ncl': [0.2627, 0.0593] };
  let state = 1;
  const random = (size: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * size);
  };
  for (const format of ['I444', 'I444P10', 'I444P12'] as const) {
    for (const [matrix, [red, blue]] of Object.entries(weights)) {
      for (const fullRange of [true, false]) {
        const size = 2 ** bitDepthOf(format);
        const step = size / 256;
        const [black, luma, chroma] = fullRange ? [0, size - 1, size - 1] : [16 * step, 219 * step, 224 * step];
        for (let i = 0; i < 500; i++) {
          const yuv = [random(size), random(size), random(size)];
          const y = (255 * (yuv[0]! - black)) / luma;
          const [u, v] = [1, 2].map((index) => (255 * (yuv[index]! - size / 2)) / chroma) as [number, number];
          const r = y + 2 * (1 - red!) * v;
          const b = y + 2 * (1 - blue!) * u;
          const g = (y - red! * r - blue! * b) / (1 - red! - blue!);
          const exact = [r, g, b, 255].map((value) => Math.min(Math.max(value, 0), 255));
          const picture = uniform(format, yuv, 1, 1);
          const source = { ...limited709, matrix: matrix as 'bt709', fullRange };
          assertNear(pixel(picture, source), exact, 0.53, [format, matrix, fullRange, yuv].join(' '));
          picture.release();
        }
      }
    }
  }
});

test('the order of bytes and alpha, from each RGB format to each', () => {
  const formats: RgbFormat[] = ['RGBA', 'RGBX', 'BGRA', 'BGRX'];
  for (const from of formats) {
    for (const to of formats) {
      const [red, blue] = from[0] === to[0] ? [1, 3] : [3, 1];
      const alpha = hasAlpha(from) && hasAlpha(to) ? 4 : 255;
      assert.deepEqual(
        pixel(uniform(from, [1, 2, 3, 4]), {}, { format: to }),
        [red, 2, blue, alpha],
        `${from} to ${to}`,
      );
    }
  }
});

test('alpha of planar formats is brought to 8 bits, and left out of X formats', () => {
  assert.equal(pixel(uniform('I420A', [100, 128, 128, 77]), limited709)[3], 77);
  assert.equal(pixel(uniform('I444AP10', [400, 512, 512, 513]), limited709)[3], 128);
  assert.equal(pixel(uniform('I422AP12', [1600, 2048, 2048, 4095]), limited709)[3], 255);
  assert.equal(pixel(uniform('I420A', [100, 128, 128, 77]), limited709, { format: 'BGRX' })[3], 255);
});

test('matrix rgb: the planes are green, blue and red', () => {
  const source: VideoColorSpaceInit = { matrix: 'rgb', fullRange: true };
  assert.deepEqual(pixel(uniform('I444', [10, 20, 30]), source), [30, 10, 20, 255]);
  assert.deepEqual(pixel(uniform('I444P10', [1023, 0, 512]), source, { format: 'BGRA' }), [0, 255, 128, 255]);
});

test('a rectangle reads its own luma and chroma samples', () => {
  const { picture, bytes } = allocatePicture('I420', 4, 4);
  bytes.fill(128);
  bytes.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 200, 0, 0, 100, 50]);
  bytes[19] = 255;
  const full: VideoColorSpaceInit = { ...limited709, fullRange: true };
  const rows = convert(picture, full, { rect: [2, 2, 2, 2] });
  // U of 255 adds 1.8556 × 127 to blue and takes 0.1873 × 127 from green.
  assertNear(rows, [255, 231, 255, 255, 200, 176, 255, 255, 100, 76, 255, 255, 50, 26, 255, 255], 1, 'pixels');
});

test('samples of 16 bits may lie at odd addresses', () => {
  const { picture } = { picture: uniform('I420P10', [700, 300, 600]) };
  const expected = convert(picture, limited709);
  const buffer = new ArrayBuffer(picture.buffer.byteLength + 1);
  new Uint8Array(buffer).set(new Uint8Array(picture.buffer), 1);
  const planes = picture.planes.map(({ offset, stride }) => ({ offset: offset + 1, stride }));
  const odd = new Picture({ format: 'I420P10', codedWidth: 4, codedHeight: 4, planes, buffer });
  assert.deepEqual(convert(odd, limited709), expected);
});

test('what lies between rows of the target is not written', () => {
  const bytes = new Uint8Array(30).fill(1);
  const target = { format: 'RGBX', colorSpace: 'srgb', bytes, offset: 3, stride: 13 } as const;
  convertToRgb(uniform('NV12', [235, 128, 128], 2, 2), limited709, { x: 0, y: 0, width: 2, height: 2 }, target);
  const white = Array(8).fill(255);
  assert.deepEqual([...bytes], [1, 1, 1, ...white, 1, 1, 1, 1, 1, ...white, 1, 1, 1, 1, 1, 1]);
});

describe('primaries and transfer', () => {
  const toSrgb = (values: number[], source: VideoColorSpaceInit) => pixel(uniform('RGBA', [...values, 255]), source);

  test('white and black stay what they are in every SDR space', () => {
    for (const primaries of ['bt709', 'bt470bg', 'smpte170m', 'bt2020', 'smpte432'] as const) {
      for (const transfer of ['bt709', 'smpte170m', 'iec61966-2-1', 'linear'] as const) {
        assertNear(toSrgb([255, 255, 255], { primaries, transfer }), [255, 255, 255, 255], 0, primaries + transfer);
        assertNear(toSrgb([0, 0, 0], { primaries, transfer }), [0, 0, 0, 255], 0, primaries + transfer);
      }
    }
  });

  test('standard definition colours are shown as they are', () => {
    assert.deepEqual(toSrgb([200, 10, 30], { primaries: 'smpte170m', transfer: 'smpte170m' }), [200, 10, 30, 255]);
  });

  test('linear light is encoded', () =>
    assert.deepEqual(toSrgb([55, 55, 55], { transfer: 'linear' }), [128, 128, 128, 255]));

  test('Display P3 to itself is no change; to sRGB, saturated colours are clipped', () => {
    const p3: VideoColorSpaceInit = { primaries: 'smpte432', transfer: 'iec61966-2-1' };
    const orange = uniform('RGBA', [255, 100, 0, 255]);
    assert.deepEqual(pixel(orange, p3, { colorSpace: 'display-p3' }), [255, 100, 0, 255]);
    assert.deepEqual(toSrgb([0, 255, 0], p3), [0, 255, 0, 255]);
    assertNear(
      pixel(uniform('RGBA', [255, 0, 0, 255]), {}, { colorSpace: 'display-p3' }),
      [234, 51, 35, 255],
      1,
      'red',
    );
  });

  test('diffuse white of PQ and of HLG is white', () => {
    // 58 % of PQ and 75 % of HLG stand for 203 cd/m² (ITU-R BT.2408, table 1).
    assertNear(toSrgb([148, 148, 148], { primaries: 'bt2020', transfer: 'pq' }), [255, 255, 255, 255], 2, 'PQ');
    assertNear(toSrgb([191, 191, 191], { primaries: 'bt2020', transfer: 'hlg' }), [255, 255, 255, 255], 2, 'HLG');
  });
});

describe('pooled pictures', () => {
  test('the planes are tightly packed and the memory is used again', () => {
    const { picture, bytes } = allocatePicture('I422P10', 5, 3);
    const sizes = planesOf('I422P10').map(({ horizontal }) => Math.ceil(5 / horizontal) * 2 * 3);
    assert.equal(
      bytes.length,
      sizes.reduce((sum, size) => sum + size),
    );
    const { buffer } = picture;
    picture.release();
    const again = allocatePicture('I422P10', 5, 3);
    assert.equal(again.picture.buffer, buffer);
    again.picture.release();
  });

  test('two pictures never share memory', () => {
    const [one, two] = [allocatePicture('NV12', 8, 8), allocatePicture('NV12', 8, 8)];
    assert.notEqual(one.picture.buffer, two.picture.buffer);
    one.picture.release();
    two.picture.release();
  });
});
