/** Encodes raw 720p pictures, or a WAV file's samples, with libav.js; prints a Measurement. */
import { openSync, readFileSync, readSync } from 'node:fs';
import { print, startMeasuring } from '../measure.ts';
import { framerate } from '../media.ts';
import { type LibAV, loadLibAV, type Variant } from './libav.ts';

const [folder, variant, encoder, path, limit, ...options] = process.argv.slice(2);
const libav = await loadLibAV(folder!, variant as Variant);

interface Source {
  context: object;
  timeBase: [number, number];
  /** The frame at an index, of as many samples as the encoder wants. */
  frameAt(index: number, frameSize: number): object | undefined;
  /** Frames, or seconds of sound. */
  amountOf(frames: number, frameSize: number): number;
  warmUp: number;
}

function pictures({ AV_PIX_FMT_YUV420P: format }: LibAV): Source {
  const [width, height] = [1280, 720];
  const file = openSync(path!, 'r');
  const size = (width * height * 3) / 2;
  const layout = [
    { offset: 0, stride: width },
    { offset: width * height, stride: width / 2 },
    { offset: (width * height * 5) / 4, stride: width / 2 },
  ];
  return {
    context: { bit_rate: 2_500_000, pix_fmt: format, width, height, framerate_num: framerate, framerate_den: 1 },
    timeBase: [1, framerate],
    frameAt(index) {
      const data = new Uint8Array(size);
      if (index >= Number(limit) || readSync(file, data, 0, size, index * size) < size) return undefined;
      return { data, layout, format, pts: index, ptshi: 0, width, height };
    },
    amountOf: (frames) => frames,
    warmUp: 2,
  };
}

function sound({ AV_SAMPLE_FMT_FLT: format }: LibAV): Source {
  const sampleRate = 48_000;
  const samples = new Int16Array(Uint8Array.from(readFileSync(path!).subarray(44)).buffer);
  return {
    context: { bit_rate: 128_000, sample_fmt: format, sample_rate: sampleRate, channel_layout: 3 },
    timeBase: [1, sampleRate],
    frameAt(index, frameSize) {
      const part = samples.subarray(index * frameSize * 2, (index + 1) * frameSize * 2);
      if (index * frameSize >= Number(limit) * sampleRate || part.length < frameSize * 2) return undefined;
      const data = Float32Array.from(part, (sample) => sample / 32_768);
      const description = { format, channels: 2, channel_layout: 3, sample_rate: sampleRate };
      return { data, ...description, nb_samples: frameSize, pts: index * frameSize, ptshi: 0 };
    },
    amountOf: (frames, frameSize) => (frames * frameSize) / sampleRate,
    warmUp: 20,
  };
}

const source = path!.endsWith('.wav') ? sound(libav) : pictures(libav);
const entries = options.map((option) => option.split('=') as [string, string]);
const settings = { ctx: source.context, time_base: source.timeBase, options: Object.fromEntries(entries) };
const [, context, frame, packet, frameSize] = await libav.ff_init_encoder(encoder!, settings);

async function encode(from: number, to: number): Promise<number> {
  for (let index = from; index < to; index++) {
    const input = source.frameAt(index, frameSize);
    if (!input) return index - from;
    await libav.ff_encode_multi(context, frame, packet, [input], false);
  }
  return to - from;
}

await encode(0, source.warmUp);
const finish = startMeasuring();
const frames = await encode(source.warmUp, Number.POSITIVE_INFINITY);
await libav.ff_encode_multi(context, frame, packet, [], true);
print(finish(source.amountOf(frames, frameSize)));
