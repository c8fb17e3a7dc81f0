import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  bytesOfAudioChunk,
  createEncodedAudioChunk,
  EncodedAudioChunk,
  isEncodedAudioChunk,
} from '../../src/webcodecs/encoded-audio-chunk.ts';
import {
  bytesOfVideoChunk,
  createEncodedVideoChunk,
  EncodedVideoChunk,
  isEncodedVideoChunk,
} from '../../src/webcodecs/encoded-video-chunk.ts';
import { isDetached } from '../../src/webcodecs/webidl.ts';
import { assertIsInterface, detachedBuffer } from './support.ts';

const kinds = [
  { Chunk: EncodedVideoChunk, create: createEncodedVideoChunk, bytesOf: bytesOfVideoChunk, is: isEncodedVideoChunk },
  { Chunk: EncodedAudioChunk, create: createEncodedAudioChunk, bytesOf: bytesOfAudioChunk, is: isEncodedAudioChunk },
] as const;

for (const { Chunk, create, bytesOf, is } of kinds) {
  const init = (members: object = {}) =>
    ({ type: 'key', timestamp: 10, data: new Uint8Array([1, 2, 3]), ...members }) as const;

  describe(Chunk.name, () => {
    test('is an interface', () => {
      const attributes = { type: 'attribute', timestamp: 'attribute', duration: 'attribute', byteLength: 'attribute' };
      assertIsInterface(Chunk, Chunk.name, { ...attributes, copyTo: 1 } as Parameters<typeof assertIsInterface>[2]);
      assert.equal(Chunk.length, 1);
    });

    test('holds a copy of the bytes of a view', () => {
      const memory = new Uint8Array([9, 1, 2, 9]);
      const chunk = new Chunk(init({ data: memory.subarray(1, 3), duration: 20.9, timestamp: -5 }));
      memory.fill(0);
      const copy = new Uint8Array(3);
      chunk.copyTo(copy);
      assert.deepEqual([...copy], [1, 2, 0]);
      assert.deepEqual([chunk.type, chunk.timestamp, chunk.duration, chunk.byteLength], ['key', -5, 20, 2]);
    });

    test('has no duration if none was given', () => assert.equal(new Chunk(init()).duration, null));

    test('refuses missing and invalid members', () => {
      for (const members of [
        { type: undefined },
        { type: 'b' },
        { timestamp: undefined },
        { timestamp: 2 ** 53 },
        { duration: -1 },
        { data: undefined },
        { data: [1] },
        { data: detachedBuffer() },
        { transfer: [new Uint8Array(1)] },
      ]) {
        assert.throws(() => new Chunk(init(members)), TypeError, JSON.stringify(members));
      }
    });

    test('detaches every buffer of transfer, be it of data or not', () => {
      const data = new Uint8Array([1, 2, 3, 4]);
      const other = new ArrayBuffer(2);
      const chunk = new Chunk(init({ data: data.subarray(1), transfer: [other, data.buffer] }));
      assert.ok(isDetached(data) && isDetached(other));
      assert.deepEqual([...bytesOf(chunk as never)], [2, 3, 4]);
    });

    test('refuses duplicate and detached buffers in transfer, and then leaves all as they are', () => {
      const buffer = new ArrayBuffer(1);
      assert.throws(() => new Chunk(init({ transfer: [buffer, buffer] })), { name: 'DataCloneError' });
      assert.throws(() => new Chunk(init({ transfer: [buffer, detachedBuffer()] })), { name: 'DataCloneError' });
      assert.equal(isDetached(buffer), false);
    });

    test('copyTo() throws TypeError for too small and for detached destinations', () => {
      const chunk = new Chunk(init());
      assert.throws(() => chunk.copyTo(new Uint8Array(2)), TypeError);
      assert.throws(() => chunk.copyTo(detachedBuffer(8)), TypeError);
      assert.throws(() => (chunk.copyTo as () => void)(), TypeError);
    });

    test('copies out of and into shared memory', () => {
      const shared = new SharedArrayBuffer(3);
      new Uint8Array(shared).set([4, 5, 6]);
      const destination = new SharedArrayBuffer(4);
      new Chunk(init({ data: shared })).copyTo(new Uint8Array(destination, 1));
      assert.deepEqual([...new Uint8Array(destination)], [0, 4, 5, 6]);
    });

    test('made inside, takes the bytes over', () => {
      const data = new Uint8Array([7]);
      const chunk = create({ type: 'delta', timestamp: 1, duration: null, data });
      assert.equal(bytesOf(chunk as never), data);
      assert.ok(is(chunk));
      assert.ok(!is(Object.create(Chunk.prototype)) && !is(null) && !is({}));
    });
  });
}

test('a video chunk is no audio chunk', () => {
  const data = new Uint8Array();
  assert.ok(!isEncodedAudioChunk(new EncodedVideoChunk({ type: 'key', timestamp: 0, data })));
});
