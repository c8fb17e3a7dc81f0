/** Frames on canvases, and frames of canvases, with a canvas package in the place of a browser's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as canvasPackage from '@napi-rs/canvas';
import { teachFrames } from '../../src/polyfill/canvas.ts';
import { adoptCanvasPackage, type CanvasPackage } from '../../src/polyfill/canvas-package.ts';
import { VideoFrame, type VideoFrameInit } from '../../src/webcodecs/video-frame.ts';

type Pixel = readonly [number, number, number, number];

const yellow: Pixel = [255, 255, 0, 255];
const red: Pixel = [255, 0, 0, 255];
const blue: Pixel = [0, 0, 255, 255];
const green: Pixel = [0, 255, 0, 255];
const clear: Pixel = [0, 0, 0, 0];

const invalidState = { name: 'InvalidStateError' };

/** What the constructors of DOM types do not know. */
const asImage = (frame: VideoFrame) => frame as unknown as ImageBitmap;

/** Yellow, red over blue, green; each 2 × 1 pixels. */
const fourColors = (init: Partial<VideoFrameInit> = {}) =>
  new VideoFrame(Uint8Array.from([yellow, yellow, red, red, blue, blue, green, green].flat()), {
    format: 'RGBA',
    codedWidth: 4,
    codedHeight: 2,
    timestamp: 0,
    ...init,
  });

const i420 = () =>
  new VideoFrame(new Uint8Array(16 * 1.5 * 16).fill(128), {
    format: 'I420',
    codedWidth: 16,
    codedHeight: 16,
    timestamp: 0,
  });

const globals = adoptCanvasPackage(canvasPackage as unknown as CanvasPackage) as {
  OffscreenCanvas: typeof OffscreenCanvas;
  ImageBitmap: typeof ImageBitmap;
  ImageData: typeof ImageData;
  createImageBitmap: typeof createImageBitmap;
};

function contextOf(width: number, height: number, settings?: CanvasRenderingContext2DSettings) {
  return new globals.OffscreenCanvas(width, height).getContext('2d', settings)!;
}
type Context = ReturnType<typeof contextOf>;

/** A frame of an image, which types know of native frames only. */
const frameOf = (image: unknown, init: VideoFrameInit = { timestamp: 0 }) => new VideoFrame(image as VideoFrame, init);

const pixelAt = (context: Context, x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
const rowsOf = (context: Context, width: number, height: number) =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixelAt(context, x, y)));

function draw(frame: VideoFrame, ...numbers: number[]): Context {
  const context = contextOf(16, 16);
  (context.drawImage as (...args: unknown[]) => void)(frame, ...numbers);
  frame.close();
  return context;
}

test('a frame is drawn turned clockwise, then mirrored', () => {
  const expected: [number, boolean, Pixel[][]][] = [
    [
      0,
      false,
      [
        [yellow, yellow, red, red],
        [blue, blue, green, green],
      ],
    ],
    [
      0,
      true,
      [
        [red, red, yellow, yellow],
        [green, green, blue, blue],
      ],
    ],
    [
      90,
      false,
      [
        [blue, yellow],
        [blue, yellow],
        [green, red],
        [green, red],
      ],
    ],
    [
      90,
      true,
      [
        [yellow, blue],
        [yellow, blue],
        [red, green],
        [red, green],
      ],
    ],
    [
      180,
      false,
      [
        [green, green, blue, blue],
        [red, red, yellow, yellow],
      ],
    ],
    [
      180,
      true,
      [
        [blue, blue, green, green],
        [yellow, yellow, red, red],
      ],
    ],
    [
      270,
      false,
      [
        [red, green],
        [red, green],
        [yellow, blue],
        [yellow, blue],
      ],
    ],
    [
      270,
      true,
      [
        [green, red],
        [green, red],
        [blue, yellow],
        [blue, yellow],
      ],
    ],
  ];
  for (const [rotation, flip, rows] of expected) {
    const context = draw(fourColors({ rotation, flip }), 0, 0);
    assert.deepEqual(rowsOf(context, rows[0]!.length, rows.length), rows, `${rotation}° ${flip}`);
    assert.deepEqual(pixelAt(context, rows[0]!.length, 0), clear, 'and no larger');
  }
});

test('rectangles count pixels of the display size', () => {
  const scaled = () => fourColors({ displayWidth: 8, displayHeight: 8 });
  const whole = draw(scaled(), 0, 0);
  assert.deepEqual(pixelAt(whole, 7, 7), green);
  assert.deepEqual(pixelAt(whole, 8, 7), clear);
  assert.deepEqual(pixelAt(draw(scaled(), 1, 1, 2, 2), 2, 2), green);
  const quarter = draw(scaled(), 4, 0, 4, 4, 0, 0, 16, 16);
  assert.deepEqual(pixelAt(quarter, 5, 5), red);
  assert.deepEqual(pixelAt(quarter, 14, 4), red);
  const turned = draw(fourColors({ rotation: 90, displayWidth: 4, displayHeight: 8 }), 2, 4, 2, 4, 0, 0, 8, 8);
  assert.deepEqual(pixelAt(turned, 4, 4), red);
});

test('only the visible rectangle is drawn', () => {
  const frame = fourColors();
  const cropped = frameOf(frame, { visibleRect: { x: 2, y: 0, width: 2, height: 2 } });
  frame.close();
  assert.deepEqual(rowsOf(draw(cropped, 0, 0), 3, 2), [
    [red, red, clear],
    [green, green, clear],
  ]);
});

test('transparent pixels stay transparent, and frames do not shine through later ones', () => {
  const transparent = new VideoFrame(new Uint8Array(32), {
    format: 'RGBA',
    codedWidth: 4,
    codedHeight: 2,
    timestamp: 0,
    rotation: 180,
  });
  draw(fourColors({ rotation: 180 }), 0, 0);
  assert.deepEqual(pixelAt(draw(transparent, 0, 0), 0, 0), clear);
});

test('wide gamuts keep their colours on canvases that have them', () => {
  const color: Pixel = [200, 100, 50, 255];
  const frame = new VideoFrame(Uint8Array.from(color), {
    format: 'RGBA',
    codedWidth: 1,
    codedHeight: 1,
    timestamp: 0,
    colorSpace: { primaries: 'smpte432', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true },
  });
  const wide = contextOf(1, 1, { colorSpace: 'display-p3' });
  wide.drawImage(asImage(frame), 0, 0);
  assert.deepEqual(pixelAt(wide, 0, 0), color);
  const narrow = contextOf(1, 1);
  narrow.drawImage(asImage(frame), 0, 0);
  assert.ok(narrow.getImageData(0, 0, 1, 1).data[0]! > 210, 'the same red is more of sRGB');
  frame.close();
});

test('YUV is converted as copyTo() does', async () => {
  const frame = i420();
  const expected = new Uint8Array(16 * 16 * 4);
  await frame.copyTo(expected, { format: 'RGBA' });
  const drawn = draw(frame, 0, 0).getImageData(0, 0, 16, 16).data;
  assert.deepEqual(new Uint8Array(drawn), expected);
});

test('patterns are made of frames', () => {
  const frame = fourColors({ displayWidth: 2, displayHeight: 2 });
  const context = contextOf(8, 8);
  context.fillStyle = context.createPattern(asImage(frame), 'repeat')!;
  frame.close();
  draw(fourColors({ rotation: 180, displayWidth: 2, displayHeight: 2 }), 0, 0);
  context.fillRect(0, 0, 8, 8);
  assert.deepEqual(pixelAt(context, 4, 4), yellow);
  assert.deepEqual(pixelAt(context, 5, 5), green);
});

test('closed frames are refused', async () => {
  const frame = fourColors();
  frame.close();
  const context = contextOf(1, 1);
  assert.throws(() => context.drawImage(asImage(frame), 0, 0), invalidState);
  assert.throws(() => context.createPattern(asImage(frame), 'repeat'), invalidState);
  await assert.rejects(globals.createImageBitmap(asImage(frame)), invalidState);
});

test('huge display sizes are refused where they need memory, and drawn where they do not', async () => {
  const frame = fourColors({ displayWidth: 2 ** 31, displayHeight: 2 ** 31 });
  const context = contextOf(4, 4);
  context.drawImage(asImage(frame), 0, 0, 4, 4);
  assert.deepEqual(pixelAt(context, 3, 3), green);
  assert.throws(() => context.createPattern(asImage(frame), 'repeat'), invalidState);
  await assert.rejects(globals.createImageBitmap(asImage(frame)), invalidState);
  frame.close();
});

test('operations keep their names and lengths, and are taught once', () => {
  const prototype = Object.getPrototypeOf(canvasPackage.createCanvas(1, 1).getContext('2d'));
  const { drawImage, createPattern } = prototype;
  assert.deepEqual([drawImage.name, drawImage.length], ['drawImage', 3]);
  assert.equal(createPattern.length, 2);
  const again = adoptCanvasPackage({ default: canvasPackage as unknown as CanvasPackage });
  assert.equal(again.OffscreenCanvas, globals.OffscreenCanvas);
  assert.equal(again.createImageBitmap, globals.createImageBitmap);
  assert.equal(prototype.drawImage, drawImage);
  assert.throws(() => adoptCanvasPackage({} as CanvasPackage), TypeError);
});

/** As much of WebGL as frames need. */
function webgl(unpackColorSpace?: PredefinedColorSpace) {
  const calls: [string, ...unknown[]][] = [];
  const record =
    (name: string) =>
    (...args: unknown[]) =>
      calls.push([name, ...args]);
  const prototype = { texImage2D: record('texImage2D'), texSubImage3D: record('texSubImage3D') };
  teachFrames(prototype);
  const gl = Object.assign(Object.create(prototype), {
    unpackColorSpace,
    createProgram: () => 'never linked',
    useProgram: record('useProgram'),
    deleteProgram: record('deleteProgram'),
  });
  return { gl, calls };
}

test('textures are given unpremultiplied pixels in the colour space they are unpacked to', () => {
  const frame = new VideoFrame(Uint8Array.of(50, 100, 150, 10), {
    format: 'RGBA',
    codedWidth: 1,
    codedHeight: 1,
    timestamp: 0,
  });
  for (const colorSpace of [undefined, 'srgb', 'display-p3'] as const) {
    const { gl, calls } = webgl(colorSpace);
    gl.texImage2D(1, 2, 3, 4, 5, frame);
    const image = calls[0]!.pop() as ImageData;
    assert.deepEqual(calls, [['texImage2D', 1, 2, 3, 4, 5]]);
    assert.equal(image.colorSpace, colorSpace ?? 'srgb');
    assert.deepEqual([...image.data], colorSpace === 'display-p3' ? [62, 99, 146, 10] : [50, 100, 150, 10]);
  }
  frame.close();
});

test('textures of turned or scaled frames are upright and of their display size', () => {
  const { gl, calls } = webgl();
  const frame = fourColors({ rotation: 90, displayWidth: 4, displayHeight: 8 });
  gl.texSubImage3D(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, frame);
  const { width, height } = calls[0]!.at(-1) as OffscreenCanvas;
  assert.deepEqual([width, height], [4, 8]);
  frame.close();
});

test('a texture of a closed frame is an error of GL', () => {
  const { gl, calls } = webgl();
  const frame = fourColors();
  frame.close();
  gl.texImage2D(1, 2, 3, 4, 5, frame);
  assert.deepEqual(calls, [
    ['useProgram', 'never linked'],
    ['deleteProgram', 'never linked'],
  ]);
});

test('other textures are passed on as they are', () => {
  const { gl, calls } = webgl();
  gl.texImage2D(1, 2, null);
  assert.deepEqual(calls, [['texImage2D', 1, 2, null]]);
});

// Frames of images

const drawnFourColors = () => draw(fourColors(), 0, 0, 4, 2).canvas;

async function rgbaOf(frame: VideoFrame): Promise<number[]> {
  const bytes = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(bytes, { format: 'RGBA' });
  return [...bytes];
}

test('frames are made of canvases, bitmaps and images', async () => {
  const offscreen = drawnFourColors();
  const canvas = canvasPackage.createCanvas(16, 16);
  canvas.getContext('2d').drawImage(offscreen as never, 0, 0);
  const image = await canvasPackage.loadImage(canvas.toBuffer('image/png'));
  for (const source of [offscreen, canvas, image, await globals.createImageBitmap(offscreen)]) {
    const frame = frameOf(source, { timestamp: 7, duration: 3 });
    assert.deepEqual(
      [frame.format, frame.codedWidth, frame.displayHeight, frame.timestamp, frame.duration],
      ['RGBA', 16, 16, 7, 3],
    );
    assert.deepEqual(frame.colorSpace.toJSON(), {
      primaries: 'bt709',
      transfer: 'iec61966-2-1',
      matrix: 'rgb',
      fullRange: true,
    });
    assert.deepEqual((await rgbaOf(frame)).slice(0, 20), [yellow, yellow, red, red, clear].flat());
    frame.close();
    assert.throws(() => frameOf(source, {}), TypeError, 'a timestamp is required');
  }
});

test('a frame keeps what its canvas showed', async () => {
  const context = contextOf(1, 1);
  context.fillStyle = 'rgb(255 0 0)';
  context.fillRect(0, 0, 1, 1);
  const frames = [frameOf(context.canvas), frameOf(context.canvas, { timestamp: 0, alpha: 'discard' })];
  context.clearRect(0, 0, 1, 1);
  frames.push(frameOf(context.canvas));
  const [first, opaque, later] = frames as [VideoFrame, VideoFrame, VideoFrame];
  assert.deepEqual(await rgbaOf(first), [...red]);
  assert.equal(opaque.format, 'RGBX');
  assert.deepEqual(await rgbaOf(later), [...clear]);
  for (const frame of frames) frame.close();
});

test('images without pixels are refused', async () => {
  const closed = await globals.createImageBitmap(drawnFourColors());
  closed.close();
  const element = (tag: string, members: object) => ({ [Symbol.toStringTag]: tag, ...members });
  const size = { naturalWidth: 4, naturalHeight: 4 };
  const unusable = [
    new globals.OffscreenCanvas(0, 4),
    new canvasPackage.Image(),
    closed,
    element('HTMLImageElement', { complete: false, ...size }),
    element('HTMLImageElement', { complete: true, naturalWidth: 0, naturalHeight: 0 }),
    element('HTMLVideoElement', { readyState: 0, videoWidth: 4, videoHeight: 4 }),
    element('HTMLImageElement', { naturalWidth: 2 ** 31, naturalHeight: 2 ** 31 }),
  ];
  for (const image of unusable) assert.throws(() => frameOf(image), invalidState);
  assert.throws(() => frameOf(element('CSSImageValue', {})), { name: 'SecurityError' });
  assert.throws(() => frameOf(element('HTMLImageElement', { complete: true, ...size })), TypeError, 'an impostor');
  assert.throws(() => frameOf({ width: 2, height: 2 }), TypeError);
});

// What a browser has beside

const bitmapRows = (bitmap: ImageBitmap) => {
  const context = contextOf(8, 8);
  context.drawImage(bitmap, 0, 0);
  return rowsOf(context, bitmap.width, bitmap.height);
};

test('bitmaps are cropped, flipped and resized', async () => {
  const { createImageBitmap } = globals;
  const frame = asImage(fourColors());
  const pixelated = { resizeQuality: 'pixelated' } as const;
  assert.deepEqual(bitmapRows(await createImageBitmap(frame)), [
    [yellow, yellow, red, red],
    [blue, blue, green, green],
  ]);
  assert.deepEqual(bitmapRows(await createImageBitmap(frame, { imageOrientation: 'flipY' }))[0]![0], blue);
  assert.deepEqual(bitmapRows(await createImageBitmap(frame, 1, 1, 2, 1)), [[blue, green]]);
  assert.deepEqual(bitmapRows(await createImageBitmap(frame, 3, 2, -2, -1)), [[blue, green]], 'from the other corner');
  assert.deepEqual(bitmapRows(await createImageBitmap(frame, 3, 0, 2, 1)), [[red, clear]], 'beyond the image');
  assert.deepEqual(bitmapRows(await createImageBitmap(frame, { resizeWidth: 2, ...pixelated })), [[yellow, red]]);
  const { width, height } = await createImageBitmap(frame, 0, 0, 3, 2, { resizeHeight: 3 });
  assert.deepEqual([width, height], [5, 3], 'in proportion, rounded up');
});

test('bitmaps are made of data, files and each other', async () => {
  const { createImageBitmap, ImageData } = globals;
  const data = new ImageData(new Uint8ClampedArray([yellow, red].flat()), 2, 1);
  const bitmap = await createImageBitmap(data);
  assert.deepEqual(bitmapRows(bitmap), [[yellow, red]]);
  assert.deepEqual(bitmapRows(await createImageBitmap(bitmap, 1, 0, 1, 1)), [[red]]);
  const file = await new globals.OffscreenCanvas(3, 5).convertToBlob();
  const { width, height } = await createImageBitmap(file);
  assert.deepEqual([width, height], [3, 5]);
  bitmap.close();
  assert.deepEqual([bitmap.width, bitmap.height], [0, 0]);
  await assert.rejects(createImageBitmap(bitmap), invalidState);
  assert.throws(() => contextOf(1, 1).drawImage(bitmap, 0, 0), invalidState);
  await assert.rejects(createImageBitmap(new Blob(['no image'])), invalidState);
});

test('createImageBitmap() rejects what it cannot do', async () => {
  const { createImageBitmap } = globals;
  const canvas = new globals.OffscreenCanvas(4, 4);
  await assert.rejects(createImageBitmap(canvas, 0, 0, 0, 1), RangeError);
  await assert.rejects(createImageBitmap(canvas, { resizeWidth: 0 }), invalidState);
  await assert.rejects(createImageBitmap(canvas, { resizeWidth: 2 ** 31, resizeHeight: 2 ** 31 }), invalidState);
  await assert.rejects(createImageBitmap(canvas, { resizeQuality: 'best' as 'high' }), TypeError);
  await assert.rejects(createImageBitmap({} as ImageBitmap), TypeError);
  await assert.rejects((createImageBitmap as unknown as () => Promise<void>)(), TypeError);
  assert.throws(() => new globals.ImageBitmap(), TypeError);
});

test('OffscreenCanvas is a canvas with the interface of browsers', async () => {
  const { OffscreenCanvas } = globals;
  const canvas = new OffscreenCanvas(4, 2);
  assert.equal(String(canvas), '[object OffscreenCanvas]');
  assert.ok(canvas instanceof OffscreenCanvas);
  assert.throws(() => canvas.transferToImageBitmap(), invalidState, 'no context');
  const context = canvas.getContext('2d')!;
  assert.equal(context, canvas.getContext('2d'));
  assert.equal(context.canvas, canvas);
  context.drawImage(asImage(fourColors()), 0, 0);
  context.translate(1, 0);
  assert.equal((await canvas.convertToBlob({ type: 'image/jpeg' })).type, 'image/jpeg');
  assert.deepEqual(bitmapRows(canvas.transferToImageBitmap())[0], [yellow, yellow, red, red]);
  assert.deepEqual(pixelAt(context, 0, 0), clear, 'what was drawn is gone');
  assert.equal(context.getTransform().e, 1, 'the rest of the state is not');
  canvas.width = 9;
  assert.equal(canvas.width, 9);
  assert.throws(() => new (OffscreenCanvas as unknown as new (width: number) => object)(1), TypeError);
  assert.throws(() => new OffscreenCanvas(-1, 1), TypeError);
});
