/** VP9 and AV1 beyond 4:2:0: any frame is brought to the chroma subsampling that the codec string names. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  type VideoColorSpaceInit,
  type VideoDecoderConfig,
  VideoEncoder,
  type VideoEncoderConfig,
  VideoFrame,
  type VideoPixelFormat,
} from 'everycodec';
import { decodeVideo, type EncodedVideo, encodeVideo } from './support/coding.ts';
import { nativeAbsent, nativeFrames } from './support/native.ts';
import { bytesOf, frameDuration } from './support/pictures.ts';
import { writeVideo } from './support/quality-files.ts';

const width = 176;
const height = 112;
const frameCount = 6;

interface Layout {
  horizontal: 1 | 2;
  vertical: 1 | 2;
  depth: 8 | 10 | 12;
}

interface Case extends Layout {
  name: string;
  codec: string;
  /** Of what the decoder gives out: 4:4:0, which WebCodecs has not, as 4:4:4. */
  format: VideoPixelFormat;
}

const subsamplings = {
  '4:4:4': { horizontal: 1, vertical: 1, format: 'I444', vp9: '03', av1: '000' },
  '4:2:2': { horizontal: 2, vertical: 1, format: 'I422', vp9: '02', av1: '100' },
  '4:4:0': { horizontal: 1, vertical: 2, format: 'I444', vp9: '04', av1: undefined },
  '4:2:0': { horizontal: 2, vertical: 2, format: 'I420', vp9: undefined, av1: '110' },
} as const;

/** With every field, as files want their codec strings. */
function makeCase(codec: 'vp9' | 'av1', profile: number, chroma: keyof typeof subsamplings, depth: 8 | 10 | 12): Case {
  const { horizontal, vertical, format, ...digits } = subsamplings[chroma];
  const depthDigits = String(depth).padStart(2, '0');
  const string =
    codec === 'vp9'
      ? `vp09.0${profile}.10.${depthDigits}.${digits.vp9}.01.01.01.00`
      : `av01.${profile}.04M.${depthDigits}.0.${digits.av1}.01.01.01.0`;
  const suffix = depth === 8 ? '' : (`P${depth}` as const);
  const name = `${codec.toUpperCase()} profile ${profile}, ${chroma}, ${depth} bit`;
  return { name, codec: string, horizontal, vertical, depth, format: `${format}${suffix}` };
}

const cases: readonly Case[] = [
  ...(['4:4:4', '4:2:2', '4:4:0'] as const).flatMap((chroma) => [
    makeCase('vp9', 1, chroma, 8),
    makeCase('vp9', 3, chroma, 10),
    makeCase('vp9', 3, chroma, 12),
  ]),
  makeCase('av1', 1, '4:4:4', 8),
  makeCase('av1', 1, '4:4:4', 10),
  makeCase('av1', 2, '4:2:2', 8),
  makeCase('av1', 2, '4:2:2', 10),
  makeCase('av1', 2, '4:2:2', 12),
  makeCase('av1', 2, '4:4:4', 12),
  makeCase('av1', 2, '4:2:0', 12),
];

// Pictures

/** 0 to 255: slow waves that move, so that every subsampling can hold them. */
type Pattern = (x: number, y: number, index: number) => readonly [red: number, green: number, blue: number];

const waves: Pattern = (x, y, index) => [
  128 + 90 * Math.sin((x + 3 * index) / 14 + y / 31),
  128 + 80 * Math.sin((x + 2 * index) / 27 - y / 19),
  128 + 70 * Math.cos((x - index) / 17 + y / 23),
];

/** Colours that change with every column, or with every row: half the chroma samples cannot hold them. */
const columns: Pattern = (x, _, index) => ((x + index) % 2 ? [220, 40, 40] : [40, 40, 220]);
const rows: Pattern = (_, y, index) => ((y + index) % 2 ? [220, 40, 40] : [40, 40, 220]);

function rgba(pattern: Pattern, index: number): Uint8Array {
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at++) {
    data.set(pattern(at % width, Math.floor(at / width), index).map(Math.round), 4 * at);
  }
  return data;
}

/** Y, U and V of 8 bits, unrounded: BT.709, limited range. */
function toYuv([red, green, blue]: readonly [number, number, number]): [number, number, number] {
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const chroma = 224 / 255;
  return [16 + (219 / 255) * luma, 128 + (chroma * (blue - luma)) / 1.8556, 128 + (chroma * (red - luma)) / 1.5748];
}

/** The planes of a picture one after the other, chroma averaged over the pixels that it stands for. */
function planesOf(pattern: Pattern, index: number, { horizontal, vertical }: Layout): Float64Array[] {
  const chromaWidth = width / horizontal;
  const planes = [width * height, 0, 0].map((size) => new Float64Array(size || (chromaWidth * height) / vertical)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [luma, u, v] = toYuv(pattern(x, y, index).map(Math.round) as [number, number, number]);
      const at = Math.floor(y / vertical) * chromaWidth + Math.floor(x / horizontal);
      planes[0][y * width + x] = luma;
      planes[1][at]! += u / horizontal / vertical;
      planes[2][at]! += v / horizontal / vertical;
    }
  }
  return planes;
}

const bt709: VideoColorSpaceInit = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };

function makeFrame(data: Uint8Array | Uint16Array, format: VideoPixelFormat, index: number, colorSpace = bt709) {
  const init = { format, codedWidth: width, codedHeight: height };
  const isRgb = format.startsWith('RGB') || format.startsWith('BGR');
  return new VideoFrame(data, {
    ...init,
    timestamp: index * frameDuration,
    duration: frameDuration,
    ...(!isRgb && { colorSpace }),
  });
}

const layoutOf = (format: VideoPixelFormat): Layout => ({
  horizontal: format.startsWith('I444') ? 1 : 2,
  vertical: format.startsWith('I444') || format.startsWith('I422') ? 1 : 2,
  depth: format.endsWith('P10') ? 10 : format.endsWith('P12') ? 12 : 8,
});

/** A frame of any format that shows a pattern. */
function frameOf(pattern: Pattern, format: VideoPixelFormat, index: number): VideoFrame {
  if (format.startsWith('RGB')) return makeFrame(rgba(pattern, index), format, index);
  if (format.startsWith('BGR')) {
    const swapped: Pattern = (...place) => [...pattern(...place)].reverse() as [number, number, number];
    return makeFrame(rgba(swapped, index), format, index);
  }
  const layout = layoutOf(format);
  const planes = planesOf(pattern, index, layout);
  const scale = 2 ** (layout.depth - 8);
  const alpha = /^I4..A/.test(format) ? [new Float64Array(width * height).fill(255)] : [];
  const ordered =
    format === 'NV12'
      ? [planes[0]!, Float64Array.from({ length: 2 * planes[1]!.length }, (_, at) => planes[1 + (at % 2)]![at >> 1]!)]
      : [...planes, ...alpha];
  const samples = ordered.flatMap((plane) => Array.from(plane, (value) => Math.round(value * scale)));
  return makeFrame(layout.depth > 8 ? Uint16Array.from(samples) : Uint8Array.from(samples), format, index);
}

/** Samples of a decoded picture on the scale of 8 bits; doubled rows of chroma (4:4:0) once. */
async function decodedPlanes(frame: VideoFrame, { horizontal, vertical, depth }: Layout): Promise<Float64Array[]> {
  const bytes = await bytesOf(frame);
  const samples = Float64Array.from(
    depth > 8 ? new Uint16Array(bytes.slice().buffer) : bytes,
    (v) => v / 2 ** (depth - 8),
  );
  const chromaWidth = width / horizontal;
  const isDoubled = horizontal === 1 && vertical === 2;
  const chromaHeight = isDoubled ? height : height / vertical;
  const chroma = [0, 1].map((plane) => {
    const begin = width * height + plane * chromaWidth * chromaHeight;
    const whole = samples.subarray(begin, begin + chromaWidth * chromaHeight);
    return isDoubled ? whole.filter((_, at) => Math.floor(at / width) % 2 === 0) : whole;
  });
  return [samples.subarray(0, width * height), ...chroma];
}

function decibels(actual: Float64Array, expected: Float64Array): number {
  assert.equal(actual.length, expected.length);
  const sum = actual.reduce((total, value, at) => total + (value - expected[at]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * actual.length) / sum);
}

/** The worst plane of the worst picture. */
async function worstOf(frames: readonly VideoFrame[], pattern: Pattern, layout: Layout): Promise<number> {
  let worst = Number.POSITIVE_INFINITY;
  for (const [index, frame] of frames.entries()) {
    const expected = planesOf(pattern, index, layout);
    for (const [plane, actual] of (await decodedPlanes(frame, layout)).entries()) {
      worst = Math.min(worst, decibels(actual, expected[plane]!));
    }
  }
  return worst;
}

// Coding

const fine = { vp9: { quantizer: 40 }, av1: { quantizer: 40 } };

function encodePattern(
  pattern: Pattern,
  format: VideoPixelFormat,
  config: Partial<VideoEncoderConfig> & { codec: string },
): Promise<EncodedVideo> {
  const frames = Array.from({ length: frameCount }, (_, index) => frameOf(pattern, format, index));
  const isFine = config.bitrateMode === 'quantizer';
  return encodeVideo({ width, height, framerate: 30, ...config }, frames, (index) => ({
    keyFrame: index === 4,
    ...(isFine && fine),
  }));
}

async function decode({ chunks, metadata }: EncodedVideo, format: VideoPixelFormat): Promise<VideoFrame[]> {
  const frames = await decodeVideo(metadata[0]!.decoderConfig!, chunks);
  assert.equal(frames.length, frameCount);
  for (const frame of frames) assert.equal(frame.format, format);
  return frames;
}

const closeAll = (frames: readonly VideoFrame[]): void => {
  for (const frame of frames) frame.close();
};

/** Encodes and decodes; answers with the worst plane's PSNR. */
async function roundTrip(
  { codec, ...layout }: Case,
  pattern: Pattern,
  format: VideoPixelFormat,
  config: Partial<VideoEncoderConfig> = { bitrateMode: 'quantizer' },
): Promise<number> {
  const frames = await decode(await encodePattern(pattern, format, { codec, ...config }), layout.format);
  const worst = await worstOf(frames, pattern, layout);
  closeAll(frames);
  return worst;
}

const atLeast = (worst: number, least: number, what: string): void =>
  assert.ok(worst > least, `${what}: ${worst.toFixed(1)} dB`);

/** libaom's fastest speed neglects the chroma of more than 8 bits, in 4:2:0 as in the others. */
const leastRealtime = ({ codec, depth }: Case): number => (codec.startsWith('av01') && depth > 8 ? 25 : 34);

describe('chroma subsampling of what is encoded', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycodec-chroma-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const wanted of cases) {
    test(`${wanted.name}: from RGBA and from its own format, at a bitrate and by quantizer`, async (context) => {
      const figures: Record<string, number> = {};
      for (const latencyMode of ['quality', 'realtime'] as const) {
        const rate = { latencyMode, bitrate: 1_000_000, bitrateMode: 'constant' } as const;
        figures[latencyMode] = await roundTrip(wanted, waves, 'RGBA', rate);
      }
      figures.RGBA = await roundTrip(wanted, waves, 'RGBA');
      figures[wanted.format] = await roundTrip(wanted, waves, wanted.format);
      context.diagnostic(
        Object.entries(figures)
          .map(([name, value]) => `${name} ${value.toFixed(1)} dB`)
          .join(', '),
      );
      atLeast(figures.quality!, 38, 'quality, constant');
      atLeast(figures.realtime!, leastRealtime(wanted), 'realtime, constant');
      atLeast(figures.RGBA, 44, 'RGBA, quantizer');
      atLeast(figures[wanted.format]!, 44, `${wanted.format}, quantizer`);
    });
  }

  for (const wanted of cases) {
    test(`${wanted.name}: native ffmpeg decodes the same pictures`, { skip: nativeAbsent }, async () => {
      const encoded = await encodePattern(waves, 'RGBA', { codec: wanted.codec, bitrateMode: 'quantizer' });
      const path = join(folder, 'video.webm');
      await writeVideo(path, wanted.codec.startsWith('vp09') ? 'vp9' : 'av1', encoded);
      const native = nativeFrames(path);
      assert.ok(native, 'native ffmpeg does not decode it');
      const frames = await decode(encoded, wanted.format);
      const own = await Promise.all(frames.map(bytesOf));
      closeAll(frames);
      // Of 4:4:0 our decoder gives out more rows of chroma than there are.
      const isDoubled = wanted.horizontal === 1 && wanted.vertical === 2;
      if (isDoubled) assert.equal((native.length * 3) / 2, Buffer.concat(own).length);
      else assert.equal(Buffer.compare(native, Buffer.concat(own)), 0);
    });
  }

  test('no colour is lost on the way from RGB and 4:4:4 to 4:4:4', async () => {
    for (const wanted of cases.filter(({ horizontal, vertical }) => horizontal * vertical === 1)) {
      for (const pattern of [columns, rows]) {
        for (const format of ['RGBA', 'BGRX', 'I444', 'I444P10'] as const) {
          atLeast(await roundTrip(wanted, pattern, format), 38, `${wanted.name}, ${format}`);
        }
      }
    }
  });

  test('4:2:2 keeps every row, 4:4:0 every column', async () => {
    for (const wanted of cases) {
      if (wanted.horizontal * wanted.vertical !== 2) continue;
      const pattern = wanted.vertical === 1 ? rows : columns;
      atLeast(await roundTrip(wanted, pattern, 'RGBA'), 38, wanted.name);
    }
  });

  test('every format of frames is converted', async () => {
    const sources: VideoPixelFormat[] = [
      'RGBX',
      'BGRA',
      'NV12',
      'I420',
      'I420P12',
      'I422',
      'I422P10',
      'I444P12',
      'I444A',
    ];
    for (const wanted of [
      makeCase('vp9', 1, '4:4:4', 8),
      makeCase('vp9', 3, '4:4:0', 12),
      makeCase('av1', 2, '4:2:2', 10),
    ]) {
      for (const format of sources) {
        atLeast(await roundTrip(wanted, waves, format), 40, `${wanted.name} from ${format}`);
      }
    }
  });

  test('frames of another size are scaled', async () => {
    for (const wanted of [
      makeCase('vp9', 1, '4:4:4', 8),
      makeCase('av1', 1, '4:4:4', 8),
      makeCase('av1', 2, '4:2:2', 8),
    ]) {
      for (const format of ['RGBA', 'I420', 'I444'] as const) {
        const flat: Pattern = () => [200, 60, 30];
        const frames = Array.from({ length: frameCount }, (_, index) => frameOf(flat, format, index));
        const half = { codec: wanted.codec, width: width / 2 - 1, height: height / 2 - 1 };
        const decoded = await decode(await encodeVideo(half, frames), wanted.format);
        for (const frame of decoded) {
          assert.deepEqual([frame.displayWidth, frame.displayHeight], [half.width, half.height]);
          const bytes = await bytesOf(frame);
          const [luma, u, v] = toYuv([200, 60, 30]);
          const near = (at: number, value: number) =>
            assert.ok(Math.abs(bytes[at]! - value) < 4, `${bytes[at]}, ${value}`);
          near(0, luma);
          near(half.width * half.height, u);
          near(bytes.length - 1, v);
        }
        closeAll(decoded);
      }
    }
  });

  test('planes of chroma may have strides of their own', async () => {
    for (const wanted of [makeCase('vp9', 1, '4:4:4', 8), makeCase('av1', 1, '4:4:4', 8)]) {
      const frames = Array.from({ length: frameCount }, (_, index) => {
        const strides = [width, width, width + 16];
        const offsets = [0, width * height, 2 * width * height];
        const data = new Uint8Array(offsets[2]! + strides[2]! * height);
        planesOf(waves, index, wanted).forEach((plane, component) => {
          for (let y = 0; y < height; y++) {
            const row = plane.subarray(y * width, (y + 1) * width).map(Math.round);
            data.set(row, offsets[component]! + y * strides[component]!);
          }
        });
        return new VideoFrame(data, {
          format: 'I444',
          ...{ codedWidth: width, codedHeight: height, timestamp: index, colorSpace: bt709 },
          layout: strides.map((stride, component) => ({ offset: offsets[component]!, stride })),
        });
      });
      const config = { codec: wanted.codec, width, height, bitrateMode: 'quantizer' } as const;
      const decoded = await decode(await encodeVideo(config, frames, () => fine), 'I444');
      atLeast(await worstOf(decoded, waves, wanted), 44, wanted.name);
      closeAll(decoded);
    }
  });

  test('RGB as 4:4:4 without a matrix says so in the stream', async () => {
    const colorSpace: VideoColorSpaceInit = { ...bt709, transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true };
    for (const wanted of cases.filter(({ horizontal, vertical }) => horizontal * vertical === 1)) {
      const { depth, codec, format } = wanted;
      // Green, blue, red.
      const planes = [1, 2, 0].flatMap((component) =>
        Array.from({ length: width * height }, (_, at) => {
          const value = waves(at % width, Math.floor(at / width), 0)[component]!;
          return Math.round(value * 2 ** (depth - 8));
        }),
      );
      const samples = depth > 8 ? Uint16Array.from(planes) : Uint8Array.from(planes);
      const frame = makeFrame(samples, format, 0, colorSpace);
      const config = { codec, width, height, bitrateMode: 'quantizer' } as const;
      const { chunks, metadata } = await encodeVideo(config, [frame], () => fine);
      const { colorSpace: _, ...bare } = metadata[0]!.decoderConfig! as VideoDecoderConfig;
      const [decoded] = await decodeVideo(bare, chunks);
      assert.equal(decoded!.colorSpace.matrix, 'rgb', wanted.name);
      const pixels = new Uint8Array(4 * width * height);
      await decoded!.copyTo(pixels, { format: 'RGBA' });
      atLeast(decibels(Float64Array.from(pixels), Float64Array.from(rgba(waves, 0))), 40, wanted.name);
      decoded!.close();
    }
  });

  test('the codec strings of web-platform-tests, as short as they are', async () => {
    for (const [codec, format] of [
      ['vp09.01.10.08.03', 'I444'],
      ['vp09.03.10.10.03', 'I444P10'],
      ['av01.1.04M.08.0.000', 'I444'],
      ['vp09.01.10.08', 'I444'],
      ['av01.2.04M.10', 'I422P10'],
    ] as const) {
      const rate = { bitrate: 1_000_000, bitrateMode: 'constant' } as const;
      closeAll(await decode(await encodePattern(waves, 'RGBA', { codec, ...rate }), format));
    }
  });

  test('without colour, without a matrix, or larger than memory: not supported', async () => {
    const small = { width, height };
    for (const config of [
      { codec: 'av01.0.04M.08.1', ...small },
      { codec: 'av01.2.04M.12.1', ...small },
      { codec: 'vp09.01.10.08.03.01.13.00.01', ...small },
      { codec: 'av01.1.04M.08.0.000.01.13.00.1', ...small },
      { codec: 'av01.1.04M.08', ...small, alpha: 'keep' },
      { codec: 'vp09.03.62.10.03', width: 8192, height: 4320 },
      { codec: 'av01.1.19M.08', width: 8192, height: 4320 },
    ] as const) {
      const { supported } = await VideoEncoder.isConfigSupported(config);
      assert.equal(supported, false, JSON.stringify(config));
    }
  });
});
