/**
 * `node --import tsx bench/pixels.ts [NAME]` (NAME: only rows that contain it): conversion to RGB, plain code beside
 * WebAssembly, in CPU-milliseconds per picture of 1080p, copies from and to memory included; then conversion of
 * samples, which is plain, in CPU-milliseconds per second of stereo. The best of interleaved rounds.
 */
import { readFileSync } from 'node:fs';
import { PixelKernels } from '../src/pixels/kernels.ts';
import { Picture } from '../src/pixels/picture.ts';
import { type PixelFormat, planesOf, rowBytes, rowCount } from '../src/pixels/pixel-format.ts';
import { convertToRgb, type PredefinedColorSpace, type RgbFormat } from '../src/pixels/rgb.ts';
import { copySamples } from '../src/samples/convert.ts';
import { bytesPerSample, isPlanar, type SampleFormat } from '../src/samples/sample-format.ts';

const only = process.argv[2] ?? '';
const [width, height] = [1920, 1080];
const rect = { x: 0, y: 0, width, height };
const module = new WebAssembly.Module(readFileSync(new URL('../dist/wasm/pixels.wasm', import.meta.url)));
const kernels = new PixelKernels(new WebAssembly.Instance(module));

/** A picture as a decoder leaves it: in shared memory, rows 64 bytes apart; gradients with noise. */
function makePicture(format: PixelFormat): Picture {
  let offset = 0;
  const planes = planesOf(format).map((sampling) => {
    const plane = { offset, stride: rowBytes(sampling, width) + 64 };
    offset += plane.stride * rowCount(sampling, height);
    return plane;
  });
  const buffer = new SharedArrayBuffer(offset);
  const bytes = new Uint8Array(buffer);
  const wide = format.includes('P1');
  for (let i = 0; i < offset; i++) {
    bytes[i] = wide && i % 2 === 1 ? (i >> 10) & 3 : 128 + 90 * Math.sin(i / 700) + 20 * Math.random();
  }
  return new Picture({ format, codedWidth: width, codedHeight: height, planes, buffer });
}

function cpuPerRun(run: () => void, runs = 8): number {
  const { user, system } = process.cpuUsage();
  for (let i = 0; i < runs; i++) run();
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1000 / runs;
}

const rows: [PixelFormat, RgbFormat, PredefinedColorSpace][] = [
  ['I420', 'RGBA', 'srgb'],
  ['NV12', 'BGRA', 'srgb'],
  ['I420P10', 'RGBA', 'srgb'],
  ['I444', 'RGBA', 'srgb'],
  ['I420A', 'RGBA', 'srgb'],
  ['RGBA', 'BGRX', 'srgb'],
  ['I420', 'RGBA', 'display-p3'],
  ['RGBA', 'RGBA', 'display-p3'],
];

process.stdout.write('| | plain, ms | wasm, ms | ratio |\n|---|---|---|---|\n');
for (const [from, to, colorSpace] of rows) {
  const name = `${from} to ${to}, ${colorSpace}`;
  if (!name.includes(only)) continue;
  const picture = makePicture(from);
  const target = { format: to, colorSpace, bytes: new Uint8Array(4 * width * height), offset: 0, stride: 4 * width };
  let [plain, simd] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 4; round++) {
    plain = Math.min(
      plain,
      cpuPerRun(() => convertToRgb(picture, {}, rect, target)),
    );
    simd = Math.min(
      simd,
      cpuPerRun(() => kernels.convert(picture, {}, rect, target)),
    );
  }
  process.stdout.write(`| ${name} | ${plain.toFixed(2)} | ${simd.toFixed(2)} | ${(plain / simd).toFixed(1)} |\n`);
}

/** A second of a loud tone in stereo, in every format the same. */
function makeTone(format: SampleFormat) {
  const source = { format: 'f32' as SampleFormat, numberOfFrames: 48000, numberOfChannels: 2 };
  const tone = Float32Array.from({ length: 96000 }, (_, i) => 0.7 * Math.sin(i / 60) + 0.1 * Math.random());
  const data = new Uint8Array(96000 * bytesPerSample(format));
  const channels = isPlanar(format) ? [0, 1] : [0];
  for (const channel of channels) {
    const plane = data.subarray((channel * data.length) / channels.length);
    copySamples({ ...source, data: new Uint8Array(tone.buffer) }, plane, format, channel, 0, 48000);
  }
  return { ...source, format, data };
}

const sampleRows: [SampleFormat, SampleFormat][] = [
  ['f32-planar', 'f32'],
  ['f32', 'f32-planar'],
  ['f32-planar', 's16'],
  ['s16', 'f32-planar'],
  ['s32', 's16'],
];

process.stdout.write('\n| | plain, ms |\n|---|---|\n');
for (const [from, to] of sampleRows) {
  const name = `${from} to ${to}`;
  if (!name.includes(only)) continue;
  const source = makeTone(from);
  const planes = isPlanar(to) ? [0, 1] : [0];
  const destination = new Uint8Array((96000 * bytesPerSample(to)) / planes.length);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    const convertAll = () => {
      for (const plane of planes) copySamples(source, destination, to, plane, 0, 48000);
    };
    best = Math.min(best, cpuPerRun(convertAll, 50));
  }
  process.stdout.write(`| ${name} | ${best.toFixed(2)} |\n`);
}
