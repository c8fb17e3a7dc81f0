/** ImageDecoder above a toy format: what it does with what parsers and frame decoders tell it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTask } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EngineError } from '../../src/engine/engine.ts';
import type { ImageContents, ImageFrame, ImageParser } from '../../src/images/image.ts';
import { ImageError } from '../../src/images/image.ts';
import { Picture } from '../../src/pixels/picture.ts';
import { createImageDecoder, ImageDecoder, type ImageDecoderInit } from '../../src/webcodecs/image-decoder.ts';
import type { ImagePieces } from '../../src/webcodecs/image-pieces.ts';
import { GrowingBytes } from '../../src/webcodecs/image-stream.ts';
import { ImageTrack } from '../../src/webcodecs/image-track.ts';
import { ImageTrackList } from '../../src/webcodecs/image-track-list.ts';
import { isDetached } from '../../src/webcodecs/webidl.ts';
import { assertIsInterface, detachedBuffer } from './support.ts';

/**
 * A toy file: 'I', the number of tracks, then one byte each: 'f' a frame of track 0, 'g' of track 1, 'u' a frame of
 * track 0 that cannot be decoded, 'x' one whose codec is missing, 'c' one that is cut off, 'L' the animation loops,
 * '!' damage.
 */
const file = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

class ToyParser implements ImageParser {
  contents: ImageContents | undefined;
  #position = 2;

  constructor(readonly orientation: Pick<ImageContents, 'rotation' | 'flip'>) {}

  read(data: Uint8Array, complete: boolean): void {
    if (data[0] !== undefined && data[0] !== 'I'.charCodeAt(0)) throw new ImageError('no toy');
    if (data.length < 2 && complete) throw new ImageError('too short');
    if (data.length < 2) return;
    this.contents ??= this.#begin(Number(String.fromCharCode(data[1]!)));
    while (this.#position < data.length) this.#take(data.subarray(this.#position, ++this.#position));
  }

  #begin(count: number): ImageContents {
    const tracks = Array.from({ length: count }, (_, index) => {
      return { animated: index === 1, repetitionCount: 0, frames: [] };
    });
    const common = { format: 'gif', width: 4, height: 2, hasAlpha: false, colorSpace: undefined } as const;
    return { ...common, ...this.orientation, tracks, primaryTrack: 0 };
  }

  #take(data: Uint8Array): void {
    const letter = String.fromCharCode(data[0]!);
    if (letter === '!') throw new ImageError('damage');
    const track = this.contents!.tracks[letter === 'g' ? 1 : 0];
    if (!track) return;
    if (letter === 'L') track.repetitionCount = Infinity;
    if (!'fguxc'.includes(letter)) return;
    const place = { x: 0, y: 0, width: 4, height: 2 };
    const shown = { blend: 'source', dispose: 'none', isKey: true } as const;
    const time = { timestamp: 10 * track.frames.length, duration: 10 };
    track.frames.push({ data, ...place, ...shown, ...time, isCut: letter === 'c' } satisfies ImageFrame);
    if (letter === 'f') track.animated = track.frames.length > 1;
  }
}

/** The pieces of a toy decoder, and what was done with them. */
class Toy implements ImagePieces {
  supported = true;
  orientation: Pick<ImageContents, 'rotation' | 'flip'> = { rotation: 0, flip: false };
  /** Indices of the frames in the order in which they were decoded, with their track. */
  readonly decoded: string[] = [];
  opened = 0;
  closed = 0;
  alivePictures = 0;
  /** While set, decoding waits for it. */
  gate: Promise<void> | undefined;

  formatOf = (type: string) => (type === 'image/toy' ? ('gif' as const) : undefined);
  supports = async () => this.supported;
  createParser = () => new ToyParser(this.orientation);

  openDecoder = (contents: ImageContents, track: number) => {
    this.opened++;
    return {
      decode: async (index: number) => {
        this.decoded.push(`${track}:${index}`);
        await this.gate;
        await nextTask();
        const letter = String.fromCharCode(contents.tracks[track]!.frames[index]!.data[0]!);
        if (letter === 'u') throw new EngineError('coding', 'cannot be decoded');
        if (letter === 'x') throw new EngineError('unsupported', 'no codec');
        return this.#picture();
      },
      close: () => void this.closed++,
    };
  };

  #picture() {
    this.alivePictures++;
    const picture = new Picture({
      format: 'RGBA',
      codedWidth: 4,
      codedHeight: 2,
      planes: [{ offset: 0, stride: 16 }],
      buffer: new ArrayBuffer(32),
      onFree: () => void this.alivePictures--,
    });
    const colorSpace = { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true } as const;
    return { picture, visibleRect: { x: 0, y: 0, width: 4, height: 2 }, timestamp: 0, duration: null, colorSpace };
  }
}

function decoderOf(data: ImageDecoderInit['data'], toy = new Toy(), init: Partial<ImageDecoderInit> = {}) {
  return { toy, decoder: createImageDecoder({ type: 'image/toy', data, ...init }, toy) };
}

/** A stream that is fed from outside. */
function source(first = '') {
  let controller!: ReadableStreamDefaultController<unknown>;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
    cancel() {
      cancelled = true;
    },
  });
  const add = (text: string) => controller.enqueue(file(text));
  if (first) add(first);
  return { stream, controller, add, isCancelled: () => cancelled };
}

/** Enough tasks for everything that can happen to have happened. */
async function settle() {
  for (let i = 0; i < 10; i++) await nextTask();
}

const stateOf = async (promise: Promise<unknown>) => {
  const pending = {};
  const outcome = await Promise.race([promise.then(() => 'resolved'), settle().then(() => pending)]).catch(
    (error: Error) => error.name,
  );
  return outcome === pending ? 'pending' : outcome;
};

describe('the interfaces', () => {
  test('ImageDecoder', () => {
    const { completed, ...rest } = Object.getOwnPropertyDescriptors(ImageDecoder.prototype);
    assert.ok(completed.enumerable && completed.configurable && !completed.set);
    assertIsInterface(
      { name: 'ImageDecoder', length: 1, prototype: Object.create(null, rest as PropertyDescriptorMap) } as never,
      'ImageDecoder',
      { type: 'attribute', complete: 'attribute', tracks: 'attribute', decode: 0, reset: 0, close: 0 },
    );
    assert.equal(ImageDecoder.length, 1);
    assert.equal(ImageDecoder.isTypeSupported.length, 1);
    assert.throws(() => Reflect.apply(ImageDecoder as unknown as () => void, undefined, []), TypeError);
    assert.throws(() => new (ImageDecoder as unknown as new () => undefined)(), TypeError);
  });

  test('ImageTrackList', () => {
    const { ready, ...rest } = Object.getOwnPropertyDescriptors(ImageTrackList.prototype);
    assert.ok(ready.enumerable && ready.configurable && !ready.set);
    assertIsInterface(
      { name: 'ImageTrackList', length: 0, prototype: Object.create(null, rest as PropertyDescriptorMap) } as never,
      'ImageTrackList',
      { length: 'attribute', selectedIndex: 'attribute', selectedTrack: 'attribute' },
    );
    assert.equal(ImageTrackList.length, 0);
    assert.equal(ImageTrackList.prototype[Symbol.iterator], Array.prototype[Symbol.iterator]);
  });

  test('ImageTrack', () => {
    const attributes = ['animated', 'frameCount', 'repetitionCount', 'selected'].map((name) => [name, 'attribute']);
    assertIsInterface(ImageTrack as never, 'ImageTrack', Object.fromEntries(attributes));
    assert.equal(ImageTrack.length, 0);
    const { set } = Object.getOwnPropertyDescriptor(ImageTrack.prototype, 'selected')!;
    assert.throws(() => set!.call({}, true), TypeError);
  });

  test('tracks and lists cannot be constructed', () => {
    for (const type of [ImageTrack, ImageTrackList]) {
      assert.throws(() => new (type as unknown as new () => undefined)(), { name: 'TypeError', message: /Illegal/ });
    }
  });

  test('promises reject instead of throwing', async () => {
    const getter = (type: { prototype: object }, name: string) =>
      Object.getOwnPropertyDescriptor(type.prototype, name)!.get!;
    await assert.rejects(getter(ImageDecoder, 'completed').call({}), TypeError);
    await assert.rejects(getter(ImageTrackList, 'ready').call(undefined), TypeError);
    await assert.rejects(ImageDecoder.prototype.decode.call({} as ImageDecoder), TypeError);
    await assert.rejects((ImageDecoder.isTypeSupported as () => Promise<boolean>)(), TypeError);
    const { decoder } = decoderOf(file('I1f'));
    await assert.rejects(decoder.decode({ frameIndex: -1 }), TypeError);
    await assert.rejects(decoder.decode({ frameIndex: 2 ** 32 }), TypeError);
    await assert.rejects(decoder.decode(1 as never), TypeError);
  });

  test('promise attributes and tracks are the same object each time', () => {
    const { decoder } = decoderOf(file('I1f'));
    assert.equal(decoder.completed, decoder.completed);
    assert.equal(decoder.tracks, decoder.tracks);
    assert.equal(decoder.tracks.ready, decoder.tracks.ready);
  });
});

describe('the constructor', () => {
  const construct = (init: object) => createImageDecoder({ type: 'image/toy', ...init } as ImageDecoderInit, new Toy());

  test('refuses what is not valid', () => {
    const data = file('I1f');
    const locked = source().stream;
    locked.getReader();
    for (const init of [
      {},
      { data: null },
      { data: 'I1f' },
      { data: [1, 2] },
      { data: new Uint8Array(0) },
      { data: new ArrayBuffer(0) },
      { data: detachedBuffer() },
      { data: locked },
      { data, type: undefined },
      { data, type: Symbol('image/toy') },
      { data, desiredWidth: 1 },
      { data, desiredHeight: 1 },
      { data, desiredWidth: -1, desiredHeight: 1 },
      { data, colorSpaceConversion: 'srgb' },
      { data, transfer: [data] },
    ]) {
      assert.throws(() => construct(init), TypeError, JSON.stringify(init));
    }
  });

  test('refuses a stream that was read from', async () => {
    const { stream } = source('I1f');
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
    assert.throws(() => construct({ data: stream }), TypeError);
  });

  test('takes byte streams, hints and every colorSpaceConversion', () => {
    const data = new ReadableStream({ type: 'bytes' });
    construct({ data, desiredWidth: 1, desiredHeight: 1, colorSpaceConversion: 'none', preferAnimation: 0 });
    assert.ok(data.locked);
  });

  test('reads the members in lexicographic order', () => {
    const read: string[] = [];
    const members: Record<string, unknown> = { type: 'image/toy', data: file('I1f') };
    createImageDecoder(
      new Proxy({} as ImageDecoderInit, { get: (_, key) => read.push(String(key)) && members[String(key)] }),
      new Toy(),
    );
    assert.deepEqual(read, [
      'colorSpaceConversion',
      'data',
      'desiredHeight',
      'desiredWidth',
      'preferAnimation',
      'transfer',
      'type',
    ]);
  });

  test('detaches what transfer names', async () => {
    const [data, other] = [file('..I1f'), new ArrayBuffer(8)];
    const decoder = construct({ data: data.subarray(2), transfer: [other, data.buffer] });
    assert.ok(isDetached(data) && isDetached(other));
    (await decoder.decode()).image.close();
  });

  test('refuses duplicate and detached buffers in transfer, and then detaches none', () => {
    const data = file('I1f');
    assert.throws(() => construct({ data, transfer: [data.buffer, data.buffer] }), { name: 'DataCloneError' });
    assert.throws(() => construct({ data, transfer: [data.buffer, detachedBuffer()] }), { name: 'DataCloneError' });
    assert.ok(!isDetached(data));
    const detached = detachedBuffer();
    assert.throws(() => construct({ data: detached, transfer: [detached] }), TypeError, 'the data come first');
  });

  test('detaches what transfer names beside a stream', async () => {
    const [{ stream }, other] = [source('I1f'), new ArrayBuffer(8)];
    const decoder = construct({ data: stream, transfer: [other] });
    assert.ok(isDetached(other));
    (await decoder.decode()).image.close();
  });

  test('copies the data, also out of shared memory', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(5));
    shared.set(file('I1ff'), 1);
    const decoder = construct({ data: shared.subarray(1) });
    shared.fill(0);
    await decoder.completed;
    assert.equal(decoder.tracks[0]!.frameCount, 2);
  });
});

describe('a type that is not supported', () => {
  for (const type of ['junk/type', '', 'foo', 'image/toy; a=b']) {
    test(`'${type}' rejects with NotSupportedError`, async () => {
      const { stream } = source('I1f');
      const { decoder } = decoderOf(stream, new Toy(), { type });
      await assert.rejects(decoder.decode(), { name: 'NotSupportedError' });
      await assert.rejects(decoder.tracks.ready, { name: 'NotSupportedError' });
      await assert.rejects(decoder.completed, { name: 'NotSupportedError' });
      assert.equal(decoder.type, type);
      assert.equal(stream.locked, false);
      decoder.reset();
      await assert.rejects(decoder.decode(), { name: 'NotSupportedError' });
      decoder.close();
      assert.equal(decoder.type, '');
      await assert.rejects(decoder.decode(), { name: 'InvalidStateError' });
    });
  }

  test('nor one that no engine has a codec for', async () => {
    const toy = new Toy();
    toy.supported = false;
    const [buffered, streamed] = [
      decoderOf(file('nothing'), toy).decoder,
      decoderOf(source('I1f').stream, toy).decoder,
    ];
    for (const decoder of [buffered, streamed]) {
      await assert.rejects(decoder.decode(), { name: 'NotSupportedError' });
      await assert.rejects(decoder.tracks.ready, { name: 'NotSupportedError' });
    }
    assert.equal(await stateOf(buffered.completed), 'resolved');
    assert.equal(await stateOf(streamed.completed), 'NotSupportedError');
  });
});

describe('decode()', () => {
  test('waits for the tracks, and gives a frame', async () => {
    const { decoder, toy } = decoderOf(file('I1fL'));
    assert.equal(decoder.tracks.length, 0);
    assert.equal(decoder.tracks.selectedIndex, -1);
    assert.equal(decoder.complete, true);
    const { image, complete } = await decoder.decode();
    assert.equal(complete, true);
    assert.deepEqual([image.displayWidth, image.displayHeight, image.timestamp, image.duration], [4, 2, 0, 10]);
    assert.equal(image.colorSpace.transfer, 'iec61966-2-1');
    const track = decoder.tracks[0]!;
    assert.deepEqual(
      [track.frameCount, track.repetitionCount, track.animated, track.selected],
      [1, Infinity, false, true],
    );
    image.close();
    assert.equal(toy.alivePictures, 0);
  });

  test('the orientation goes into the frame', async () => {
    for (const rotation of [0, 90, 180, 270] as const) {
      const toy = new Toy();
      toy.orientation = { rotation, flip: rotation === 90 };
      const { image } = await decoderOf(file('I1f'), toy).decoder.decode();
      assert.deepEqual([image.rotation, image.flip, image.codedWidth], [rotation, rotation === 90, 4]);
      assert.deepEqual([image.displayWidth, image.displayHeight], rotation % 180 ? [2, 4] : [4, 2]);
      image.close();
    }
  });

  test('the same frame twice gives two frames', async () => {
    const { decoder, toy } = decoderOf(file('I1ff'));
    const [first, second] = await Promise.all([decoder.decode({ frameIndex: 1 }), decoder.decode({ frameIndex: 1 })]);
    first.image.close();
    assert.equal(second.image.timestamp, 10);
    assert.equal(second.image.format, 'RGBA');
    second.image.close();
    assert.deepEqual([toy.decoded, toy.alivePictures], [['0:1', '0:1'], 0]);
  });

  test('frames come in the order of the calls, one decoder for all of an animation', async () => {
    const { decoder, toy } = decoderOf(file('I1ffff'));
    const order: number[] = [];
    const indices = [2, 0, 3, 1];
    await Promise.all(
      indices.map(async (frameIndex) => {
        const { image } = await decoder.decode({ frameIndex, completeFramesOnly: false });
        order.push(image.timestamp / 10);
        image.close();
      }),
    );
    assert.deepEqual(order, indices);
    assert.deepEqual([toy.opened, toy.closed], [1, 0]);
    decoder.close();
    assert.equal(toy.closed, 1);
  });

  test('keeps no decoder open for a still image', async () => {
    const { decoder, toy } = decoderOf(file('I1f'));
    for (let i = 0; i < 2; i++) (await decoder.decode()).image.close();
    assert.deepEqual([toy.opened, toy.closed], [2, 2]);
  });

  test('a frame that is not there is out of range', async () => {
    const { decoder } = decoderOf(file('I1f'));
    const [out, within] = [decoder.decode({ frameIndex: 1 }), decoder.decode()];
    await assert.rejects(out, RangeError);
    (await within).image.close();
  });

  test('a frame that cannot be decoded closes the decoder, and fails what is queued behind it', async () => {
    const { decoder, toy } = decoderOf(file('I1u'));
    const [first, second] = [decoder.decode(), decoder.decode({ frameIndex: 1 })];
    await assert.rejects(second, { name: 'EncodingError' });
    await assert.rejects(first, { name: 'EncodingError' });
    assert.deepEqual([decoder.type, decoder.tracks.length, toy.decoded], ['', 0, ['0:0']]);
    await assert.rejects(decoder.decode(), { name: 'InvalidStateError' });
    await decoder.completed;
  });

  test('a codec that is missing is NotSupportedError', async () => {
    await assert.rejects(decoderOf(file('I1x')).decoder.decode(), { name: 'NotSupportedError' });
  });

  test('frames before the damage are decoded, those after it not', async () => {
    const { decoder } = decoderOf(file('I1ff!ff'));
    (await decoder.decode({ frameIndex: 1 })).image.close();
    assert.equal(decoder.tracks[0]!.frameCount, 2);
    await assert.rejects(decoder.decode({ frameIndex: 2 }), { name: 'EncodingError' });
    assert.equal(decoder.type, '');
  });

  test('a frame that is cut off is damaged, unless it need not be complete', async () => {
    const { decoder } = decoderOf(file('I1fc'));
    const { image, complete } = await decoder.decode({ frameIndex: 1, completeFramesOnly: false });
    assert.equal(complete, false);
    image.close();
    const pending = [decoder.decode({ frameIndex: 1 }), decoder.decode({ frameIndex: 2 })];
    for (const promise of pending) await assert.rejects(promise, { name: 'EncodingError' });
    const { decoder: empty } = decoderOf(file('I1'));
    await empty.tracks.ready;
    await empty.completed;
    const rejected = [empty.decode(), empty.decode({ frameIndex: 1 })];
    for (const promise of rejected) await assert.rejects(promise, { name: 'EncodingError' });
  });

  test('data that are no image are an EncodingError; too few data, and no track, also close', async () => {
    for (const [text, name] of [
      ['PNG', 'EncodingError'],
      ['I', 'InvalidStateError'],
      ['I0', 'EncodingError'],
    ] as const) {
      const { decoder } = decoderOf(file(text));
      await assert.rejects(decoder.decode(), { name });
      await assert.rejects(decoder.tracks.ready, { name });
      assert.equal(await stateOf(decoder.completed), 'resolved', 'the data were complete');
    }
  });
});

describe('tracks', () => {
  test('are indexed properties', async () => {
    const { decoder } = decoderOf(file('I2fggg'));
    await decoder.tracks.ready;
    const { tracks } = decoder;
    assert.deepEqual([tracks.length, Object.keys(tracks)], [2, ['0', '1']]);
    assert.deepEqual([...tracks], [tracks[0], tracks[1]]);
    assert.ok(tracks instanceof ImageTrackList && tracks[0] instanceof ImageTrack);
    assert.equal(tracks[2], undefined);
    assert.throws(() => Object.assign(tracks, { 0: null }), TypeError);
    assert.equal(tracks.selectedTrack, tracks[0]);
    decoder.close();
    assert.deepEqual([tracks.length, Object.keys(tracks), tracks[0], tracks.selectedTrack], [0, [], undefined, null]);
  });

  test('the first selection follows preferAnimation', async () => {
    for (const [preferAnimation, text, index] of [
      [undefined, 'I2fgg', 0],
      [false, 'I2fgg', 0],
      [true, 'I2fgg', 1],
      [true, 'I1f', 0],
      [false, 'I1ff', 0],
    ] as const) {
      const { decoder } = decoderOf(file(text), new Toy(), { preferAnimation });
      await decoder.tracks.ready;
      assert.equal(decoder.tracks.selectedIndex, index);
      assert.ok(decoder.tracks.selectedTrack!.selected);
      assert.equal(decoder.tracks[0]!.selected, index === 0);
    }
  });

  test('none selected: decode() rejects until one is selected again', async () => {
    const { decoder } = decoderOf(file('I1f'));
    await decoder.tracks.ready;
    decoder.tracks.selectedTrack!.selected = false;
    assert.deepEqual([decoder.tracks.selectedIndex, decoder.tracks.selectedTrack], [-1, null]);
    await decoder.tracks.ready;
    await assert.rejects(decoder.decode(), { name: 'InvalidStateError' });
    decoder.tracks[0]!.selected = true;
    assert.equal(decoder.tracks.selectedIndex, 0);
    (await decoder.decode()).image.close();
  });

  test('selecting another aborts what is pending and decodes that one', async () => {
    const { decoder, toy } = decoderOf(file('I2fggg'));
    await decoder.tracks.ready;
    const pending = decoder.decode();
    const [still, animation] = [decoder.tracks[0]!, decoder.tracks[1]!];
    animation.selected = true;
    await assert.rejects(pending, { name: 'AbortError' });
    assert.deepEqual([still.selected, animation.selected, decoder.tracks.selectedIndex], [false, true, 1]);
    const { image } = await decoder.decode({ frameIndex: 2 });
    assert.deepEqual([image.timestamp, toy.decoded.at(-1)], [20, '1:2']);
    image.close();
    await settle();
    assert.equal(toy.alivePictures, 0);
  });

  test('setting what is set already aborts nothing', async () => {
    const { decoder } = decoderOf(file('I2fg'));
    await decoder.tracks.ready;
    const pending = decoder.decode();
    decoder.tracks[0]!.selected = true;
    decoder.tracks[1]!.selected = false;
    (await pending).image.close();
  });
});

describe('reset() and close()', () => {
  test('reset() aborts, gives the picture back, and the decoder goes on', async () => {
    const { decoder, toy } = decoderOf(file('I1ff'));
    let open!: () => void;
    toy.gate = new Promise((resolve) => (open = resolve));
    const pending = [decoder.decode(), decoder.decode({ frameIndex: 1 }), decoder.decode({ frameIndex: 9 })];
    await decoder.tracks.ready;
    await settle();
    decoder.reset();
    for (const promise of pending) await assert.rejects(promise, { name: 'AbortError' });
    open();
    const { image } = await decoder.decode({ frameIndex: 1 });
    assert.equal(image.timestamp, 10);
    image.close();
    await settle();
    assert.deepEqual([toy.alivePictures, toy.opened, toy.closed, decoder.type], [0, 2, 1, 'image/toy']);
  });

  test('reset() while a decoded picture is on its way gives it back', async () => {
    const { decoder, toy } = decoderOf(file('I1ff'));
    await decoder.tracks.ready;
    const pending = decoder.decode();
    while (toy.alivePictures === 0) await nextTask();
    decoder.reset();
    const outcome = await stateOf(pending);
    await settle();
    if (outcome === 'resolved') (await pending).image.close();
    else assert.equal(outcome, 'AbortError');
    assert.equal(toy.alivePictures, 0);
  });

  test('close() aborts everything, for good', async () => {
    const { stream, isCancelled } = source('I1f');
    const { decoder, toy } = decoderOf(stream);
    await decoder.tracks.ready;
    const { tracks, completed } = decoder;
    const track = tracks.selectedTrack!;
    const pending = [decoder.decode(), decoder.decode({ frameIndex: 5 })];
    decoder.close();
    assert.deepEqual([decoder.type, decoder.tracks, tracks.length, tracks.selectedIndex], ['', tracks, 0, -1]);
    for (const promise of [...pending, completed]) await assert.rejects(promise, { name: 'AbortError' });
    track.selected = false;
    assert.equal(track.selected, true, 'selecting does nothing any more');
    await tracks.ready;
    await assert.rejects(decoder.decode(), { name: 'InvalidStateError' });
    decoder.reset();
    decoder.close();
    await settle();
    assert.deepEqual([isCancelled(), toy.alivePictures, toy.closed], [true, 0, toy.opened]);
  });

  test('close() at once rejects ready as well', async () => {
    const { decoder } = decoderOf(source().stream);
    const pending = decoder.decode();
    decoder.close();
    for (const promise of [pending, decoder.tracks.ready, decoder.completed]) {
      await assert.rejects(promise, { name: 'AbortError' });
    }
    const buffered = decoderOf(file('I1f')).decoder;
    buffered.close();
    await assert.rejects(buffered.tracks.ready, { name: 'AbortError' });
    await buffered.completed;
    await settle();
    assert.equal(buffered.tracks.length, 0);
  });
});

describe('a stream', () => {
  test('makes the tracks grow, and frames are waited for', async () => {
    const { stream, add, controller } = source('I');
    const { decoder, toy } = decoderOf(stream);
    assert.equal(await stateOf(decoder.tracks.ready), 'pending');
    const first = decoder.decode();
    add('1');
    await decoder.tracks.ready;
    const track = decoder.tracks.selectedTrack!;
    assert.deepEqual([track.frameCount, track.animated, track.repetitionCount], [0, false, 0]);
    assert.equal(await stateOf(first), 'pending');
    add('fL');
    (await first).image.close();
    assert.deepEqual([track.frameCount, track.animated, track.repetitionCount], [1, false, Infinity]);
    const third = decoder.decode({ frameIndex: 2 });
    add('f');
    assert.equal(await stateOf(third), 'pending');
    add('f');
    const { image } = await third;
    assert.deepEqual([track.frameCount, track.animated, image.timestamp], [3, true, 20]);
    assert.deepEqual([toy.opened, toy.closed], [2, 1], 'the still image became an animation');
    image.close();
    assert.equal(decoder.complete, false);
    const missing = decoder.decode({ frameIndex: 3 });
    controller.close();
    await assert.rejects(missing, RangeError);
    await decoder.completed;
    assert.equal(decoder.complete, true);
    (await decoder.decode({ frameIndex: 1 })).image.close();
  });

  test('completed comes with the final number of frames', async () => {
    const { stream, add, controller } = source('I1');
    const { decoder } = decoderOf(stream);
    await decoder.tracks.ready;
    for (let i = 0; i < 5; i++) add('f');
    controller.close();
    await decoder.completed;
    assert.equal(decoder.tracks[0]!.frameCount, 5);
  });

  test('decode requests are serialized', async () => {
    const { decoder } = decoderOf(source('I1ff').stream);
    const pending = [decoder.decode({ frameIndex: 2 }), decoder.decode({ frameIndex: 1 })];
    for (const promise of pending) assert.equal(await stateOf(promise), 'pending');
    decoder.tracks.selectedTrack!.selected = false;
    for (const promise of pending) await assert.rejects(promise, { name: 'AbortError' });
  });

  test('that fails is a NotReadableError', async () => {
    const { stream, controller } = source('I1f');
    const { decoder } = decoderOf(stream);
    await decoder.tracks.ready;
    const pending = decoder.decode({ frameIndex: 1 });
    controller.error(new Error('the cable'));
    await assert.rejects(pending, { name: 'NotReadableError', message: /the cable/ });
    await assert.rejects(decoder.completed, { name: 'NotReadableError' });
    assert.deepEqual([decoder.type, decoder.complete], ['', false]);
  });

  test('of something else than Uint8Arrays is a DataError', async () => {
    for (const chunk of ['I1f', new Uint8ClampedArray(2), new ArrayBuffer(2), null]) {
      const { stream, controller, isCancelled } = source();
      const { decoder } = decoderOf(stream);
      controller.enqueue(chunk);
      await assert.rejects(decoder.tracks.ready, { name: 'DataError' });
      await assert.rejects(decoder.completed, { name: 'DataError' });
      assert.ok(isCancelled());
    }
  });

  test('that ends too early is an InvalidStateError', async () => {
    for (const text of ['', 'I']) {
      const { stream, controller } = source(text);
      const { decoder } = decoderOf(stream);
      const pending = decoder.decode();
      controller.close();
      await assert.rejects(pending, { name: 'InvalidStateError' });
      await assert.rejects(decoder.tracks.ready, { name: 'InvalidStateError' });
    }
  });

  test('that is no image fails at once, and is cancelled', async () => {
    const { stream, isCancelled } = source('PNG');
    const { decoder } = decoderOf(stream);
    await assert.rejects(decoder.tracks.ready, { name: 'EncodingError' });
    await assert.rejects(decoder.completed, { name: 'EncodingError' });
    assert.ok(isCancelled());
  });

  test('that is damaged further on is read to its end', async () => {
    const { stream, add, controller } = source('I1f!');
    const { decoder } = decoderOf(stream);
    await decoder.tracks.ready;
    add('ff');
    controller.close();
    await decoder.completed;
    assert.equal(decoder.tracks[0]!.frameCount, 1);
    (await decoder.decode()).image.close();
    await assert.rejects(decoder.decode({ frameIndex: 1 }), { name: 'EncodingError' });
  });

  test('without end leaves room for other tasks', async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(file('I1f')) });
    const { decoder } = decoderOf(stream);
    (await decoder.decode()).image.close();
    decoder.close();
  });

  test('grows its memory by doubling, up to a maximum', () => {
    const bytes = new GrowingBytes(200_000);
    const [chunk, expected] = [new Uint8Array(50_000), new Uint8Array(200_000)];
    const views: Uint8Array[] = [];
    for (let i = 0; i < 4; i++) {
      bytes.append(chunk.fill(i + 1));
      expected.fill(i + 1, 50_000 * i, 50_000 * (i + 1));
      views.push(bytes.bytes);
    }
    assert.deepEqual(bytes.bytes, expected);
    for (const [index, view] of views.entries()) assert.deepEqual(view, expected.subarray(0, 50_000 * (index + 1)));
    assert.throws(() => bytes.append(new Uint8Array(1)), RangeError);
  });
});

test('a decoder that nobody has any more is closed behind the program', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const toy = new Toy();
  await (async () => {
    const { image } = await decoderOf(file('I1ff'), toy).decoder.decode();
    image.close();
  })();
  assert.deepEqual([toy.opened, toy.closed], [1, 0]);
  for (let i = 0; i < 50 && toy.closed === 0; i++) {
    collect();
    await settle();
  }
  assert.equal(toy.closed, 1);
});

test('what nobody listens to ends no process', async () => {
  const { decoder } = decoderOf(source().stream);
  decoder.close();
  createImageDecoder({ type: 'junk/type', data: file('I1f') }, new Toy());
  await settle();
});
