/** serialize() and deserialize(), and the records between them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Picture } from '../../src/pixels/picture.ts';
import { pixelFormats } from '../../src/pixels/pixel-format.ts';
import { deserialize, serialize } from '../../src/serialization/serialize.ts';
import { AudioData, isAudioData } from '../../src/webcodecs/audio-data.ts';
import { EncodedAudioChunk, isEncodedAudioChunk } from '../../src/webcodecs/encoded-audio-chunk.ts';
import { EncodedVideoChunk, isEncodedVideoChunk } from '../../src/webcodecs/encoded-video-chunk.ts';
import { ImageDecoder } from '../../src/webcodecs/image-decoder.ts';
import { VideoColorSpace } from '../../src/webcodecs/video-color-space.ts';
import { VideoDecoder } from '../../src/webcodecs/video-decoder.ts';
import { createVideoFrame, isClosed, isVideoFrame, pictureOf, VideoFrame } from '../../src/webcodecs/video-frame.ts';

const isDataCloneError = { name: 'DataCloneError' };

const makeFrame = (timestamp = 100): VideoFrame =>
  new VideoFrame(
    Uint8Array.from({ length: 16 }, (_, index) => index),
    {
      format: 'RGBA',
      codedWidth: 2,
      codedHeight: 2,
      timestamp,
    },
  );

const makeAudio = (): AudioData =>
  new AudioData({
    format: 's16-planar',
    sampleRate: 44100.5,
    numberOfFrames: 3,
    numberOfChannels: 2,
    timestamp: -7,
    data: Int16Array.of(1, 2, 3, -1, -2, -3),
  });

const makeChunk = (duration?: number) =>
  ({ type: 'delta', timestamp: 1234, duration, data: new Uint8Array([0, 5, 6, 7, 0]).subarray(1, 4) }) as const;

/** Through the runtime's own algorithm, as a thread would get it. */
function roundTrip<T>(value: T, transfer: (VideoFrame | AudioData)[] = []): T {
  const serialized = serialize(value, { transfer });
  return deserialize<T>(structuredClone(serialized.message, { transfer: serialized.transfer as ArrayBuffer[] }));
}

async function pixelsOf(frame: VideoFrame): Promise<number[]> {
  const rect = { x: 0, y: 0, width: frame.codedWidth, height: frame.codedHeight };
  const bytes = new Uint8Array(frame.allocationSize({ rect }));
  await frame.copyTo(bytes, { rect });
  return [...bytes];
}

/** All that can be read of a frame but its pixels. */
const describeFrame = (frame: VideoFrame) => ({
  format: frame.format,
  coded: frame.codedRect?.toJSON(),
  visible: frame.visibleRect?.toJSON(),
  display: [frame.displayWidth, frame.displayHeight],
  rotation: frame.rotation,
  flip: frame.flip,
  timestamp: frame.timestamp,
  duration: frame.duration,
  colorSpace: frame.colorSpace.toJSON(),
  metadata: frame.metadata(),
});

const bytesOfChunk = (chunk: EncodedVideoChunk | EncodedAudioChunk): number[] => {
  const bytes = new Uint8Array(chunk.byteLength);
  chunk.copyTo(bytes);
  return [...bytes];
};

describe('serialize', () => {
  test('a frame arrives with everything that describes it', async () => {
    const frame = new VideoFrame(
      new VideoFrame(
        Uint8Array.from({ length: 96 }, (_, index) => index),
        {
          format: 'I420',
          codedWidth: 8,
          codedHeight: 8,
          timestamp: -1,
          colorSpace: { primaries: 'bt2020', transfer: 'pq', matrix: null, fullRange: true },
          rotation: 90,
          flip: true,
        },
      ),
      {
        visibleRect: { x: 2, y: 4, width: 5, height: 3 },
        displayWidth: 77,
        displayHeight: 33,
        duration: 20,
        metadata: { captureTime: 1.5, segments: [{ type: 'eye', id: 3, probability: 0.5 }] },
      },
    );
    assert.deepEqual([frame.codedWidth, frame.visibleRect?.x], [8, 2], 'larger than what is seen of it');
    const arrived = roundTrip(frame);
    assert.ok(isVideoFrame(arrived) && arrived !== frame);
    assert.deepEqual(describeFrame(arrived), describeFrame(frame));
    assert.deepEqual(await pixelsOf(arrived), await pixelsOf(frame));
    assert.equal(roundTrip(makeFrame()).duration, null);
  });

  test('every pixel format, of odd size and with padded rows in shared memory', async () => {
    for (const format of pixelFormats) {
      const planes = [0, 1, 2, 3].map((index) => ({ offset: 3 + index * 200, stride: 40 }));
      const buffer = new SharedArrayBuffer(1000);
      new Uint8Array(buffer).forEach((_, index, bytes) => {
        bytes[index] = index;
      });
      const frame = createVideoFrame({
        picture: new Picture({ format, codedWidth: 5, codedHeight: 3, planes, buffer }),
        visibleRect: { x: 0, y: 0, width: 5, height: 2 },
        displayWidth: 5,
        displayHeight: 2,
        colorSpace: {},
        timestamp: 0,
        duration: null,
      });
      const { transfer } = serialize(frame);
      assert.equal(transfer[0]!.byteLength, (await pixelsOf(frame)).length, 'packed');
      const arrived = roundTrip(frame);
      assert.deepEqual(describeFrame(arrived), describeFrame(frame), format);
      assert.deepEqual(await pixelsOf(arrived), await pixelsOf(frame), format);
    }
  });

  test('audio data arrives with its samples', () => {
    const arrived = roundTrip(makeAudio());
    assert.ok(isAudioData(arrived));
    const { format, sampleRate, numberOfFrames, numberOfChannels, timestamp } = arrived;
    assert.deepEqual(
      { format, sampleRate, numberOfFrames, numberOfChannels, timestamp },
      { format: 's16-planar', sampleRate: 44100.5, numberOfFrames: 3, numberOfChannels: 2, timestamp: -7 },
    );
    const plane = new Int16Array(3);
    arrived.copyTo(plane, { planeIndex: 1 });
    assert.deepEqual([...plane], [-1, -2, -3]);
  });

  test('chunks arrive with their bytes', () => {
    const video = roundTrip(new EncodedVideoChunk(makeChunk(0)));
    assert.ok(isEncodedVideoChunk(video));
    assert.deepEqual([video.type, video.timestamp, video.duration, bytesOfChunk(video)], ['delta', 1234, 0, [5, 6, 7]]);
    const audio = roundTrip(new EncodedAudioChunk(makeChunk()));
    assert.ok(isEncodedAudioChunk(audio));
    assert.deepEqual(
      [audio.type, audio.timestamp, audio.duration, bytesOfChunk(audio)],
      ['delta', 1234, null, [5, 6, 7]],
    );
    assert.equal(roundTrip(new EncodedVideoChunk({ ...makeChunk(), data: new Uint8Array(0) })).byteLength, 0);
  });

  test('the copy is independent of its source', async () => {
    const frame = makeFrame();
    const arrived = roundTrip(frame);
    frame.close();
    assert.equal((await pixelsOf(arrived))[5], 5);
    const second = roundTrip(arrived);
    arrived.close();
    assert.equal((await pixelsOf(second))[5], 5);
  });

  test('a value without our objects is its own message', () => {
    const value = { list: [1, { deep: new Map([[new Set([2]), new Date(0)]]) }], bytes: new Uint8Array(4) };
    const buffer = new ArrayBuffer(1);
    const { message, transfer } = serialize(value, { transfer: [buffer] });
    assert.equal(message, value);
    assert.deepEqual(transfer, [buffer]);
    assert.equal(deserialize(value), value);
    for (const primitive of [undefined, null, 1, 'text', 5n]) assert.equal(serialize(primitive).message, primitive);
  });

  test('objects are found in arrays, maps, sets and plain objects, once each', () => {
    const frame = makeFrame();
    const bytes = new Uint8Array([1]);
    const value: Record<string, unknown> = {
      array: Object.assign(new Array(3), { 0: frame, 2: 3 }),
      map: new Map<unknown, unknown>([[frame, 'key']]),
      bytes,
    };
    value.set = new Set([{ frame }]);
    value.self = value;
    value.bare = Object.assign(Object.create(null), { frame });
    Object.defineProperty(value, '__proto__', { value: frame, enumerable: true });
    const arrived = roundTrip(value) as typeof value & { array: unknown[]; set: Set<{ frame: unknown }> };
    const [first] = arrived.array;
    assert.ok(isVideoFrame(first) && first !== frame);
    assert.deepEqual([1 in arrived.array, arrived.array.length, arrived.array[2]], [false, 3, 3]);
    assert.equal((arrived.map as Map<unknown, unknown>).get(first), 'key');
    assert.equal([...arrived.set][0]!.frame, first);
    assert.equal(arrived.self, arrived);
    assert.equal((arrived.bare as { frame: unknown }).frame, first);
    assert.equal(Object.getOwnPropertyDescriptor(arrived, '__proto__')?.value, first);
    assert.equal(Object.getPrototypeOf(arrived), Object.prototype);
    assert.deepEqual(arrived.bytes, bytes);
    assert.equal(value.self, value, 'the source is as it was');
    assert.equal((value.array as unknown[])[0], frame);
  });

  test('a message may be deeper than the stack', () => {
    let value: unknown = makeFrame();
    for (let depth = 0; depth < 200_000; depth++) value = [value];
    let arrived = deserialize<unknown>(serialize(value).message);
    while (Array.isArray(arrived)) [arrived] = arrived;
    assert.ok(isVideoFrame(arrived));
  });

  test('an accessor is read once', () => {
    let reads = 0;
    const { message } = serialize({
      get frame() {
        reads++;
        return makeFrame();
      },
    });
    structuredClone(message);
    assert.equal(reads, 1);
  });

  test('what is transferred is closed, be it in the message or not', () => {
    const [frame, other, audio] = [makeFrame(), makeFrame(), makeAudio()];
    const { port1, port2 } = new MessageChannel();
    const { message, transfer } = serialize({ frame, audio }, { transfer: [frame, other, port1, audio] });
    assert.deepEqual([isClosed(frame), isClosed(other), audio.format], [true, true, null]);
    assert.equal(transfer[0], port1);
    assert.equal(transfer.length, 3);
    const arrived = deserialize<{ frame: VideoFrame; audio: AudioData }>(message);
    assert.deepEqual([arrived.frame.codedWidth, arrived.audio.numberOfFrames], [2, 3]);
    port2.close();
  });

  test('closed objects cannot be sent', () => {
    const [frame, audio] = [makeFrame(), makeAudio()];
    frame.close();
    audio.close();
    for (const value of [frame, audio]) {
      assert.throws(() => serialize([value]), isDataCloneError);
      assert.throws(() => serialize(0, { transfer: [value] }), isDataCloneError);
    }
  });

  test('a transfer list that is refused closes nothing', () => {
    const frame = makeFrame();
    const chunk = new EncodedVideoChunk(makeChunk());
    const closed = makeFrame();
    closed.close();
    assert.throws(() => serialize(frame, { transfer: [frame, frame] }), isDataCloneError);
    assert.throws(() => serialize(chunk, { transfer: [frame, chunk] }), isDataCloneError);
    assert.throws(() => serialize([frame, closed], { transfer: [frame] }), isDataCloneError);
    assert.equal(isClosed(frame), false);
  });

  test('interfaces that are not serializable are refused', () => {
    const codec = new VideoDecoder({ output() {}, error() {} });
    const images = new ImageDecoder({ type: 'image/png', data: new Uint8Array(1) });
    images.completed.catch(() => {});
    images.tracks.ready.catch(() => {});
    for (const value of [codec, images, images.tracks, new VideoColorSpace()]) {
      assert.throws(() => serialize({ value }), isDataCloneError);
    }
    images.close();
  });

  test('what merely inherits is none of our objects', () => {
    const value = Object.create(VideoFrame.prototype);
    assert.equal(serialize(value).message, value);
  });

  test("another realm's objects are known by their serialization", () => {
    // What a class of another copy of this library has on its prototype.
    class Foreign {
      readonly [Symbol.toStringTag] = 'EncodedVideoChunk';
    }
    const data = new Uint8Array([1, 2]).buffer;
    Object.defineProperty(Foreign.prototype, Symbol.for('everycodec.serialization'), {
      value: { is: () => true, toInit: () => ({ type: 'key', timestamp: 5, duration: null, data }) },
    });
    const chunk = roundTrip<object>(new Foreign());
    assert.ok(isEncodedVideoChunk(chunk));
    assert.deepEqual([chunk.timestamp, bytesOfChunk(chunk)], [5, [1, 2]]);
  });
});

describe('deserialize', () => {
  const recordOf = (value: object) => serialize(value).message as Record<string, unknown>;

  test('takes over the memory of a record', () => {
    const record = recordOf(makeFrame());
    const { data } = record as { data: ArrayBuffer };
    assert.equal(pictureOf(deserialize<VideoFrame>(record))!.picture.buffer.byteLength, 16);
    assert.equal(data.byteLength, 0);
  });

  test('leaves records that describe no object as they are', () => {
    const nothing = new ArrayBuffer(0);
    const cases: [object, Record<string, unknown>][] = [
      [makeFrame(), { format: 'NV21' }],
      [makeFrame(), { codedWidth: 3 }],
      [makeFrame(), { codedWidth: 2 ** 31, codedHeight: 2 ** 31 }],
      [makeFrame(), { codedWidth: -1 }],
      [makeFrame(), { codedHeight: 0 }],
      [makeFrame(), { format: 'I444AP12' }],
      [makeFrame(), { layout: [{ offset: 8, stride: 8 }] }],
      [makeFrame(), { layout: [{ offset: 0, stride: 1 }] }],
      [makeFrame(), { layout: 5 }],
      [makeFrame(), { visibleRect: { x: 1, y: 0, width: 2, height: 2 } }],
      [makeFrame(), { visibleRect: { x: Number.NaN, y: 0, width: 2, height: 2 } }],
      [makeFrame(), { displayWidth: 0 }],
      [makeFrame(), { displayWidth: undefined }],
      [makeFrame(), { rotation: Number.POSITIVE_INFINITY }],
      [makeFrame(), { timestamp: 2 ** 60 }],
      [makeFrame(), { timestamp: undefined }],
      [makeFrame(), { colorSpace: { primaries: 'infrared' } }],
      [makeFrame(), { metadata: { segments: 1 } }],
      [makeFrame(), { data: nothing }],
      [makeFrame(), { data: new Uint8Array(16) }],
      [makeFrame(), { data: new SharedArrayBuffer(16) }],
      [makeFrame(), { data: null }],
      [makeFrame(), { data: 'sixteen letters.' }],
      [makeAudio(), { numberOfFrames: 4 }],
      [makeAudio(), { numberOfChannels: 2 ** 32 - 1 }],
      [makeAudio(), { sampleRate: 0 }],
      [makeAudio(), { format: 'f64' }],
      [makeAudio(), { data: undefined }],
      [new EncodedVideoChunk(makeChunk()), { type: 'golden' }],
      [new EncodedVideoChunk(makeChunk()), { duration: -1 }],
      [new EncodedAudioChunk(makeChunk()), { data: {} }],
      [new EncodedAudioChunk(makeChunk()), { timestamp: 'soon' }],
      [makeFrame(), { everycodec: 'AudioData' }],
    ];
    for (const [value, members] of cases) {
      const record = { ...recordOf(value), ...members };
      const { message } = deserialize<{ message: Record<string, unknown> }>({ message: record });
      assert.deepEqual(Object.keys(message), Object.keys(record), JSON.stringify(members));
      assert.equal(message.everycodec, record.everycodec);
    }
    for (const name of ['VideoDecoder', '__proto__', 'toString', 5, null, {}]) {
      const record = { everycodec: name };
      assert.equal(deserialize(record), record);
    }
  });

  test('a buffer cannot become the memory of two objects', () => {
    const record = recordOf(makeFrame());
    const [first, second] = deserialize<object[]>([record, { ...record }]);
    assert.ok(isVideoFrame(first));
    assert.equal(isVideoFrame(second), false);
  });
});
