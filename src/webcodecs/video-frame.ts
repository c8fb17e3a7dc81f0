import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { convertPicture } from '../pixels/convert.ts';
import { type CombinedBufferLayout, computeLayout, copyPlanes, parseVisibleRect, type Rect } from '../pixels/layout.ts';
import { Picture, type PlaneLayout } from '../pixels/picture.ts';
import { allocatePicture } from '../pixels/picture-pool.ts';
import { isRgb, opaqueFormatOf, type PixelFormat, pixelFormats } from '../pixels/pixel-format.ts';
import type { PredefinedColorSpace, RgbFormat } from '../pixels/rgb.ts';
import { markAsUncloneable } from '../platform/uncloneable.ts';
import { DOMRectReadOnly } from './dom-rect.ts';
import { type DOMRectInit, domRectInit } from './dom-rect-init.ts';
import { type ImageSource, isImageSource, readImage } from './image-source.ts';
import { VideoColorSpace, videoColorSpaceInit } from './video-color-space.ts';
import { type VideoFrameMetadata, videoFrameMetadata } from './video-frame-metadata.ts';
import * as webidl from './webidl.ts';

export type { VideoFrameSegment } from './video-frame-metadata.ts';
export type { DOMRectInit, ImageSource, PlaneLayout, VideoFrameMetadata };

interface CommonInit {
  /** µs. */
  duration?: number | undefined;
  visibleRect?: DOMRectInit | undefined;
  /** Degrees clockwise. */
  rotation?: number | undefined;
  flip?: boolean | undefined;
  /** Pixels. */
  displayWidth?: number | undefined;
  displayHeight?: number | undefined;
  metadata?: VideoFrameMetadata | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-videoframeinit */
export interface VideoFrameInit extends CommonInit {
  /** µs. */
  timestamp?: number | undefined;
  alpha?: 'keep' | 'discard' | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-videoframebufferinit */
export interface VideoFrameBufferInit extends CommonInit {
  format: PixelFormat;
  /** Pixels. */
  codedWidth: number;
  codedHeight: number;
  /** µs. */
  timestamp: number;
  /** Where the planes lie in the data, bytes; tightly packed one after the other where absent. */
  layout?: PlaneLayout[] | undefined;
  colorSpace?: VideoColorSpaceInit | undefined;
  /** Buffers to detach. */
  transfer?: ArrayBuffer[] | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-videoframecopytooptions */
export interface VideoFrameCopyToOptions {
  rect?: DOMRectInit | undefined;
  layout?: PlaneLayout[] | undefined;
  /** RGBA, RGBX, BGRA or BGRX: converts. */
  format?: PixelFormat | undefined;
  colorSpace?: PredefinedColorSpace | undefined;
}

const pixelFormat = webidl.enumeration<PixelFormat>('VideoPixelFormat', pixelFormats);

const planeLayouts = webidl.sequence(
  webidl.dictionary<PlaneLayout>('PlaneLayout', [
    { key: 'offset', converter: webidl.enforceRangeUnsignedLong, required: true },
    { key: 'stride', converter: webidl.enforceRangeUnsignedLong, required: true },
  ]),
);

const commonMembers: webidl.Member[] = [
  { key: 'displayHeight', converter: webidl.enforceRangeUnsignedLong },
  { key: 'displayWidth', converter: webidl.enforceRangeUnsignedLong },
  { key: 'flip', converter: webidl.boolean, default: () => false },
  { key: 'metadata', converter: videoFrameMetadata },
  { key: 'rotation', converter: webidl.double, default: () => 0 },
  { key: 'visibleRect', converter: domRectInit },
];

const videoFrameInit = webidl.dictionary<VideoFrameInit>('VideoFrameInit', [
  ...commonMembers,
  { key: 'alpha', converter: webidl.enumeration('AlphaOption', ['keep', 'discard']), default: () => 'keep' },
  { key: 'duration', converter: webidl.unsignedLongLong },
  { key: 'timestamp', converter: webidl.longLong },
]);

const videoFrameBufferInit = webidl.dictionary<VideoFrameBufferInit>('VideoFrameBufferInit', [
  ...commonMembers,
  { key: 'codedHeight', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'codedWidth', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'colorSpace', converter: videoColorSpaceInit },
  { key: 'duration', converter: webidl.enforceRangeUnsignedLongLong },
  { key: 'format', converter: pixelFormat, required: true },
  { key: 'layout', converter: planeLayouts },
  { key: 'timestamp', converter: webidl.enforceRangeLongLong, required: true },
  { key: 'transfer', converter: webidl.transferList, default: () => [] },
]);

const copyToOptions = webidl.dictionary<VideoFrameCopyToOptions>('VideoFrameCopyToOptions', [
  { key: 'colorSpace', converter: webidl.enumeration('PredefinedColorSpace', ['srgb', 'display-p3']) },
  { key: 'format', converter: pixelFormat },
  { key: 'layout', converter: planeLayouts },
  { key: 'rect', converter: domRectInit },
]);

/** What a frame shows: its share of the media resource, and everything said about it. */
interface Content {
  picture: Picture;
  visibleRect: Rect;
  rotation: number;
  flip: boolean;
  displayWidth: number;
  displayHeight: number;
  colorSpace: VideoColorSpaceInit;
}

interface Frame {
  /** [[resource reference]] and what describes it; null once closed. */
  content: Content | null;
  /** µs. */
  timestamp: number;
  duration: number | null;
  metadata: VideoFrameMetadata;
}

/** A frame that was made inside, to be wrapped in a VideoFrame as it is. */
class PreparedFrame {
  constructor(readonly frame: Frame) {}
}

/** https://w3c.github.io/webcodecs/#videoframe-parse-rotation: to the nearest multiple of 90, ties up. */
const parseRotation = (rotation: number): number => (((Math.floor(rotation / 90 + 0.5) * 90) % 360) + 360) % 360;

const isSideways = (rotation: number): boolean => rotation % 180 !== 0;

/** https://w3c.github.io/webcodecs/#videoframe-add-orientations */
function addOrientations(base: { rotation: number; flip: boolean }, rotation: number, flip: boolean) {
  const combined = base.flip ? base.rotation - rotation : base.rotation + rotation;
  return { rotation: ((combined % 360) + 360) % 360, flip: base.flip !== flip };
}

const rgbColorSpace: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  matrix: 'rgb',
  fullRange: true,
};
const yuvColorSpace: VideoColorSpaceInit = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };

/** Members of both inits that must come in pairs, and not be zero. */
function checkDisplaySize({ displayWidth, displayHeight }: CommonInit): void {
  if ((displayWidth === undefined) !== (displayHeight === undefined)) {
    throw new TypeError('VideoFrame: displayWidth and displayHeight must come together');
  }
  if (displayWidth === 0 || displayHeight === 0) throw new TypeError('VideoFrame: the display size must not be zero');
}

/** The same picture without its alpha; takes over the reference. */
function withoutAlpha(picture: Picture): Picture {
  const { format } = picture;
  const opaque = opaqueFormatOf(format);
  if (opaque === format) return picture;
  const planes = picture.planes.slice(0, 3);
  const { codedWidth, codedHeight } = picture;
  return new Picture({
    format: opaque,
    codedWidth,
    codedHeight,
    planes,
    buffer: () => picture.buffer,
    onFree: () => picture.release(),
  });
}

/** https://w3c.github.io/webcodecs/#videoframe-initialize-frame-from-other-frame */
function frameFromFrame(other: VideoFrame, init: VideoFrameInit): Frame {
  const { content, timestamp, duration } = frameOf(other);
  // "If the value of image's [[Detached]] internal slot is true, throw an InvalidStateError."
  if (!content) throw new DOMException('VideoFrame: the frame is closed.', 'InvalidStateError');
  checkDisplaySize(init);
  const { picture } = content;
  const { codedWidth, codedHeight, format } = picture;
  const visibleRect = parseVisibleRect(content.visibleRect, init.visibleRect, codedWidth, codedHeight, format);
  const orientation = addOrientations(content, parseRotation(init.rotation ?? 0), init.flip ?? false);
  picture.retain();
  return {
    content: {
      picture: init.alpha === 'discard' ? withoutAlpha(picture) : picture,
      visibleRect,
      ...orientation,
      ...displaySizeFrom(content, visibleRect, orientation.rotation, init),
      colorSpace: content.colorSpace,
    },
    timestamp: init.timestamp ?? timestamp,
    duration: init.duration ?? duration,
    metadata: { ...init.metadata },
  };
}

/** https://w3c.github.io/webcodecs/#dom-videoframe-videoframe, of an image that is no frame. */
function frameFromImage(image: object, init: VideoFrameInit): Frame {
  checkDisplaySize(init);
  const { picture, colorSpace, displayWidth, displayHeight, timestamp = init.timestamp } = readImage(image);
  // "If init.timestamp does not exist, throw a TypeError." Videos have a time of their own.
  if (timestamp === undefined) {
    picture.release();
    throw new TypeError('VideoFrameInit.timestamp is required for this image');
  }
  const whole = {
    picture,
    visibleRect: { x: 0, y: 0, width: picture.codedWidth, height: picture.codedHeight },
    rotation: 0,
    flip: false,
    displayWidth,
    displayHeight,
    colorSpace,
  };
  const frame = wrap({ content: whole, timestamp, duration: null, metadata: {} });
  try {
    return frameFromFrame(frame, init);
  } finally {
    frame.close();
  }
}

/** The display size follows the visible rectangle, at the other frame's pixel aspect ratio. */
function displaySizeFrom(other: Content, visibleRect: Rect, rotation: number, init: VideoFrameInit) {
  const { displayWidth, displayHeight } = init;
  if (displayWidth !== undefined && displayHeight !== undefined) return { displayWidth, displayHeight };
  const upright = isSideways(other.rotation)
    ? { width: other.displayHeight, height: other.displayWidth }
    : { width: other.displayWidth, height: other.displayHeight };
  const width = Math.round((visibleRect.width * upright.width) / other.visibleRect.width);
  const height = Math.round((visibleRect.height * upright.height) / other.visibleRect.height);
  return isSideways(rotation)
    ? { displayWidth: height, displayHeight: width }
    : { displayWidth: width, displayHeight: height };
}

/** https://w3c.github.io/webcodecs/#dom-videoframe-videoframe-data-init */
function frameFromBuffer(data: webidl.BufferSource, init: VideoFrameBufferInit): Frame {
  const { format, codedWidth, codedHeight } = init;
  // "If init is not a valid VideoFrameBufferInit, throw a TypeError."
  if (codedWidth === 0 || codedHeight === 0) throw new TypeError('VideoFrame: the coded size must not be zero');
  checkDisplaySize(init);
  const codedRect = { x: 0, y: 0, width: codedWidth, height: codedHeight };
  const visibleRect = parseVisibleRect(codedRect, init.visibleRect, codedWidth, codedHeight, format);
  const layout = computeLayout(codedRect, format, init.layout);
  const source = webidl.bytesOf(data);
  // "If data.byteLength is less than combinedLayout's allocationSize, throw a TypeError."
  if (source.length < layout.allocationSize) {
    throw new TypeError(`VideoFrame: ${source.length} bytes given, ${layout.allocationSize} needed`);
  }
  // "If init.transfer contains more than one reference to the same ArrayBuffer, then throw a DataCloneError."
  const detach = webidl.prepareTransfer(init.transfer ?? []);
  const packed = computeLayout(visibleRect, format, undefined);
  const given = layout.planes.map(({ destinationOffset: offset, destinationStride: stride }) => ({ offset, stride }));
  // "If init.transfer contains an ArrayBuffer referenced by data the User Agent MAY choose to: let resource be a new
  // media resource referencing pixel data in data. Otherwise: … containing a copy of data." The visible rectangle is
  // all that is kept: it is the coded size from here on.
  const moved = detach(data);
  const picture = moved
    ? pictureWithin(moved, given, packed, init, visibleRect)
    : copyIn(source, given, packed, init, visibleRect);
  const rotation = parseRotation(init.rotation ?? 0);
  const size = isSideways(rotation)
    ? { displayWidth: visibleRect.height, displayHeight: visibleRect.width }
    : { displayWidth: visibleRect.width, displayHeight: visibleRect.height };
  return {
    content: {
      picture,
      visibleRect: { x: 0, y: 0, width: visibleRect.width, height: visibleRect.height },
      rotation,
      flip: init.flip ?? false,
      displayWidth: init.displayWidth ?? size.displayWidth,
      displayHeight: init.displayHeight ?? size.displayHeight,
      // "Pick Color Space": the one given, else the default of the kind of format.
      colorSpace: init.colorSpace ?? (isRgb(format) ? rgbColorSpace : yuvColorSpace),
    },
    timestamp: init.timestamp,
    duration: init.duration ?? null,
    metadata: { ...init.metadata },
  };
}

/** A picture of `rect` in a packed copy. */
function copyIn(
  source: Uint8Array,
  planes: readonly PlaneLayout[],
  packed: CombinedBufferLayout,
  { format }: VideoFrameBufferInit,
  rect: Rect,
): Picture {
  const { picture, bytes } = allocatePicture(format, rect.width, rect.height);
  copyPlanes(source, planes, packed, bytes);
  return picture;
}

/** A picture of `rect` where it lies in `bytes`. */
function pictureWithin(
  { buffer, byteOffset }: Uint8Array,
  planes: readonly PlaneLayout[],
  packed: CombinedBufferLayout,
  { format }: VideoFrameBufferInit,
  rect: Rect,
): Picture {
  return new Picture({
    format,
    codedWidth: rect.width,
    codedHeight: rect.height,
    planes: planes.map(({ offset, stride }, index) => {
      const { sourceTop, sourceLeftBytes } = packed.planes[index]!;
      return { offset: byteOffset + offset + sourceTop * stride + sourceLeftBytes, stride };
    }),
    buffer,
  });
}

const rgbFormats: readonly PixelFormat[] = ['RGBA', 'RGBX', 'BGRA', 'BGRX'];

let warned = false;

/** Frames that nobody closed and nobody has any more: their memory is given back, late. */
const unclosed = new FinalizationRegistry<Frame>((frame) => {
  if (!frame.content) return;
  frame.content.picture.release();
  frame.content = null;
  if (warned) return;
  warned = true;
  console.warn(
    'everycodec: a VideoFrame was garbage-collected without being closed; call close() to free its memory at once.',
  );
});

let frameOf: (frame: VideoFrame) => Frame;
let isFrame: (value: object) => boolean;

/** A picture with its time and place: https://w3c.github.io/webcodecs/#videoframe-interface */
export class VideoFrame {
  readonly #frame: Frame;
  #colorSpace: VideoColorSpace | undefined;
  #codedRect: DOMRectReadOnly | undefined;
  #visibleRect: DOMRectReadOnly | undefined;

  static {
    frameOf = (frame) => frame.#frame;
    isFrame = (value) => #frame in value;
  }

  /**
   * A frame that shares another frame's picture.
   *
   * @throws {DOMException} InvalidStateError if `image` is closed.
   */
  constructor(image: VideoFrame, init?: VideoFrameInit);
  /**
   * A frame of what a canvas, image, video, bitmap or frame of the runtime's shows now, in sRGB; videos need no
   * `init.timestamp`.
   *
   * @throws {TypeError} if `init.timestamp` is missing.
   * @throws {DOMException} InvalidStateError if there is nothing to show; SecurityError if it is another origin's.
   */
  constructor(image: ImageSource, init?: VideoFrameInit);
  /**
   * A frame of the pixels in `data`, which are copied.
   *
   * @throws {TypeError} if the sizes, the rectangle, the layout and the data do not fit together.
   * @throws {DOMException} DataCloneError if `transfer` names a buffer twice, or a detached one.
   */
  constructor(data: webidl.BufferSource, init: VideoFrameBufferInit);
  constructor(source: unknown, init: unknown = undefined) {
    webidl.requireArguments(arguments.length, 1, 'VideoFrame constructor');
    this.#frame = VideoFrame.#make(source, init, arguments.length);
    unclosed.register(this, this.#frame, this);
    markAsUncloneable(this);
  }

  static #make(source: unknown, init: unknown, given: number): Frame {
    if (source instanceof PreparedFrame) return source.frame;
    if (isVideoFrame(source)) return frameFromFrame(source, videoFrameInit(init, 'VideoFrameInit'));
    if (isImageSource(source)) return frameFromImage(source, videoFrameInit(init, 'VideoFrameInit'));
    const data = webidl.allowSharedBufferSource(source, 'VideoFrame constructor: the image or data');
    webidl.requireArguments(given, 2, 'VideoFrame constructor');
    return frameFromBuffer(data, videoFrameBufferInit(init, 'VideoFrameBufferInit'));
  }

  /** null once closed. */
  get format(): PixelFormat | null {
    return this.#frame.content?.picture.format ?? null;
  }

  /** Pixels, 0 once closed. */
  get codedWidth(): number {
    return this.#frame.content?.picture.codedWidth ?? 0;
  }

  get codedHeight(): number {
    return this.#frame.content?.picture.codedHeight ?? 0;
  }

  get codedRect(): DOMRectReadOnly | null {
    const { content } = this.#frame;
    if (!content) return null;
    this.#codedRect ??= new DOMRectReadOnly(0, 0, content.picture.codedWidth, content.picture.codedHeight);
    return this.#codedRect;
  }

  get visibleRect(): DOMRectReadOnly | null {
    const { content } = this.#frame;
    if (!content) return null;
    this.#visibleRect ??= DOMRectReadOnly.fromRect(content.visibleRect);
    return this.#visibleRect;
  }

  /** Degrees clockwise: 0, 90, 180 or 270. */
  get rotation(): number {
    return this.#frame.content?.rotation ?? 0;
  }

  /** Mirrored horizontally, after the rotation. */
  get flip(): boolean {
    return this.#frame.content?.flip ?? false;
  }

  get displayWidth(): number {
    return this.#frame.content?.displayWidth ?? 0;
  }

  get displayHeight(): number {
    return this.#frame.content?.displayHeight ?? 0;
  }

  /** µs, or null where unknown. */
  get duration(): number | null {
    return this.#frame.duration;
  }

  /** Presentation time, µs. */
  get timestamp(): number {
    return this.#frame.timestamp;
  }

  /** All null once closed. */
  get colorSpace(): VideoColorSpace {
    this.#colorSpace ??= new VideoColorSpace(this.#frame.content?.colorSpace);
    return this.#colorSpace;
  }

  /** A copy of the metadata. @throws {DOMException} InvalidStateError if closed. */
  metadata(): VideoFrameMetadata {
    this.#open();
    return structuredClone(this.#frame.metadata);
  }

  /** "If [[Detached]] is true, throw an InvalidStateError DOMException." */
  #open(): Content {
    const { content } = this.#frame;
    if (!content) throw new DOMException('The VideoFrame is closed.', 'InvalidStateError');
    return content;
  }

  /** https://w3c.github.io/webcodecs/#videoframe-parse-videoframecopytooptions */
  #parseOptions(content: Content, options: VideoFrameCopyToOptions): { rect: Rect; layout: CombinedBufferLayout } {
    const { format, codedWidth, codedHeight } = content.picture;
    const rect = parseVisibleRect(content.visibleRect, options.rect, codedWidth, codedHeight, format);
    if (options.format !== undefined && !rgbFormats.includes(options.format)) {
      throw new DOMException(`Conversion to ${options.format} is not supported.`, 'NotSupportedError');
    }
    return { rect, layout: computeLayout(rect, options.format ?? format, options.layout) };
  }

  /**
   * The bytes that copyTo() needs with these options.
   *
   * @throws {DOMException} InvalidStateError if closed; NotSupportedError for a format that is not RGB.
   * @throws {TypeError} for a rectangle or layout that does not fit.
   */
  allocationSize(options: VideoFrameCopyToOptions = {}): number {
    const converted = copyToOptions(options, 'VideoFrameCopyToOptions');
    return this.#parseOptions(this.#open(), converted).layout.allocationSize;
  }

  /**
   * Copies pixels into `destination`, converted to RGB if `format` asks for that; resolves to where the planes
   * lie. Rejects as allocationSize() throws, and with TypeError if `destination` is too small.
   */
  copyTo(destination: webidl.BufferSource, options: VideoFrameCopyToOptions = {}): Promise<PlaneLayout[]> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'VideoFrame.copyTo');
      const target = webidl.bytesOf(webidl.allowSharedBufferSource(destination, 'VideoFrame.copyTo: destination'));
      const converted = copyToOptions(options, 'VideoFrameCopyToOptions');
      const content = this.#open();
      const { rect, layout } = this.#parseOptions(content, converted);
      // "If destination.byteLength is less than combinedLayout's allocationSize, return a promise rejected with a TypeError."
      if (target.length < layout.allocationSize) {
        throw new TypeError(`VideoFrame.copyTo: ${target.length} bytes given, ${layout.allocationSize} needed`);
      }
      await copyOut(content, rect, layout, target, converted);
      return layout.planes.map(({ destinationOffset: offset, destinationStride: stride }) => ({ offset, stride }));
    });
  }

  /** A frame that shares the picture. @throws {DOMException} InvalidStateError if closed. */
  clone(): VideoFrame {
    const content = this.#open();
    content.picture.retain();
    const { timestamp, duration, metadata } = this.#frame;
    return wrap({ content: { ...content }, timestamp, duration, metadata: structuredClone(metadata) });
  }

  /** Gives up the picture. Closing again does nothing. */
  close(): undefined {
    const { content } = this.#frame;
    if (!content) return undefined;
    this.#frame.content = null;
    this.#colorSpace = undefined;
    unclosed.unregister(this);
    content.picture.release();
    return undefined;
  }
}

webidl.defineInterface(VideoFrame, 'VideoFrame');

function copyOut(
  { picture, colorSpace }: Content,
  rect: Rect,
  layout: CombinedBufferLayout,
  target: Uint8Array,
  options: VideoFrameCopyToOptions,
): Promise<void> | undefined {
  if (options.format === undefined) {
    const copy = () => copyPlanes(new Uint8Array(picture.buffer), picture.planes, layout, target);
    if (picture.load) return picture.load(copy);
    copy();
    return undefined;
  }
  const { destinationOffset: offset, destinationStride: stride } = layout.planes[0]!;
  return convertPicture(picture, colorSpace, rect, {
    format: options.format as RgbFormat,
    colorSpace: options.colorSpace ?? 'srgb',
    bytes: target,
    offset,
    stride,
  });
}

const wrap = (frame: Frame): VideoFrame => new VideoFrame(new PreparedFrame(frame) as unknown as VideoFrame);

/** @internal */
export const isVideoFrame = (value: unknown): value is VideoFrame =>
  typeof value === 'object' && value !== null && isFrame(value);

/** @internal A frame of a decoded picture; takes over one reference of it. */
export function createVideoFrame({
  timestamp,
  duration,
  picture,
  visibleRect,
  rotation = 0,
  flip = false,
  displayWidth,
  displayHeight,
  colorSpace,
}: Omit<Content, 'rotation' | 'flip'> & {
  timestamp: number;
  duration: number | null;
  rotation?: number | undefined;
  flip?: boolean | undefined;
}): VideoFrame {
  const content = { picture, visibleRect, rotation, flip, displayWidth, displayHeight, colorSpace };
  return wrap({ content, timestamp, duration, metadata: {} });
}

/** @internal What a frame shows, null once it is closed. The picture is only lent. */
export const pictureOf = (frame: VideoFrame): Readonly<Content> | null => frameOf(frame).content;

/** @internal */
export const isClosed = (frame: VideoFrame): boolean => frameOf(frame).content === null;
