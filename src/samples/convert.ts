/** Conversion of samples between formats, and between interleaved and planar. */
import { bytesPerSample, isPlanar, type SampleFormat, type SampleType, sampleTypeOf } from './sample-format.ts';

type SampleArray = Uint8Array | Int16Array | Int32Array | Float32Array;

const arrays = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array } as const;

/** Samples as they lie in `bytes`; copied where their address is not a multiple of their size. */
function samplesIn(bytes: Uint8Array, format: SampleFormat): SampleArray {
  const ArrayType = arrays[sampleTypeOf(format)];
  const size = bytesPerSample(format);
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new ArrayType(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

/** Samples on their way from one type to another; doubles, as 32-bit floats would cut `s32` short. */
const values = new Float64Array(1024);

/**
 * `count` samples, `step` apart, as `values` from −1 to 1. The positive side of an integer type reaches 1 at its
 * largest value, the negative side −1 at its smallest, so that full scale stays full scale.
 *
 * One loop per type, and no call per sample: a loop that calls a function of the type's takes three to five times as
 * long.
 */
type Decode = (samples: SampleArray, at: number, step: number, count: number) => void;

const decodeFrom: Record<SampleType, Decode> = {
  u8: (samples, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const sample = samples[at + i * step]! - 128;
      values[i] = sample / (sample < 0 ? 128 : 127);
    }
  },
  s16: (samples, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const sample = samples[at + i * step]!;
      values[i] = sample / (sample < 0 ? 32768 : 32767);
    }
  },
  s32: (samples, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const sample = samples[at + i * step]!;
      values[i] = sample / (sample < 0 ? 2147483648 : 2147483647);
    }
  },
  f32: (samples, at, step, count) => {
    for (let i = 0; i < count; i++) values[i] = samples[at + i * step]!;
  },
};

/** `values` as `count` samples, `step` apart: clipped, never wrapped; not-a-number is silence. */
type Encode = (output: SampleArray, at: number, step: number, count: number) => void;

/** To an integer, halves upwards; not-a-number becomes 0. */
const round = (value: number): number => Math.floor(value + 0.5) | 0;

const encodeTo: Record<SampleType, Encode> = {
  u8: (output, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      output[at + i * step] = value <= -1 ? 0 : value >= 1 ? 255 : 128 + round(value * (value < 0 ? 128 : 127));
    }
  },
  s16: (output, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      output[at + i * step] = value <= -1 ? -32768 : value >= 1 ? 32767 : round(value * (value < 0 ? 32768 : 32767));
    }
  },
  s32: (output, at, step, count) => {
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      output[at + i * step] =
        value <= -1 ? -2147483648 : value >= 1 ? 2147483647 : round(value * (value < 0 ? 2147483648 : 2147483647));
    }
  },
  f32: (output, at, step, count) => {
    for (let i = 0; i < count; i++) output[at + i * step] = values[i]!;
  },
};

/** Where a channel's samples lie: the first, and the distance to the next. */
interface Place {
  samples: SampleArray;
  at: number;
  step: number;
}

function convertChannel(from: SampleType, source: Place, to: SampleType, target: Place, count: number): void {
  const decode = decodeFrom[from];
  const encode = encodeTo[to];
  for (let done = 0; done < count; done += values.length) {
    const size = Math.min(values.length, count - done);
    decode(source.samples, source.at + done * source.step, source.step, size);
    encode(target.samples, target.at + done * target.step, target.step, size);
  }
}

function moveChannel(source: Place, target: Place, count: number): void {
  for (let i = 0; i < count; i++) {
    target.samples[target.at + i * target.step] = source.samples[source.at + i * source.step]!;
  }
}

export interface SampleSource {
  format: SampleFormat;
  numberOfFrames: number;
  numberOfChannels: number;
  data: Uint8Array;
}

/**
 * Copies `frameCount` frames from `frameOffset` on: of channel `planeIndex` where `format` is planar, else of
 * all channels interleaved. `destination` must have room.
 */
export function copySamples(
  source: SampleSource,
  destination: Uint8Array,
  format: SampleFormat,
  planeIndex: number,
  frameOffset: number,
  frameCount: number,
): void {
  const { numberOfFrames, numberOfChannels } = source;
  const channels = isPlanar(format) ? [planeIndex] : Array.from({ length: numberOfChannels }, (_, channel) => channel);
  if (source.format === format) {
    copyVerbatim(source, destination, planeIndex, frameOffset, frameCount);
    return;
  }
  const samples = samplesIn(source.data, source.format);
  const from = sampleTypeOf(source.format);
  const to = sampleTypeOf(format);
  const output = new arrays[to](frameCount * channels.length);
  for (const [index, channel] of channels.entries()) {
    const place = isPlanar(source.format)
      ? { samples, at: channel * numberOfFrames + frameOffset, step: 1 }
      : { samples, at: frameOffset * numberOfChannels + channel, step: numberOfChannels };
    const target = { samples: output, at: index, step: channels.length };
    if (from === to) moveChannel(place, target, frameCount);
    else convertChannel(from, place, to, target, frameCount);
  }
  destination.set(new Uint8Array(output.buffer));
}

function copyVerbatim(
  { format, numberOfFrames, numberOfChannels, data }: SampleSource,
  destination: Uint8Array,
  planeIndex: number,
  frameOffset: number,
  frameCount: number,
): void {
  const frameBytes = bytesPerSample(format) * (isPlanar(format) ? 1 : numberOfChannels);
  const begin = (isPlanar(format) ? planeIndex * numberOfFrames + frameOffset : frameOffset) * frameBytes;
  destination.set(data.subarray(begin, begin + frameCount * frameBytes));
}
