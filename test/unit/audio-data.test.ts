import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SampleFormat } from '../../src/samples/sample-format.ts';
import { AudioData, type AudioDataInit, createAudioData, samplesOf } from '../../src/webcodecs/audio-data.ts';
import { isDetached } from '../../src/webcodecs/webidl.ts';
import { assertIsInterface, detachedBuffer } from './support.ts';

const arrays = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array };
type Type = keyof typeof arrays;
const types = Object.keys(arrays) as Type[];

const init = (members: Partial<AudioDataInit> = {}): AudioDataInit => ({
  format: 'f32-planar',
  sampleRate: 48000,
  numberOfFrames: 4,
  numberOfChannels: 2,
  timestamp: -7,
  data: new Float32Array([0, 0.1, 0.2, 0.3, 1, 0.9, 0.8, 0.7]),
  ...members,
});

/** One channel of samples, converted. */
function converted(from: Type, samples: number[], to: Type): number[] {
  const data = new AudioData(
    init({ format: from, numberOfChannels: 1, numberOfFrames: samples.length, data: new arrays[from](samples) }),
  );
  const destination = new arrays[to](samples.length);
  data.copyTo(destination, { planeIndex: 0, format: `${to}-planar` });
  return [...destination];
}

test('AudioData is an interface', () => {
  const attributes = ['format', 'sampleRate', 'numberOfFrames', 'numberOfChannels', 'duration', 'timestamp'];
  assertIsInterface(AudioData, 'AudioData', {
    ...Object.fromEntries(attributes.map((key) => [key, 'attribute' as const])),
    allocationSize: 1,
    copyTo: 2,
    clone: 0,
    close: 0,
  });
  assert.equal(AudioData.length, 1);
});

describe('construction', () => {
  test('refuses what is missing, zero or too small', () => {
    for (const key of ['format', 'sampleRate', 'numberOfFrames', 'numberOfChannels', 'timestamp', 'data'] as const) {
      assert.throws(() => new AudioData(init({ [key]: undefined })), TypeError, key);
    }
    const wrong = [{ sampleRate: 0 }, { sampleRate: -1 }, { numberOfFrames: 0 }, { numberOfChannels: 0 }];
    for (const members of [...wrong, { data: new Float32Array(7) }, { data: detachedBuffer(64) }]) {
      assert.throws(() => new AudioData(init(members)), TypeError);
    }
  });

  test('duration is truncated', () => assert.equal(new AudioData(init()).duration, 83));

  test('copies the data, or takes them over if they are transferred', () => {
    const kept = new Uint8Array([1, 2]);
    const u8 = { format: 'u8', numberOfChannels: 1, numberOfFrames: 2 } as const;
    const copy = new AudioData(init({ ...u8, data: kept }));
    kept.fill(0);
    const moved = new Uint8Array([9, 3, 4, 9]);
    const taken = new AudioData(init({ ...u8, data: moved.subarray(1), transfer: [moved.buffer] }));
    assert.ok(isDetached(moved));
    for (const [data, expected] of [
      [copy, [1, 2]],
      [taken, [3, 4]],
    ] as const) {
      const destination = new Uint8Array(2);
      data.copyTo(destination, { planeIndex: 0 });
      assert.deepEqual([...destination], expected);
    }
  });
});

test('a closed AudioData keeps its timestamp only', () => {
  const data = new AudioData(init());
  const clone = data.clone();
  data.close();
  data.close();
  assert.deepEqual(
    [data.format, data.sampleRate, data.numberOfFrames, data.numberOfChannels, data.duration, data.timestamp],
    [null, 0, 0, 0, 0, -7],
  );
  assert.equal(samplesOf(data), null);
  assert.equal(clone.numberOfFrames, 4);
  const closed = { name: 'InvalidStateError' };
  assert.throws(() => data.clone(), closed);
  assert.throws(() => data.allocationSize({ planeIndex: 0 }), closed);
  assert.throws(() => data.copyTo(new Uint8Array(64), { planeIndex: 0 }), closed);
});

describe('copyTo()', () => {
  test('checks plane, offset, count and room by the format of the destination', () => {
    const data = new AudioData(init());
    const to = (options: object, size = 64) => data.copyTo(new Uint8Array(size), { planeIndex: 0, ...options });
    assert.throws(() => to({ planeIndex: 1, format: 'f32' }), RangeError);
    assert.throws(() => to({ planeIndex: 2 }), RangeError);
    assert.throws(() => to({ frameOffset: 4 }), RangeError);
    assert.throws(() => to({ frameOffset: 1, frameCount: 4 }), RangeError);
    assert.throws(() => to({}, 15), RangeError);
    assert.throws(() => to({ format: 'f64' }), TypeError);
    assert.throws(() => to({ planeIndex: undefined }), TypeError);
    assert.throws(() => (data.copyTo as (destination: Uint8Array) => void)(new Uint8Array(64)), TypeError);
    assert.equal(data.allocationSize({ planeIndex: 1 }), 16);
    assert.equal(data.allocationSize({ planeIndex: 0, format: 's16', frameCount: 3 }), 12);
  });

  test('interleaves, and takes channels out of interleaved samples, at any address', () => {
    const planar = new AudioData(init());
    const bytes = new Uint8Array(40);
    planar.copyTo(bytes.subarray(1), { planeIndex: 0, format: 'f32', frameOffset: 1, frameCount: 2 });
    const floats = new Float32Array(bytes.slice(1, 17).buffer);
    assert.deepEqual([...floats], [0.1, 0.9, 0.2, 0.8].map(Math.fround));
    assert.equal(bytes[0], 0);
    assert.ok(
      bytes.subarray(17).every((byte) => byte === 0),
      'no byte beyond the samples is written',
    );
    const interleaved = new AudioData(init({ format: 's16', data: new Int16Array([1, 2, 3, 4, 5, 6, 7, 8]) }));
    const channel = new Int16Array(3);
    interleaved.copyTo(channel, { planeIndex: 1, format: 's16-planar', frameOffset: 1 });
    assert.deepEqual([...channel], [4, 6, 8]);
  });

  test('converts every format to every other, at full scale and silence', () => {
    const ends: Record<Type, number[]> = {
      u8: [0, 128, 255],
      s16: [-32768, 0, 32767],
      s32: [-2147483648, 0, 2147483647],
      f32: [-1, 0, 1],
    };
    for (const from of types) {
      for (const to of types) assert.deepEqual(converted(from, ends[from], to), ends[to], `${from} to ${to}`);
    }
  });

  test('clips what is too loud and takes not-a-number for silence', () => {
    const loud = [-3, 3, Number.NaN];
    assert.deepEqual(converted('f32', loud, 'u8'), [0, 255, 128]);
    assert.deepEqual(converted('f32', loud, 's16'), [-32768, 32767, 0]);
    assert.deepEqual(converted('f32', loud, 's32'), [-2147483648, 2147483647, 0]);
    assert.deepEqual(converted('f32', [-3, 3], 'f32'), [-3, 3], 'floats are not clipped');
  });

  test('reads samples that lie at odd addresses', () => {
    const data = new Uint8Array(9).fill(0);
    new DataView(data.buffer).setInt16(3, 1234, true);
    const samples = { sampleRate: 8000, numberOfFrames: 4, numberOfChannels: 1, timestamp: 0 };
    const odd = createAudioData({ ...samples, format: 's16' as SampleFormat, data: data.subarray(1) });
    const destination = new Float32Array(4);
    odd.copyTo(destination, { planeIndex: 0, format: 'f32' });
    assert.ok(Math.abs(destination[1]! - 1234 / 32767) < 1e-6);
  });
});
