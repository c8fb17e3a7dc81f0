import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Picture } from '../../src/pixels/picture.ts';
import { pixelFormats } from '../../src/pixels/pixel-format.ts';
import { VideoColorSpace } from '../../src/webcodecs/video-color-space.ts';
import {
  createVideoFrame,
  isClosed,
  isVideoFrame,
  pictureOf,
  VideoFrame,
  type VideoFrameBufferInit,
} from '../../src/webcodecs/video-frame.ts';
import { isDetached } from '../../src/webcodecs/webidl.ts';
import { assertIsInterface, detachedBuffer } from './support.ts';

const i420Bytes = () => Uint8Array.from({ length: 12 }, (_, index) => index + 1);
const i420Init = (members: Partial<VideoFrameBufferInit> = {}): VideoFrameBufferInit => ({
  format: 'I420',
  codedWidth: 4,
  codedHeight: 2,
  timestamp: 5,
  ...members,
});
const i420 = (members: Partial<VideoFrameBufferInit> = {}) => new VideoFrame(i420Bytes(), i420Init(members));
const rgba = (members: Partial<VideoFrameBufferInit> = {}) =>
  new VideoFrame(new Uint8Array(32).fill(9), { ...i420Init(members), format: 'RGBA' });

const rect = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => [
  x,
  y,
  width,
  height,
];

async function bytesOf(frame: VideoFrame, options = {}): Promise<number[]> {
  const bytes = new Uint8Array(frame.allocationSize(options));
  await frame.copyTo(bytes, options);
  return [...bytes];
}

test('VideoFrame is an interface', () => {
  const attributes = ['format', 'codedWidth', 'codedHeight', 'codedRect', 'visibleRect', 'rotation', 'flip'];
  attributes.push('displayWidth', 'displayHeight', 'duration', 'timestamp', 'colorSpace');
  assertIsInterface(VideoFrame as never, 'VideoFrame', {
    ...Object.fromEntries(attributes.map((key) => [key, 'attribute' as const])),
    metadata: 0,
    allocationSize: 0,
    copyTo: 1,
    clone: 0,
    close: 0,
  });
  assert.equal(VideoFrame.length, 1);
  assertIsInterface(VideoColorSpace, 'VideoColorSpace', {
    primaries: 'attribute',
    transfer: 'attribute',
    matrix: 'attribute',
    fullRange: 'attribute',
    toJSON: 0,
  });
  assert.equal(VideoColorSpace.length, 0);
});

describe('from a buffer', () => {
  test('every format is taken, and comes back as it was', async () => {
    for (const format of pixelFormats) {
      const empty = new VideoFrame(new Uint8Array(400), i420Init({ format, codedWidth: 5, codedHeight: 3 }));
      const bytes = Uint8Array.from({ length: empty.allocationSize() }, (_, index) => index);
      assert.throws(
        () => new VideoFrame(bytes.subarray(1), i420Init({ format, codedWidth: 5, codedHeight: 3 })),
        TypeError,
      );
      const frame = new VideoFrame(bytes, i420Init({ format, codedWidth: 5, codedHeight: 3 }));
      assert.deepEqual(await bytesOf(frame), [...bytes], format);
      frame.close();
      empty.close();
    }
  });

  test('odd sizes round the chroma planes up', () => {
    const frame = new VideoFrame(new Uint8Array(17), i420Init({ codedWidth: 3, codedHeight: 3 }));
    assert.equal(frame.allocationSize(), 17);
    frame.close();
  });

  test('layout, offset and stride are honoured', async () => {
    const layout = [
      { offset: 8, stride: 5 },
      { offset: 0, stride: 3 },
      { offset: 4, stride: 2 },
    ];
    const frame = new VideoFrame(Uint8Array.from({ length: 20 }, (_, i) => i).subarray(1), i420Init({ layout }));
    assert.deepEqual(await bytesOf(frame), [9, 10, 11, 12, 14, 15, 16, 17, 1, 2, 5, 6]);
    frame.close();
  });

  test('only the visible rectangle is kept; fractions are cut off', async () => {
    for (const transfer of [false, true]) {
      const bytes = new Uint8Array(13);
      bytes.set(i420Bytes(), 1);
      const init = i420Init({ visibleRect: { x: 2.7, y: 0, width: 1.3, height: 1 } });
      const frame = new VideoFrame(bytes.subarray(1), { ...init, transfer: transfer ? [bytes.buffer] : [] });
      assert.equal(isDetached(bytes), transfer);
      assert.deepEqual(rect(frame.visibleRect!), [0, 0, 1, 1]);
      assert.deepEqual(rect(frame.codedRect!), [0, 0, 1, 1]);
      assert.deepEqual(await bytesOf(frame), [3, 10, 12]);
      frame.close();
    }
  });

  test('whatever does not fit together is a TypeError', () => {
    const layout = (...planes: [number, number][]) => planes.map(([offset, stride]) => ({ offset, stride }));
    const wrong: Partial<VideoFrameBufferInit>[] = [
      { format: 'ABCD' as never },
      { codedWidth: 0 },
      { codedHeight: 0 },
      { codedWidth: 2 ** 32 - 1, codedHeight: 2 ** 32 - 1 },
      { displayWidth: 4 },
      { displayWidth: 4, displayHeight: 0 },
      { displayWidth: 2 ** 32, displayHeight: 1 },
      { rotation: Number.NaN },
      { visibleRect: { x: -1, width: 2, height: 2 } },
      { visibleRect: { x: 0, y: Infinity, width: 2, height: 2 } },
      { visibleRect: { width: 2, height: 0 } },
      { visibleRect: { width: 0.5, height: 2 } },
      { visibleRect: { x: 2, width: 3, height: 2 } },
      { visibleRect: { x: 1, width: 2, height: 2 } },
      { visibleRect: { y: 1, width: 2, height: 1 } },
      { layout: layout([0, 4]) },
      { layout: layout([0, 3], [8, 2], [10, 2]) },
      { layout: layout([0, 4], [7, 2], [10, 2]) },
      { layout: layout([0, 4], [8, 2], [2 ** 32 - 2, 2]) },
      { colorSpace: { matrix: 'bt601' as never } },
    ];
    for (const members of wrong) assert.throws(() => i420(members), TypeError, JSON.stringify(members));
    assert.throws(() => new VideoFrame(new Uint8Array(11), i420Init()), TypeError);
    assert.throws(() => new VideoFrame(detachedBuffer(12), i420Init()), TypeError);
    assert.throws(() => new (VideoFrame as unknown as new (data: Uint8Array) => VideoFrame)(i420Bytes()), TypeError);
    assert.throws(() => new VideoFrame({} as never, { timestamp: 0 }), TypeError);
    assert.throws(() => i420({ transfer: [detachedBuffer()] }), { name: 'DataCloneError' });
  });

  test('default colour spaces: sRGB for RGB, BT.709 for the others; null members stay', () => {
    const frames = [i420(), rgba(), i420({ colorSpace: { primaries: 'smpte170m' } })];
    assert.deepEqual(
      frames.map(({ colorSpace }) => colorSpace.toJSON()),
      [
        { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
        { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true },
        { primaries: 'smpte170m', transfer: null, matrix: null, fullRange: null },
      ],
    );
    for (const frame of frames) frame.close();
  });

  test('getters give the same object each time', () => {
    const frame = i420();
    assert.equal(frame.visibleRect, frame.visibleRect);
    assert.equal(frame.codedRect, frame.codedRect);
    assert.equal(frame.colorSpace, frame.colorSpace);
    frame.close();
  });
});

describe('orientation', () => {
  test('rotation goes to the nearest quarter turn, ties up', () => {
    for (const [given, expected] of [
      [-45, 0],
      [450, 90],
      [135, 180],
      [-315, 90],
      [44, 0],
      [-90, 270],
      [315, 0],
    ] as const) {
      const frame = i420({ rotation: given });
      assert.ok(Object.is(frame.rotation, expected), `${given} became ${frame.rotation}`);
      assert.deepEqual([frame.displayWidth, frame.displayHeight], expected % 180 ? [2, 4] : [4, 2]);
      frame.close();
    }
  });

  test("a frame's orientation adds to its source's; a flipped source turns backwards", () => {
    for (const [rotation, flip, more, mirror, expected] of [
      [90, false, 90, false, 180],
      [90, true, 90, true, 0],
      [270, false, 180, true, 90],
      [0, true, 90, false, 270],
    ] as const) {
      const base = i420({ rotation, flip });
      const frame = new VideoFrame(base, { rotation: more, flip: mirror });
      assert.deepEqual([frame.rotation, frame.flip], [expected, flip !== mirror]);
      assert.equal(frame.displayWidth, expected % 180 ? 2 : 4);
      frame.close();
      base.close();
    }
  });

  test('a frame of a turned frame stays turned, and so does its size', () => {
    const base = i420({ rotation: 90 });
    const frame = new VideoFrame(base);
    assert.deepEqual([frame.rotation, frame.displayWidth, frame.displayHeight], [90, 2, 4]);
    frame.close();
    base.close();
  });
});

describe('from a frame', () => {
  test('the picture is shared, times and metadata are its own', () => {
    const base = i420({ duration: 3, metadata: { rtpTimestamp: 1 } });
    const same = new VideoFrame(base);
    const other = new VideoFrame(base, { timestamp: -1, duration: 8, metadata: { captureTime: 2.5 } });
    assert.equal(pictureOf(same)!.picture, pictureOf(base)!.picture);
    assert.deepEqual([same.timestamp, same.duration, same.metadata()], [5, 3, {}]);
    assert.deepEqual([other.timestamp, other.duration, other.metadata()], [-1, 8, { captureTime: 2.5 }]);
    for (const frame of [base, same, other]) frame.close();
  });

  test('cropping keeps the coded size and the pixel aspect ratio', () => {
    const base = i420({ displayWidth: 8, displayHeight: 2 });
    const frame = new VideoFrame(base, { visibleRect: { x: 2, y: 0, width: 2, height: 2 } });
    assert.deepEqual([frame.codedWidth, frame.codedHeight, frame.displayWidth, frame.displayHeight], [4, 2, 4, 2]);
    assert.deepEqual(rect(frame.visibleRect!), [2, 0, 2, 2]);
    assert.throws(() => new VideoFrame(base, { visibleRect: { x: 1, width: 1, height: 1 } }), TypeError);
    assert.throws(() => new VideoFrame(base, { displayWidth: 1 }), TypeError);
    frame.close();
    base.close();
  });

  test('alpha: discard leaves alpha out of the format, and out of copies', async () => {
    const data = Uint8Array.from({ length: 64 }, (_, index) => index);
    const opaque = {
      I420A: 'I420',
      I444AP12: 'I444P12',
      NV12: 'NV12',
      RGBA: 'RGBX',
      BGRA: 'BGRX',
      BGRX: 'BGRX',
    } as const;
    for (const [format, expected] of Object.entries(opaque)) {
      const base = new VideoFrame(data, i420Init({ format: format as keyof typeof opaque }));
      const frame = new VideoFrame(base, { alpha: 'discard' });
      base.close();
      assert.equal(frame.format, expected);
      assert.deepEqual(await bytesOf(frame), [...data.subarray(0, frame.allocationSize())]);
      frame.close();
    }
  });

  test('a closed frame is refused with InvalidStateError', () => {
    const frame = i420();
    frame.close();
    assert.throws(() => new VideoFrame(frame), { name: 'InvalidStateError' });
  });
});

describe('close()', () => {
  test('times survive, all else is gone', async () => {
    const frame = i420({ duration: 7, rotation: 90, flip: true });
    frame.close();
    frame.close();
    const { format, codedWidth, codedHeight, codedRect, visibleRect, displayWidth, displayHeight } = frame;
    assert.deepEqual(
      { format, codedWidth, codedHeight, codedRect, visibleRect, displayWidth, displayHeight },
      {
        format: null,
        codedWidth: 0,
        codedHeight: 0,
        codedRect: null,
        visibleRect: null,
        displayWidth: 0,
        displayHeight: 0,
      },
    );
    assert.deepEqual([frame.timestamp, frame.duration, frame.rotation, frame.flip], [5, 7, 0, false]);
    assert.deepEqual(Object.values(frame.colorSpace.toJSON()), [null, null, null, null]);
    assert.ok(isClosed(frame) && pictureOf(frame) === null);
    const closed = { name: 'InvalidStateError' };
    assert.throws(() => frame.clone(), closed);
    assert.throws(() => frame.metadata(), closed);
    assert.throws(() => frame.allocationSize(), closed);
    await assert.rejects(frame.copyTo(new Uint8Array(99)), closed);
  });

  test('the picture is freed when the last frame of it closes, and once', () => {
    let freed = 0;
    const picture = new Picture({
      format: 'RGBA',
      codedWidth: 1,
      codedHeight: 1,
      planes: [{ offset: 0, stride: 4 }],
      buffer: new ArrayBuffer(4),
      onFree: () => freed++,
    });
    const visibleRect = { x: 0, y: 0, width: 1, height: 1 };
    const size = { displayWidth: 1, displayHeight: 1 };
    const frame = createVideoFrame({ picture, visibleRect, ...size, timestamp: 0, duration: null, colorSpace: {} });
    assert.ok(isVideoFrame(frame) && !isVideoFrame(Object.create(VideoFrame.prototype)));
    const frames = [frame, frame.clone(), new VideoFrame(frame), new VideoFrame(frame, { alpha: 'discard' })];
    for (const each of frames) {
      assert.equal(freed, 0);
      each.close();
      each.close();
    }
    assert.equal(freed, 1);
  });
});

describe('metadata()', () => {
  test('is copied both ways; members of no registry are dropped', () => {
    const metadata = { rtpTimestamp: 1, backgroundBlur: { enabled: true }, other: 1 };
    const frame = i420({ metadata });
    metadata.backgroundBlur.enabled = false;
    frame.metadata().backgroundBlur!.enabled = false;
    assert.deepEqual(frame.metadata(), { rtpTimestamp: 1, backgroundBlur: { enabled: true } });
    frame.close();
  });

  test('segments are converted', () => {
    const frame = i420({
      metadata: { segments: [{ type: 'mouth', id: 1, probability: 0.5, centerPoint: { x: 1, y: 2 } }] },
    });
    assert.deepEqual(frame.metadata().segments, [
      { type: 'mouth', id: 1, probability: 0.5, centerPoint: { x: 1, y: 2 } },
    ]);
    assert.throws(
      () => i420({ metadata: { segments: [{ type: 'nose' as never, id: 1, probability: 1 }] } }),
      TypeError,
    );
    frame.close();
  });
});

describe('copyTo()', () => {
  test("returns the caller's layout and leaves the bytes between alone", async () => {
    const frame = i420();
    const layout = [
      { offset: 9, stride: 5 },
      { offset: 1, stride: 3 },
      { offset: 5, stride: 3 },
    ];
    assert.equal(frame.allocationSize({ layout }), 19);
    const bytes = new Uint8Array(19);
    assert.deepEqual(await frame.copyTo(bytes, { layout }), layout);
    assert.deepEqual([...bytes], [0, 9, 10, 0, 0, 11, 12, 0, 0, 1, 2, 3, 4, 0, 5, 6, 7, 8, 0]);
    frame.close();
  });

  test('copies a rectangle', async () => {
    const frame = i420();
    assert.deepEqual(await bytesOf(frame, { rect: { x: 2, y: 0, width: 2, height: 2 } }), [3, 4, 7, 8, 10, 12]);
    assert.deepEqual(await bytesOf(frame, { rect: frame.codedRect }), [...i420Bytes()]);
    frame.close();
  });

  test('rejects, and never throws', async () => {
    const frame = i420();
    const bytes = new Uint8Array(64);
    const copyTo = frame.copyTo as (...args: unknown[]) => Promise<unknown>;
    for (const promise of [
      copyTo.call(frame),
      copyTo.call({}, bytes),
      copyTo.call(frame, 1),
      frame.copyTo(new Uint8Array(11)),
      frame.copyTo(detachedBuffer(64)),
      frame.copyTo(bytes, { rect: { x: 1, y: 0, width: 2, height: 2 }, format: 'RGBA' }),
      frame.copyTo(bytes, { layout: [{ offset: 0, stride: 4 }] }),
      frame.copyTo(bytes, { format: 'ABCD' as never }),
    ]) {
      await assert.rejects(promise, TypeError);
    }
    for (const format of ['I420', 'NV12', 'I444P10'] as const) {
      await assert.rejects(frame.copyTo(bytes, { format }), { name: 'NotSupportedError' });
      assert.throws(() => frame.allocationSize({ format }), { name: 'NotSupportedError' });
    }
    frame.close();
  });
});

test('frames that nobody closes are freed when they are collected, with one warning', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const warn = mock.method(console, 'warn', () => {});
  let freed = 0;
  const abandon = () => {
    const planes = [{ offset: 0, stride: 4 }];
    const buffer = new ArrayBuffer(4);
    const picture = new Picture({
      format: 'RGBA',
      codedWidth: 1,
      codedHeight: 1,
      planes,
      buffer,
      onFree: () => freed++,
    });
    const visibleRect = { x: 0, y: 0, width: 1, height: 1 };
    createVideoFrame({
      picture,
      visibleRect,
      displayWidth: 1,
      displayHeight: 1,
      timestamp: 0,
      duration: null,
      colorSpace: {},
    });
  };
  for (let i = 0; i < 3; i++) abandon();
  for (let i = 0; i < 50 && freed < 3; i++) {
    collect();
    await delay(10);
  }
  assert.equal(freed, 3);
  assert.equal(warn.mock.callCount(), 1);
  warn.mock.restore();
});
