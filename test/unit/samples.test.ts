/** Conversion of samples: every format to every other, beside a model that looks at one sample at a time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { copySamples } from '../../src/samples/convert.ts';
import {
  bytesPerSample,
  isPlanar,
  type SampleFormat,
  type SampleType,
  sampleFormats,
  sampleTypeOf,
} from '../../src/samples/sample-format.ts';

const arrays = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array };
const arrayOf = (type: SampleType, length: number, sample: (index: number) => number) =>
  new arrays[type](Array.from({ length }, (_, index) => sample(index)));
/** https://w3c.github.io/webcodecs/#audio-samples-magnitude: minimum, bias and maximum. */
const ranges: Record<SampleType, [number, number, number]> = {
  u8: [0, 128, 255],
  s16: [-32768, 0, 32767],
  s32: [-2147483648, 0, 2147483647],
  f32: [-1, 0, 1],
};

function model(sample: number, from: SampleType, to: SampleType): number {
  if (from === to) return sample;
  const [low, bias, high] = ranges[from];
  const value = sample < bias ? (sample - bias) / (bias - low) : (sample - bias) / (high - bias);
  if (to === 'f32') return Math.fround(value);
  const [least, zero, most] = ranges[to];
  const clipped = Math.max(-1, Math.min(1, value));
  return Math.round(zero + clipped * (clipped < 0 ? zero - least : most - zero));
}

const [channels, frames] = [3, 2500];

/** Samples of the whole range and its ends; floats go beyond. More than the conversion takes at a time. */
function samplesOf(type: SampleType): number[] {
  const [low, bias, high] = ranges[type];
  let state = 1;
  return Array.from({ length: channels * frames }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (index < 3) return [low, bias, high][index]!;
    const value = low + (state / 2 ** 32) * (high - low);
    return type === 'f32' ? Math.fround(1.2 * value) : Math.round(value);
  });
}

const indexOf = (format: SampleFormat, channel: number, frame: number) =>
  isPlanar(format) ? channel * frames + frame : frame * channels + channel;

describe('copySamples()', () => {
  for (const from of sampleFormats) {
    for (const to of sampleFormats) {
      test(`${from} to ${to}`, () => {
        const fromType = sampleTypeOf(from);
        const toType = sampleTypeOf(to);
        const samples = samplesOf(fromType);
        const data = new Uint8Array(arrays[fromType].from(samples).buffer);
        const source = { format: from, numberOfFrames: frames, numberOfChannels: channels, data };
        const [frameOffset, frameCount] = [7, frames - 20];
        for (const plane of isPlanar(to) ? [0, 1, 2] : [0]) {
          const wanted = isPlanar(to) ? [plane] : [0, 1, 2];
          const expected = arrayOf(toType, frameCount * wanted.length, (index) => {
            const frame = frameOffset + Math.floor(index / wanted.length);
            return model(samples[indexOf(from, wanted[index % wanted.length]!, frame)]!, fromType, toType);
          });
          const destination = new Uint8Array(expected.byteLength);
          copySamples(source, destination, to, plane, frameOffset, frameCount);
          const actual = new arrays[toType](destination.buffer);
          const different = actual.findIndex((sample, index) => sample !== expected[index]);
          assert.equal(different, -1, `sample ${different}: ${actual[different]} instead of ${expected[different]}`);
        }
      });
    }
  }
});

test('integers come back from every wider type as they were', () => {
  const chains: [SampleType, SampleType][] = [
    ['u8', 's16'],
    ['u8', 's32'],
    ['u8', 'f32'],
    ['s16', 's32'],
    ['s16', 'f32'],
  ];
  for (const [narrow, wide] of chains) {
    const [low, , high] = ranges[narrow];
    const all = arrayOf(narrow, high - low + 1, (index) => low + index);
    const there = new Uint8Array(all.length * bytesPerSample(wide));
    const back = new Uint8Array(all.byteLength);
    const source = { numberOfFrames: all.length, numberOfChannels: 1 };
    copySamples({ ...source, format: narrow, data: new Uint8Array(all.buffer) }, there, wide, 0, 0, all.length);
    copySamples({ ...source, format: wide, data: there }, back, narrow, 0, 0, all.length);
    assert.deepEqual(new arrays[narrow](back.buffer), all, `${narrow} through ${wide}`);
  }
});
