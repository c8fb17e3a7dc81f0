/** The patches of what only browsers have, with stand-ins for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serialize } from '../../src/serialization/serialize.ts';
import { EncodedVideoChunk } from '../../src/webcodecs/encoded-video-chunk.ts';
import { VideoFrame } from '../../src/webcodecs/video-frame.ts';

const isDataCloneError = { name: 'DataCloneError' };

class History {
  pushState(...args: unknown[]) {
    return args;
  }
  replaceState(...args: unknown[]) {
    return args;
  }
}
class IDBObjectStore {
  add(...args: unknown[]) {
    return args;
  }
  put(...args: unknown[]) {
    return args;
  }
}
class IDBCursor {
  update(...args: unknown[]) {
    return args;
  }
}
const postMessage = (): void => {};
Object.assign(globalThis, { History, IDBObjectStore, IDBCursor, postMessage, document: {}, origin: 'https://here' });
const { patchStructuredClone } = await import('../../src/polyfill/structured-clone.ts');
patchStructuredClone();

const makeChunk = () => new EncodedVideoChunk({ type: 'key', timestamp: 0, data: new Uint8Array(4) });

test('objects cannot be stored', () => {
  const [history, store, cursor] = [new History(), new IDBObjectStore(), new IDBCursor()];
  const ways = [
    history.pushState.bind(history),
    history.replaceState.bind(history),
    store.add.bind(store),
    store.put.bind(store),
    cursor.update.bind(cursor),
  ];
  for (const way of ways) {
    assert.throws(() => way({ chunk: makeChunk() }, 'second'), isDataCloneError);
    const value = { text: 'else' };
    assert.deepEqual(way(value, 'second'), [value, 'second']);
    assert.equal(way(value)[0], value);
    assert.deepEqual(way(), []);
  }
});

test("a window's postMessage() is left alone: its caller is the source of the event", () => {
  assert.equal(globalThis.postMessage, postMessage);
});

test('messages of another origin bring no objects', () => {
  const dataFrom = (origin: string) => {
    const { message } = serialize([makeChunk()]);
    const { data } = new MessageEvent('message', { data: message, origin });
    return (data as [{ data: ArrayBuffer }])[0];
  };
  for (const origin of ['', 'https://here']) assert.ok(dataFrom(origin) instanceof EncodedVideoChunk);
  const record = dataFrom('https://elsewhere');
  assert.equal(Object.getPrototypeOf(record), Object.prototype);
  assert.equal(record.data.byteLength, 4, 'not even taken over');
});

test('events that a program makes keep their data', () => {
  const data = Object.freeze({ text: 'else', nested: Object.freeze([1]) });
  assert.equal(new MessageEvent('message', { data }).data, data);
  assert.equal(new MessageEvent('message', { data: 'text' }).data, 'text');
  const frame = new VideoFrame(new Uint8Array(4), { format: 'RGBA', codedWidth: 1, codedHeight: 1, timestamp: 0 });
  assert.equal(new MessageEvent('message', { data: frame }).data, frame);
  frame.close();
});
