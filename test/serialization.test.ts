/** The runtime's own structuredClone() and messages, patched: the cases of web-platform-tests, and Node's own ways. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { MessageChannel as NodeMessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { patchStructuredClone } from '../src/polyfill/structured-clone.ts';
import { deserialize } from '../src/serialization/serialize.ts';
import { AudioData } from '../src/webcodecs/audio-data.ts';
import { EncodedAudioChunk } from '../src/webcodecs/encoded-audio-chunk.ts';
import { EncodedVideoChunk } from '../src/webcodecs/encoded-video-chunk.ts';
import { VideoDecoder } from '../src/webcodecs/video-decoder.ts';
import { isClosed, pictureOf, VideoFrame } from '../src/webcodecs/video-frame.ts';

const isDataCloneError = { name: 'DataCloneError' };

const makeFrame = (timestamp = 100): VideoFrame =>
  new VideoFrame(new Uint8Array(16).fill(7), {
    format: 'RGBA',
    codedWidth: 2,
    codedHeight: 2,
    timestamp,
    duration: 33,
  });

const makeAudio = (): AudioData =>
  new AudioData({
    format: 'f32-planar',
    sampleRate: 8000,
    numberOfFrames: 100,
    numberOfChannels: 2,
    timestamp: 1234,
    data: Float32Array.from({ length: 200 }, (_, index) => index / 200),
  });

const chunkInit = { type: 'key', timestamp: 1234, duration: 9876, data: new Uint8Array([5, 6, 7, 8]) } as const;

const places = [
  [globalThis, 'structuredClone'],
  [MessagePort.prototype, 'postMessage'],
  [BroadcastChannel.prototype, 'postMessage'],
  [Worker.prototype, 'postMessage'],
  [MessageEvent.prototype, 'data'],
] as const;

/** What can be seen of a patched function. */
const describePlaces = () =>
  places.map(([owner, key]) => {
    const { enumerable, configurable, writable, get, value } = Object.getOwnPropertyDescriptor(owner, key)!;
    const { name, length } = get ?? value;
    return { enumerable, configurable, writable, name, length, own: Object.keys(get ?? value) };
  });

const functions = () =>
  places.map(([owner, key]) => {
    const { get, value } = Object.getOwnPropertyDescriptor(owner, key)!;
    return get ?? value;
  });

const looks = describePlaces();
const originals = functions();
patchStructuredClone();
const patched = functions();

describe('patchStructuredClone', () => {
  test('functions look as they did', () => {
    assert.deepEqual(describePlaces(), looks);
    for (const [index, original] of originals.entries()) assert.notEqual(patched[index], original);
    assert.throws(() => Reflect.construct(structuredClone, [1]), TypeError);
    assert.throws(() => Reflect.apply(patched[4], {}, []), TypeError);
    assert.throws(() => Reflect.apply(patched[1], {}, [1]));
  });

  test('patching again does nothing', () => {
    patchStructuredClone();
    assert.deepEqual(functions(), patched);
  });
});

describe('structuredClone', () => {
  test('shares the picture', () => {
    const frame = makeFrame();
    const { copies } = structuredClone({ copies: [frame, frame] });
    const [copy] = copies as [VideoFrame];
    assert.equal(copies[1], copy);
    assert.notEqual(copy, frame);
    assert.equal(Object.prototype.toString.call(copy), '[object VideoFrame]');
    assert.equal(pictureOf(copy)!.picture, pictureOf(frame)!.picture);
    frame.close();
    assert.deepEqual([copy.timestamp, copy.duration, copy.codedWidth], [100, 33, 2]);
    copy.close();
    assert.throws(() => structuredClone(copy), isDataCloneError);
  });

  test('transfers', () => {
    const [frame, audio, buffer] = [makeFrame(), makeAudio(), new ArrayBuffer(3)];
    const copy = structuredClone({ frame, audio, buffer }, { transfer: [frame, buffer, audio] as never });
    assert.deepEqual([isClosed(frame), audio.format, buffer.byteLength], [true, null, 0]);
    assert.deepEqual([copy.frame.codedHeight, copy.audio.numberOfFrames, copy.buffer.byteLength], [2, 100, 3]);
  });

  test('copies the other two kinds', () => {
    const [audio, video] = structuredClone([new EncodedAudioChunk(chunkInit), new EncodedVideoChunk(chunkInit)]);
    for (const chunk of [audio, video]) assert.deepEqual([chunk!.type, chunk!.byteLength], ['key', 4]);
    assert.ok(audio instanceof EncodedAudioChunk && video instanceof EncodedVideoChunk);
  });

  test('a failure of the rest closes nothing', () => {
    const frame = makeFrame();
    assert.throws(() => structuredClone({ frame, code: () => {} }, { transfer: [frame] as never }), isDataCloneError);
    assert.equal(isClosed(frame), false);
  });

  test('refuses what it must', () => {
    const frame = makeFrame();
    const chunk = new EncodedVideoChunk(chunkInit);
    assert.throws(() => structuredClone(frame, { transfer: [frame, frame] as never }), isDataCloneError);
    assert.throws(() => structuredClone(chunk, { transfer: [chunk] as never }), isDataCloneError);
    assert.throws(() => structuredClone(new VideoDecoder({ output() {}, error() {} })), isDataCloneError);
    assert.throws(() => Reflect.apply(structuredClone, undefined, []), TypeError);
  });

  test('all else is as before', () => {
    class Point {
      x = 1;
    }
    const value = { date: new Date(5), error: new RangeError('far'), point: new Point(), pattern: /a/g, n: 1n };
    assert.deepEqual(structuredClone(value), { ...value, point: { x: 1 } });
    const record = { everycodec: 'VideoFrame', data: new ArrayBuffer(16) };
    assert.deepEqual(structuredClone(record), record, 'a record is no object before it is received');
    const buffer = new ArrayBuffer(8);
    assert.equal(structuredClone(buffer, { transfer: [buffer] }).byteLength, 8);
    assert.equal(buffer.byteLength, 0);
  });
});

describe('MessagePort', () => {
  /** A message as the events of the other port bring it. */
  async function post<T>(message: T, transfer?: unknown): Promise<T> {
    const { port1, port2 } = new MessageChannel();
    const event = new Promise<MessageEvent>((resolve) => {
      port2.onmessage = resolve;
    });
    port1.postMessage(message, transfer as never);
    const { data } = await event;
    assert.equal((await event).data, data, 'the same each time');
    port1.close();
    return data;
  }

  test('closing AudioData does not propagate', async () => {
    const original = makeAudio();
    const arrived = await post(original);
    assert.deepEqual([arrived.numberOfFrames, arrived.numberOfChannels, arrived.sampleRate], [100, 2, 8000]);
    const [expected, samples] = [new Float32Array(100), new Float32Array(100)];
    for (const planeIndex of [0, 1]) {
      original.copyTo(expected, { planeIndex });
      arrived.copyTo(samples, { planeIndex });
      assert.deepEqual(samples, expected);
    }
    arrived.close();
    assert.equal(original.numberOfFrames, 100);
  });

  test('closing frames does not propagate', async () => {
    const frame = makeFrame();
    const arrived = await post(frame);
    assert.equal(arrived.toString(), '[object VideoFrame]');
    arrived.close();
    assert.equal(isClosed(frame), false);
    assert.equal(frame.timestamp, 100);
  });

  for (const Chunk of [EncodedAudioChunk, EncodedVideoChunk]) {
    test(`${Chunk.name} is serializable`, async () => {
      const original = new Chunk(chunkInit);
      const arrived = await post(original);
      assert.ok(arrived instanceof Chunk);
      const { type, timestamp, duration, byteLength } = arrived;
      assert.deepEqual([type, timestamp, duration, byteLength], ['key', 1234, 9876, 4]);
      const bytes = new Uint8Array(4);
      arrived.copyTo(bytes);
      assert.deepEqual(bytes, chunkInit.data);
      assert.equal(original.byteLength, 4);
    });
  }

  test('transferring closes, with each form of the second argument', async () => {
    const forms = [
      (transfer: object[]) => transfer,
      (transfer: object[]) => ({ transfer }),
      (transfer: object[]) => new Set(transfer),
      (transfer: object[]) => Object.create({ transfer }),
    ];
    for (const form of forms) {
      const [frame, audio] = [makeFrame(), makeAudio()];
      const arrived = await post({ frame, audio }, form([frame, audio]));
      assert.deepEqual([isClosed(frame), audio.numberOfFrames], [true, 0]);
      assert.deepEqual([arrived.frame.timestamp, arrived.audio.numberOfFrames], [100, 100]);
    }
  });

  test('posting what is closed throws, and sends nothing', () => {
    const { port1, port2 } = new MessageChannel();
    const [frame, audio] = [makeFrame(), makeAudio()];
    frame.close();
    audio.close();
    for (const value of [frame, audio]) {
      assert.throws(() => port1.postMessage(value), isDataCloneError);
      assert.throws(() => port1.postMessage(0, [value] as never), isDataCloneError);
    }
    assert.equal(receiveMessageOnPort(port2 as never), undefined);
    port1.close();
  });

  test('a hostile record arrives as it is', async () => {
    const record = { everycodec: 'VideoFrame', format: 'RGBA', codedWidth: 4096, codedHeight: 4096, timestamp: 0 };
    assert.deepEqual(await post<object>({ ...record, data: new ArrayBuffer(16) }), {
      ...record,
      data: new ArrayBuffer(16),
    });
  });

  test('listeners of both kinds get the same object', async () => {
    const { port1, port2 } = new NodeMessageChannel();
    const values: unknown[] = [];
    port2.on('message', (value) => values.push(value.frame));
    (port2 as unknown as MessagePort).addEventListener('message', ({ data }) => values.push(data.frame));
    port1.postMessage({ frame: makeFrame() });
    await once(port2, 'message');
    assert.ok(values[0] instanceof VideoFrame);
    assert.equal(values[0], values[1]);
    port1.close();
  });

  test('receiveMessageOnPort() gives objects', () => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(new Map([['frame', makeFrame()]]));
    const { message } = receiveMessageOnPort(port2 as never)!;
    assert.ok(message.get('frame') instanceof VideoFrame);
    assert.equal(receiveMessageOnPort(port2 as never), undefined);
    port1.close();
  });
});

test('BroadcastChannel carries objects, and has no transfer list', async () => {
  const [sender, receiver] = [new BroadcastChannel('everycodec'), new BroadcastChannel('everycodec')];
  const event = new Promise<MessageEvent>((resolve) => {
    receiver.onmessage = resolve as never;
  });
  const frame = makeFrame();
  Reflect.apply(sender.postMessage, sender, [[frame], [frame]]);
  assert.ok((await event).data[0] instanceof VideoFrame);
  assert.equal(isClosed(frame), false);
  sender.close();
  receiver.close();
});

describe('worker', () => {
  const workers: Worker[] = [];
  const start = (code: string): Worker => {
    const worker = new Worker(code, { eval: true, workerData: import.meta.url });
    workers.push(worker);
    return worker;
  };
  after(() => Promise.all(workers.map((worker) => worker.terminate())));

  let patchedWorker: Worker;
  before(async () => {
    patchedWorker = start(`
      const { parentPort, workerData } = require('node:worker_threads');
      const sources = import('tsx/esm/api').then(({ register }) => {
        register();
        return import(new URL('../src/polyfill/structured-clone.ts', workerData));
      });
      sources.then(({ patchStructuredClone }) => {
        patchStructuredClone();
        parentPort.on('message', ({ frame, transfer }) => {
          const kind = Object.prototype.toString.call(frame);
          parentPort.postMessage({ frame, kind }, transfer ? [frame] : []);
          parentPort.postMessage({ closed: frame.format === null });
        });
        parentPort.postMessage('ready');
      });
    `);
    await once(patchedWorker, 'message');
  });

  for (const transfer of [false, true]) {
    test(`frames go to and fro, ${transfer ? 'transferred' : 'copied'}`, async () => {
      const frame = makeFrame(30);
      patchedWorker.postMessage({ frame, transfer }, (transfer ? [frame] : []) as never);
      assert.equal(isClosed(frame), transfer);
      const [back] = await once(patchedWorker, 'message');
      assert.equal(back.kind, '[object VideoFrame]');
      assert.ok(back.frame instanceof VideoFrame);
      assert.equal(back.frame.timestamp, 30);
      const pixels = new Uint8Array(16);
      await back.frame.copyTo(pixels);
      assert.deepEqual(pixels, new Uint8Array(16).fill(7));
      assert.deepEqual(await once(patchedWorker, 'message'), [{ closed: transfer }]);
    });
  }

  test('a worker without the patches echoes records', async () => {
    const worker = start(`
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (value) => parentPort.postMessage(value));
    `);
    worker.postMessage(new EncodedVideoChunk({ ...chunkInit, timestamp: 40 }));
    const [received] = await once(worker, 'message');
    assert.equal(received.toString(), '[object EncodedVideoChunk]');
    assert.equal(received.timestamp, 40);
  });

  test('what arrives without the patches is what deserialize() takes', async () => {
    const worker = start(`
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ frame }) => parentPort.postMessage(JSON.stringify({ ...frame, data: frame.data.byteLength })));
    `);
    worker.postMessage({ frame: makeFrame(50) });
    const [text] = await once(worker, 'message');
    const record = JSON.parse(text);
    assert.deepEqual([record.everycodec, record.timestamp, record.data], ['VideoFrame', 50, 16]);
    assert.ok(deserialize({ ...record, data: new ArrayBuffer(16) }) instanceof VideoFrame);
  });
});
