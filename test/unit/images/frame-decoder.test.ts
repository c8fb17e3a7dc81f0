/** The order in which frames reach the codec, and what becomes of its pictures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DecodedPicture,
  type Engine,
  EngineError,
  type ImageFrameToDecode,
  type Packet,
  type Session,
  type SessionEvents,
} from '../../../src/engine/engine.ts';
import { firstFrameToDecode, openFrameDecoder } from '../../../src/images/frame-decoder.ts';
import type { ImageContents, ImageFormat, ImageFrame, ImageTrackContents } from '../../../src/images/image.ts';
import type { VideoColorSpaceInit } from '../../../src/pixels/color-space.ts';
import { allocatePicture } from '../../../src/pixels/picture-pool.ts';
import { bitDepthOf, type PixelFormat, planesOf } from '../../../src/pixels/pixel-format.ts';

interface Answer {
  format: PixelFormat;
  width: number;
  height: number;
  /** Samples of each plane. */
  values: number[];
  colorSpace?: VideoColorSpaceInit;
}

/** Answers by the first byte of the data; says what it was asked. */
class FakeEngine {
  readonly log: string[] = [];
  pictures = 0;
  /** Pictures come out when the codec is emptied. */
  isLate = false;
  readonly #answers: readonly Answer[];

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
  }

  open<Input extends { data: Uint8Array; timestamp: number }>(
    kind: string,
    events: SessionEvents<DecodedPicture>,
    describe: (input: Input) => string,
  ): Session<Input> {
    this.log.push(`open ${kind}`);
    const { log } = this;
    let waiting: DecodedPicture | undefined;
    let isClosed = false;
    const session = {
      ready: Promise.resolve(),
      credits: 1,
      submit: (input: Input) => {
        session.credits--;
        log.push(describe(input));
        const answer = this.#answers[input.data[0]!];
        setImmediate(() => {
          if (isClosed) return;
          if (!answer) {
            events.error(new EngineError('coding', 'damaged'));
            return;
          }
          const decoded = this.#decoded(answer, input.timestamp);
          session.credits++;
          if (this.isLate) waiting = decoded;
          else events.output(decoded);
          events.credit();
        });
      },
      engine: 'test',
      flush: async () => {
        log.push('flush');
        await Promise.resolve();
        if (waiting) events.output(waiting);
        waiting = undefined;
      },
      close: () => {
        isClosed = true;
        log.push('close');
      },
    };
    return session;
  }

  #decoded({ format, width, height, values, colorSpace = {} }: Answer, timestamp: number): DecodedPicture {
    const { picture, bytes } = allocatePicture(format, width, height);
    for (const [index, { offset }] of picture.planes.entries()) {
      const end = picture.planes[index + 1]?.offset ?? bytes.length;
      if (bitDepthOf(format) === 8) bytes.fill(values[index]!, offset, end);
      else new Uint16Array(bytes.buffer, offset, (end - offset) / 2).fill(values[index]!);
    }
    this.pictures++;
    const release = picture.release.bind(picture);
    picture.release = () => {
      this.pictures--;
      release();
    };
    return { picture, visibleRect: { x: 0, y: 0, width, height }, timestamp, duration: 7, colorSpace };
  }

  get engine(): Engine {
    return {
      openImageDecoder: (
        parameters: { codec: string; canvasWidth: number; canvasHeight: number },
        events: SessionEvents<DecodedPicture>,
      ) =>
        this.open<ImageFrameToDecode>(
          `${parameters.codec} ${parameters.canvasWidth} × ${parameters.canvasHeight}`,
          events,
          ({ data, first }) => `${data[1]}${first ? ' first' : ''}`,
        ),
      openVideoDecoder: (parameters: { codec: string }, events: SessionEvents<DecodedPicture>) =>
        this.open<Packet>(parameters.codec, events, ({ data, type }) => `${data[1]} ${type}`),
    } as unknown as Engine;
  }

  take(): string[] {
    return this.log.splice(0);
  }
}

/** `answer` is the number of what the engine answers, `name` what it logs. */
const frame = (answer: number, name: number, more: Partial<ImageFrame> = {}): ImageFrame => ({
  data: Uint8Array.of(answer, name),
  x: 0,
  y: 0,
  width: 4,
  height: 2,
  blend: 'source',
  dispose: 'none',
  timestamp: name * 1000,
  duration: 1000,
  isKey: false,
  ...more,
});

const contentsOf = (format: ImageFormat, track: Partial<ImageTrackContents>): ImageContents => ({
  format,
  width: 4,
  height: 2,
  rotation: 0,
  flip: false,
  hasAlpha: true,
  colorSpace: undefined,
  tracks: [{ animated: true, repetitionCount: 0, frames: [], ...track }],
  primaryTrack: 0,
});

const rgba: Answer = { format: 'RGBA', width: 4, height: 2, values: [9] };
const yuv = (values: number[], format: PixelFormat = 'I420', colorSpace: VideoColorSpaceInit = {}): Answer => ({
  format,
  width: 4,
  height: 2,
  values,
  colorSpace,
});

/** The first sample of each plane. */
function samples({ picture }: DecodedPicture): number[] {
  return planesOf(picture.format).map((_, index) => sampleAt(picture, index, 0));
}

function sampleAt(picture: DecodedPicture['picture'], plane: number, at: number): number {
  const { offset } = picture.planes[plane]!;
  return bitDepthOf(picture.format) === 8
    ? new Uint8Array(picture.buffer, offset)[at]!
    : new Uint16Array(picture.buffer, offset)[at]!;
}

test('where decoding begins', () => {
  const frames = [true, false, false, true, false].map((isKey) => ({ isKey }));
  assert.equal(firstFrameToDecode(frames, 0, 0), 0);
  assert.equal(firstFrameToDecode(frames, 2, 0), 0);
  assert.equal(firstFrameToDecode(frames, 2, 1), 1);
  assert.equal(firstFrameToDecode(frames, 4, 1), 3);
  assert.equal(firstFrameToDecode(frames, 2, 4), 0);
  assert.equal(firstFrameToDecode(frames, 4, 4), 4);
});

test('frames of an animation in any order', async () => {
  const fake = new FakeEngine([rgba]);
  const frames = [true, false, false, true, false].map((isKey, name) => frame(0, name, { isKey }));
  const decoder = openFrameDecoder(fake.engine, contentsOf('gif', { frames }), 0);
  const decode = async (index: number) => {
    const { picture, timestamp, duration } = await decoder.decode(index);
    picture.release();
    assert.deepEqual([timestamp, duration], [index * 1000, 1000]);
    return fake.take();
  };
  assert.deepEqual(await decode(2), ['open gif 4 × 2', '0 first', '1', '2']);
  assert.deepEqual(await decode(4), ['3', '4'], 'it goes on');
  assert.deepEqual(await decode(4), ['3 first', '4']);
  assert.deepEqual(await decode(1), ['0 first', '1']);
  assert.deepEqual(await decode(2), ['2']);
  const all = await Promise.all([0, 1, 2].map((index) => decoder.decode(index)));
  for (const { picture } of all) picture.release();
  assert.deepEqual(fake.take(), ['0 first', '1', '2'], 'one after the other');
  await assert.rejects(decoder.decode(9), EngineError);
  assert.equal(fake.pictures, 0);
});

test('a still image has no canvas', async () => {
  const fake = new FakeEngine([rgba]);
  const contents = contentsOf('png', { animated: false, frames: [frame(0, 0, { duration: null, isKey: true })] });
  contents.colorSpace = { primaries: 'bt2020', transfer: null, matrix: 'rgb', fullRange: true };
  const decoded = await openFrameDecoder(fake.engine, contents, 0).decode(0);
  assert.deepEqual(fake.take(), ['open png 0 × 0', '0 first']);
  assert.deepEqual([decoded.colorSpace.primaries, decoded.colorSpace.transfer], ['bt2020', undefined]);
  assert.equal(decoded.duration, null);
});

test('after an error there is a new session', async () => {
  const fake = new FakeEngine([rgba]);
  const frames = [frame(0, 0, { isKey: true }), frame(1, 1), frame(0, 2)];
  const decoder = openFrameDecoder(fake.engine, contentsOf('webp', { frames }), 0);
  await assert.rejects(decoder.decode(1), new EngineError('coding', 'damaged'));
  (await decoder.decode(0)).picture.release();
  assert.deepEqual(fake.take(), ['open webp 4 × 2', '0 first', '1', 'close', 'open webp 4 × 2', '0 first']);
  assert.equal(fake.pictures, 0);
});

test('a decoder that is closed', async () => {
  const fake = new FakeEngine([rgba]);
  const decoder = openFrameDecoder(fake.engine, contentsOf('webp', { frames: [frame(0, 0), frame(0, 1)] }), 0);
  const asked = [decoder.decode(1), decoder.decode(0)];
  setImmediate(() => decoder.close());
  for (const result of await Promise.allSettled(asked)) {
    assert.ok(result.status === 'rejected' && result.reason instanceof EngineError);
  }
  await assert.rejects(decoder.decode(0), EngineError);
  assert.equal(fake.pictures, 0);
  assert.equal(fake.log.filter((line) => line.startsWith('open')).length, 1);
});

test('a sequence of AVIF with alpha', async () => {
  const fake = new FakeEngine([
    yuv([1, 2, 3], 'I420', { matrix: 'bt709' }),
    yuv([128, 0, 0], 'I420', { fullRange: true }),
  ]);
  const frames = [true, false].map((isKey, name) => frame(0, name, { isKey, alpha: Uint8Array.of(1, 10 + name) }));
  const decoder = openFrameDecoder(fake.engine, contentsOf('avif', { frames }), 0);
  const decoded = await decoder.decode(1);
  assert.deepEqual([decoded.picture.format, samples(decoded)], ['I420A', [1, 2, 3, 128]]);
  assert.deepEqual([decoded.timestamp, decoded.colorSpace.matrix], [1000, 'bt709']);
  decoded.picture.release();
  assert.deepEqual(fake.take().sort(), ['0 key', '1 delta', '10 key', '11 delta', 'open av1', 'open av1']);
  assert.equal(fake.pictures, 0);
});

test('a codec that keeps its pictures back', async () => {
  const fake = new FakeEngine([yuv([1, 2, 3])]);
  fake.isLate = true;
  const frames = [true, false].map((isKey, name) => frame(0, name, { isKey }));
  const decoder = openFrameDecoder(fake.engine, contentsOf('avif', { frames }), 0);
  for (const index of [0, 1]) (await decoder.decode(index)).picture.release();
  // What was before is forgotten.
  assert.deepEqual(fake.take(), ['open av1', '0 key', 'flush', '0 key', 'flush', '1 delta', 'flush']);
});

test('alpha of limited range, of another depth, and multiplied into the colours', async () => {
  const merge = async (color: Answer, alpha: Answer, isAlphaPremultiplied = false) => {
    const fake = new FakeEngine([color, alpha]);
    const frames = [frame(0, 0, { isKey: true, alpha: Uint8Array.of(1, 1) })];
    const contents = contentsOf('avif', { animated: false, frames, isAlphaPremultiplied });
    const decoded = await openFrameDecoder(fake.engine, contents, 0).decode(0);
    return [decoded.picture.format, ...samples(decoded)];
  };
  const limited = { fullRange: false };
  assert.deepEqual(await merge(yuv([1, 2, 3]), yuv([235, 0, 0], 'I420', limited)), ['I420A', 1, 2, 3, 255]);
  assert.deepEqual(await merge(yuv([1, 2, 3]), yuv([10, 0, 0], 'I420', limited)), ['I420A', 1, 2, 3, 0]);
  assert.deepEqual(await merge(yuv([1, 2, 3], 'I444P10'), yuv([255, 0, 0])), ['I444AP10', 1, 2, 3, 1023]);
  assert.deepEqual(await merge(yuv([1, 2, 3], 'I422'), yuv([2048, 0, 0], 'I444P12')), ['I422A', 1, 2, 3, 128]);
  assert.deepEqual(await merge(yuv([50, 118, 138]), yuv([51, 0, 0]), true), ['I420A', 250, 78, 178, 51]);
  await assert.rejects(merge(rgba, yuv([51, 0, 0])), EngineError);
  await assert.rejects(merge(yuv([1, 2, 3]), { ...yuv([51, 0, 0]), width: 2 }), EngineError);
});

test('cells become one picture', async () => {
  const fake = new FakeEngine([yuv([1, 11, 21]), yuv([2, 12, 22]), yuv([3, 13, 23], 'I444')]);
  const cells = [0, 1, 1, 0].map((answer, name) => frame(answer, name, { isKey: true }));
  const contents = (all: ImageFrame[]) =>
    contentsOf('avif', {
      animated: false,
      frames: [frame(9, 9, { width: 7, height: 3 })],
      grid: { rows: 2, columns: 2, cells: all },
    });
  const decoded = await openFrameDecoder(fake.engine, contents(cells), 0).decode(0);
  assert.deepEqual(decoded.visibleRect, { x: 0, y: 0, width: 7, height: 3 });
  const luma = Array.from({ length: 21 }, (_, at) => sampleAt(decoded.picture, 0, at));
  assert.deepEqual(luma, [1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1]);
  const chroma = Array.from({ length: 8 }, (_, at) => sampleAt(decoded.picture, 1, at));
  assert.deepEqual(chroma, [11, 11, 12, 12, 12, 12, 11, 11]);
  assert.equal(fake.pictures, 0);
  const mixed = [...cells.slice(0, 3), frame(2, 3, { isKey: true })];
  await assert.rejects(openFrameDecoder(fake.engine, contents(mixed), 0).decode(0), EngineError);
  assert.equal(fake.pictures, 0);
});
