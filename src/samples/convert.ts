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

/**
 * To −1 … 1. The positive side of an integer type reaches 1 at its largest value, the negative side −1 at its
 * smallest, so that full scale stays full scale.
 */
const toFloat: Record<SampleType, (sample: number) => number> = {
  u8: (sample) => (sample < 128 ? (sample - 128) / 128 : (sample - 128) / 127),
  s16: (sample) => sample / (sample < 0 ? 32768 : 32767),
  s32: (sample) => sample / (sample < 0 ? 2147483648 : 2147483647),
  f32: (sample) => sample,
};

/** Clipped, never wrapped; not-a-number is silence. */
const clamp = (value: number): number => Math.min(Math.max(value || 0, -1), 1);

const fromFloat: Record<SampleType, (value: number) => number> = {
  u8: (value) => Math.round(128 + clamp(value) * (value < 0 ? 128 : 127)),
  s16: (value) => Math.round(clamp(value) * (value < 0 ? 32768 : 32767)),
  s32: (value) => Math.round(clamp(value) * (value < 0 ? 2147483648 : 2147483647)),
  f32: (value) => value,
};

const convert = (from: SampleType, to: SampleType): ((sample: number) => number) => {
  if (from === to) return (sample) => sample;
  const decode = toFloat[from];
  const encode = fromFloat[to];
  return (sample) => encode(decode(sample));
};

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
  const convertSample = convert(sampleTypeOf(source.format), sampleTypeOf(format));
  const output = new arrays[sampleTypeOf(format)](frameCount * channels.length);
  const step = isPlanar(source.format) ? 1 : numberOfChannels;
  for (const [index, channel] of channels.entries()) {
    let at = isPlanar(source.format)
      ? channel * numberOfFrames + frameOffset
      : frameOffset * numberOfChannels + channel;
    for (let frame = 0; frame < frameCount; frame++, at += step) {
      output[frame * channels.length + index] = convertSample(samples[at]!);
    }
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
