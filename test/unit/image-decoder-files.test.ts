/**
 * ImageDecoder with the parsers of real formats, after the cases of the Web Platform Tests (image-decoder.any.js).
 * Only pixels are not real: the frame decoder gives empty pictures.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ImageContents } from '../../src/images/image.ts';
import { imageFormatOfType } from '../../src/images/image-format.ts';
import { createImageParser } from '../../src/images/parser.ts';
import { allocatePicture } from '../../src/pixels/picture-pool.ts';
import { createImageDecoder, ImageDecoder, type ImageDecoderInit } from '../../src/webcodecs/image-decoder.ts';
import { mediaAbsent, mediaFolder } from '../support/media.ts';

const pieces = {
  formatOf: imageFormatOfType,
  supports: async () => true,
  createParser: createImageParser,
  openDecoder: ({ width, height }: ImageContents) => ({
    async decode() {
      const { picture } = allocatePicture('RGBA', width, height);
      const colorSpace = { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true } as const;
      return { picture, visibleRect: { x: 0, y: 0, width, height }, timestamp: 0, duration: null, colorSpace };
    },
    close() {},
  }),
};

const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(mediaFolder, name)));
const open = (init: ImageDecoderInit) => createImageDecoder(init, pieces);

const streamOf = (name: string) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytesOf(name));
      controller.close();
    },
  });

async function timesOf(decoder: ImageDecoder, frameIndex: number) {
  const { image } = await decoder.decode({ frameIndex });
  const { displayWidth, displayHeight, timestamp, duration } = image;
  image.close();
  assert.deepEqual([displayWidth, displayHeight], [320, 240]);
  return { timestamp, duration };
}

describe('still images', { skip: mediaAbsent }, () => {
  for (const [name, type] of [
    ['jpeg/wpt__four-colors.jpg', 'image/jpeg'],
    ['avif/wpt__four-colors.avif', 'image/avif'],
    ['jpeg/image__cat.jpg', 'image/jpeg'],
  ] as const) {
    for (const [kind, data] of [
      ['a buffer', bytesOf],
      ['a stream', streamOf],
    ] as const) {
      test(`${name} in ${kind}`, async () => {
        const decoder = open({ data: data(name), type });
        assert.deepEqual(await timesOf(decoder, 0), { timestamp: 0, duration: null });
        await decoder.completed;
        const { animated, frameCount, repetitionCount } = decoder.tracks.selectedTrack!;
        assert.deepEqual([decoder.tracks.length, animated, frameCount, repetitionCount], [1, false, 1, 0]);
        await assert.rejects(decoder.decode({ frameIndex: 1 }), RangeError);
      });
    }
  }

  test('EXIF orientation', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const data = bytesOf('jpeg/wpt__four-colors.jpg');
      // Where it lies in this file: image-decoder-utils.js of the Web Platform Tests.
      data[0x1f] = orientation;
      const { image } = await open({ data, type: 'image/jpeg' }).decode();
      const isSideways = orientation > 4;
      assert.deepEqual([image.displayWidth, image.displayHeight], isSideways ? [240, 320] : [320, 240]);
      assert.equal(image.flip, [2, 4, 5, 7].includes(orientation));
      image.close();
    }
  });

  test('a PNG that is cut off within its data', async () => {
    // The header is there, and two bytes of the image.
    const whole = bytesOf('png/image__basi2c08.png');
    const begin = Buffer.from(whole).indexOf('IDAT');
    const init = () => ({ data: whole.slice(0, begin + 6), type: 'image/png' });
    const decoder = open(init());
    await decoder.tracks.ready;
    const pending = [decoder.decode({ frameIndex: 0 }), decoder.decode({ frameIndex: 1 })];
    for (const promise of pending) await assert.rejects(promise, { name: 'EncodingError' });
    await open(init()).completed;
  });

  test('the type decides, not the data', async () => {
    const decoder = open({ data: bytesOf('png/image__basi2c08.png'), type: 'image/gif' });
    await assert.rejects(decoder.decode(), { name: 'EncodingError' });
  });

  test('a file that ends within its header', async () => {
    const decoder = open({ data: bytesOf('png/image__basi2c08.png').slice(0, 20), type: 'image/png' });
    await assert.rejects(decoder.tracks.ready, { name: 'InvalidStateError' });
  });

  test('selecting no track, and the track again', async () => {
    const decoder = open({ data: streamOf('jpeg/wpt__four-colors.jpg'), type: 'image/jpeg' });
    await decoder.tracks.ready;
    decoder.tracks.selectedTrack!.selected = false;
    assert.deepEqual([decoder.tracks.selectedIndex, decoder.tracks.selectedTrack], [-1, null]);
    await decoder.tracks.ready;
    await assert.rejects(decoder.decode(), { name: 'InvalidStateError' });
    decoder.tracks[0]!.selected = true;
    await timesOf(decoder, 0);
  });
});

describe('AVIF with a still image and a sequence', { skip: mediaAbsent }, () => {
  const type = 'image/avif';

  test('preferAnimation selects', async () => {
    for (const preferAnimation of [false, true]) {
      const decoder = open({ data: streamOf('avif/wpt__four-colors-flip.avif'), type, preferAnimation });
      await timesOf(decoder, 0);
      assert.equal(decoder.tracks.length, 2);
      assert.equal(decoder.tracks.selectedTrack!.animated, preferAnimation);
    }
  });

  test('from the one to the other', async () => {
    const decoder = open({ data: streamOf('avif/wpt__four-colors-flip.avif'), type, preferAnimation: false });
    await decoder.tracks.ready;
    const { tracks } = decoder;
    assert.equal(tracks.length, 2);
    assert.equal(tracks[tracks.selectedIndex]!.animated, false);
    assert.deepEqual([tracks.selectedTrack!.frameCount, tracks.selectedTrack!.repetitionCount], [1, 0]);
    assert.equal((await timesOf(decoder, 0)).timestamp, 0);
    tracks[(tracks.selectedIndex + 1) % 2]!.selected = true;
    assert.deepEqual(await timesOf(decoder, 0), { timestamp: 0, duration: 10_000 });
    assert.equal(tracks.length, 2);
    const { animated, frameCount, repetitionCount } = tracks.selectedTrack!;
    assert.deepEqual([animated, frameCount, repetitionCount], [true, 7, Infinity]);
    assert.deepEqual(await timesOf(decoder, 1), { timestamp: 10_000, duration: 10_000 });
  });
});

/** An animation without end, of whose two frames one more comes whenever that is asked for. */
class InfiniteGif {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableByteStreamController;
  readonly #file: Uint8Array<ArrayBuffer>;
  #count = 0;

  constructor() {
    // Without its trailer, and with five repetitions.
    this.#file = bytesOf('gif/wpt__four-colors-flip.gif').slice(0, -1);
    this.#file[0x23] = 5;
    this.stream = new ReadableStream({
      type: 'bytes',
      start: (controller) => {
        this.#controller = controller;
        controller.enqueue(this.#file.slice());
      },
    });
  }

  addFrame() {
    const [first, second] = [0x26, 0x553];
    const isFirst = this.#count++ % 2 === 0;
    this.#controller.enqueue(isFirst ? this.#file.slice(first, second) : this.#file.slice(second));
  }

  close() {
    this.#controller.enqueue(Uint8Array.of(0x3b));
    this.#controller.close();
  }
}

describe('a GIF that arrives as a stream', { skip: mediaAbsent }, () => {
  async function begin() {
    const source = new InfiniteGif();
    const decoder = open({ data: source.stream, type: 'image/gif' });
    await decoder.tracks.ready;
    const track = decoder.tracks.selectedTrack!;
    assert.deepEqual([track.frameCount, track.repetitionCount], [2, 5]);
    return { source, decoder, track };
  }

  test('frame by frame', async () => {
    const { source, decoder, track } = await begin();
    source.addFrame();
    assert.deepEqual(await timesOf(decoder, 2), { timestamp: 70_000, duration: 30_000 });
    assert.equal(track.frameCount, 3);
    source.addFrame();
    assert.deepEqual(await timesOf(decoder, 3), { timestamp: 100_000, duration: 40_000 });
    assert.equal(track.frameCount, 4);

    const reset = decoder.decode({ frameIndex: 5 });
    decoder.reset();
    await assert.rejects(reset, { name: 'AbortError' });
    assert.equal(track.frameCount, 4);
    assert.deepEqual(await timesOf(decoder, 3), { timestamp: 100_000, duration: 40_000 });

    const closed = decoder.decode({ frameIndex: 5 });
    const { tracks } = decoder;
    decoder.close();
    assert.deepEqual([decoder.type, decoder.tracks.length, tracks.length], ['', 0, 0]);
    track.selected = true;
    await assert.rejects(closed, { name: 'AbortError' });
    assert.throws(() => source.addFrame(), TypeError);
  });

  test('aborts on a change of tracks', async () => {
    const { decoder, track } = await begin();
    const pending = decoder.decode({ frameIndex: 5 });
    track.selected = false;
    await assert.rejects(pending, { name: 'AbortError' });
  });

  test('rejects completed on close, and resolves it at the end', async () => {
    const aborted = await begin();
    const { completed } = aborted.decoder;
    aborted.decoder.close();
    await assert.rejects(completed, { name: 'AbortError' });
    const { source, decoder } = await begin();
    source.close();
    await decoder.completed;
    assert.equal(decoder.complete, true);
  });
});

test('isTypeSupported() answers as Chromium does', async () => {
  for (const type of ['image/png', 'IMAGE/PNG', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp', 'image/avif']) {
    assert.equal(await ImageDecoder.isTypeSupported(type), true, type);
  }
  for (const type of ['foo', '', 'video/mp4', 'image/png; a=b', ' image/png', 'image/tiff', 'null']) {
    assert.equal(await ImageDecoder.isTypeSupported(type), false, type);
  }
});
