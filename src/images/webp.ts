/** WebP with its animations: RFC 9649; the frame header of VP8: RFC 6386, 9.1. */
import { ByteReader, concatenate, isPrefix } from './byte-reader.ts';
import { coversCanvas } from './canvas.ts';
import { type Orientation, orientationOfExif } from './exif.ts';
import { checkCanvasSize, ImageError, type ImageFrame } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';
import { stillFrame, stillTrack } from './still.ts';

const fileHeaderSize = 12;
const chunkHeaderSize = 8;
/** Flags of VP8X, 2.7. */
const flag = { animation: 0x02, exif: 0x08, alpha: 0x10 } as const;

interface Size {
  width: number;
  height: number;
}

interface ExtendedHeader extends Size {
  flags: number;
}

interface Chunk {
  type: string;
  data: Uint8Array;
}

const padded = (size: number): number => size + (size & 1);

export class WebpParser extends IncrementalParser {
  #at = 0;
  /** Where the file ends by its own account. */
  #fileEnd = 0;
  #extended: ExtendedHeader | undefined;
  #orientation: Orientation | undefined;
  /** Size of the still image and whether it has alpha. */
  #image: (Size & { hasAlpha: boolean }) | undefined;
  #hasAlphaChunk = false;
  #repetitionCount: number | undefined;
  #timestamp = 0;
  #isDone = false;

  protected override step(data: Uint8Array): boolean {
    if (this.#isDone) return false;
    if (this.#at === 0) return this.#readFileHeader(data);
    if (this.#at + chunkHeaderSize > this.#fileEnd) return data.length >= this.#fileEnd && this.#finish(data);
    if (data.length < this.#at + chunkHeaderSize) return false;
    const reader = new ByteReader(data.subarray(this.#at, this.#at + chunkHeaderSize));
    const type = reader.code();
    const size = reader.u32le();
    const begin = this.#at + chunkHeaderSize;
    if (begin + size > this.#fileEnd) throw new ImageError(`the chunk '${type}' reaches beyond the file`);
    // The image's size stands at its beginning.
    if (type === 'VP8 ' || type === 'VP8L') {
      const bytesThere = Math.min(size, data.length - begin);
      if (bytesThere < Math.min(size, 10)) return false;
      this.#readImage({ type, data: data.subarray(begin, begin + bytesThere) });
    }
    if (data.length < begin + size) return false;
    this.#readChunk({ type, data: data.subarray(begin, begin + size) });
    // The last chunk may lack its padding.
    this.#at = begin + padded(size);
    return true;
  }

  /** 2.4 */
  #readFileHeader(data: Uint8Array): boolean {
    const isWebp = isPrefix(data, codes('RIFF')) && isPrefix(data.subarray(8), codes('WEBP'));
    if (!isWebp) throw new ImageError('not a WebP file');
    if (data.length < fileHeaderSize) return false;
    const size = new ByteReader(data).skip(4).u32le();
    if (size < 4 + chunkHeaderSize) throw new ImageError('a WebP file without chunks');
    this.#fileEnd = 8 + size;
    this.#at = fileHeaderSize;
    return true;
  }

  get #isAnimated(): boolean {
    return ((this.#extended?.flags ?? 0) & flag.animation) !== 0;
  }

  #readChunk(chunk: Chunk): void {
    switch (chunk.type) {
      case 'VP8X':
        this.#readExtendedHeader(chunk.data);
        break;
      case 'ALPH':
        if (!this.#image) this.#hasAlphaChunk = true;
        break;
      case 'EXIF':
        // Behind the frames of an animation it comes too late, and is not looked at.
        if (!this.contents) this.#orientation ??= orientationOfExif(chunk.data);
        break;
      case 'ANIM':
        this.#readAnimation(chunk.data);
        break;
      case 'ANMF':
        this.#readFrame(chunk.data);
    }
  }

  /** 2.7 */
  #readExtendedHeader(data: Uint8Array): void {
    if (this.#extended || this.#image) throw new ImageError('the extended header is not the first chunk');
    const reader = new ByteReader(data);
    const flags = reader.u8();
    reader.skip(3);
    this.#extended = { flags, width: reader.u24le() + 1, height: reader.u24le() + 1 };
    checkCanvasSize(this.#extended.width, this.#extended.height);
  }

  /** The first image of a file that is no animation. */
  #readImage(chunk: Chunk): void {
    if (this.#image || this.#isAnimated) return;
    const { hasAlpha, ...size } = readBitstreamHeader(chunk);
    checkCanvasSize(size.width, size.height);
    if (this.#extended && !isSameSize(size, this.#extended)) throw new ImageError('the image does not fill its canvas');
    this.#image = { ...size, hasAlpha: hasAlpha || this.#hasAlphaChunk };
    // EXIF data come behind the image, which nobody can decode before anyway.
    if (!((this.#extended?.flags ?? 0) & flag.exif)) this.#beginStillImage();
  }

  #beginStillImage(): void {
    const { width, height, hasAlpha } = this.#image!;
    this.#begin({ width, height }, hasAlpha, false);
  }

  #begin({ width, height }: Size, hasAlpha: boolean, animated: boolean): void {
    this.contents = {
      format: 'webp',
      width,
      height,
      rotation: this.#orientation?.rotation ?? 0,
      flip: this.#orientation?.flip ?? false,
      hasAlpha,
      colorSpace: undefined,
      tracks: [animated ? { animated, repetitionCount: this.#repetitionCount!, frames: [] } : stillTrack()],
      primaryTrack: 0,
    };
  }

  /** 2.7.1.1: background colour, which browsers ignore, and how often all is shown. */
  #readAnimation(data: Uint8Array): void {
    if (!this.#isAnimated || this.#repetitionCount !== undefined) return;
    const plays = new ByteReader(data).skip(4).u16le();
    this.#repetitionCount = plays === 0 ? Number.POSITIVE_INFINITY : plays - 1;
  }

  /** 2.7.1.1: ANMF */
  #readFrame(data: Uint8Array): void {
    if (!this.#isAnimated || !this.#extended) return;
    if (this.#repetitionCount === undefined) throw new ImageError('a frame comes before the animation chunk');
    const canvas = this.#extended;
    if (!this.contents) this.#begin(canvas, (canvas.flags & flag.alpha) !== 0, true);
    const frame = readFrame(data, this.#timestamp);
    if (frame.x + frame.width > canvas.width || frame.y + frame.height > canvas.height) {
      throw new ImageError('a frame lies outside the canvas');
    }
    const { frames } = this.contents!.tracks[0]!;
    frame.isKey = coversCanvas(frame, frames.at(-1), this.contents!);
    this.#timestamp += frame.duration ?? 0;
    frames.push(frame);
  }

  #finish(data: Uint8Array): boolean {
    this.#isDone = true;
    if (this.#image) {
      if (!this.contents) this.#beginStillImage();
      this.contents!.tracks[0]!.frames.push(stillFrame(data.subarray(0, this.#fileEnd), this.contents!));
    }
    if (!this.contents) throw new ImageError('the file has no image');
    return false;
  }

  /** A frame that is cut off is left out: the decoder makes nothing of it. */
  protected override end(data: Uint8Array): void {
    if (this.#isDone) return;
    // The padding of the last chunk alone may lack.
    if (this.#at > 0 && this.#at >= this.#fileEnd) this.#finish(data);
    else if (this.#image && !this.contents) this.#beginStillImage();
  }
}

const codes = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

const isSameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

function readBitstreamHeader({ type, data }: Chunk): Size & { hasAlpha: boolean } {
  return type === 'VP8L' ? readLosslessHeader(data) : { ...readLossyHeader(data), hasAlpha: false };
}

/** RFC 6386, 9.1 and 19.1: a key frame. The upper two bits of both sizes are for scaling. */
function readLossyHeader(data: Uint8Array): Size {
  const reader = new ByteReader(data);
  const isInterFrame = reader.u24le() & 1;
  if (isInterFrame || reader.u24le() !== 0x2a019d) throw new ImageError('not a VP8 key frame');
  return { width: reader.u16le() & 0x3fff, height: reader.u16le() & 0x3fff };
}

/** RFC 9649, 3.4 */
function readLosslessHeader(data: Uint8Array): Size & { hasAlpha: boolean } {
  const reader = new ByteReader(data);
  if (reader.u8() !== 0x2f) throw new ImageError('not a VP8L image');
  const bits = reader.u32le();
  if (bits >>> 29 !== 0) throw new ImageError('a VP8L image of an unknown version');
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, hasAlpha: ((bits >>> 28) & 1) === 1 };
}

/** The frame of an ANMF chunk, as if it were no key frame. */
function readFrame(data: Uint8Array, timestamp: number): ImageFrame {
  const reader = new ByteReader(data);
  const x = reader.u24le() * 2;
  const y = reader.u24le() * 2;
  const size = { width: reader.u24le() + 1, height: reader.u24le() + 1 };
  const duration = reader.u24le() * 1000;
  const flags = reader.u8();
  const image = readFrameImage(reader);
  if (!isSameSize(readBitstreamHeader(image.bitstream), size)) throw new ImageError('a frame is of another size');
  return {
    // Put together when it is wanted: in memory, an animation does not grow.
    get data() {
      return stillFile(size, image.alpha, image.bitstream);
    },
    x,
    y,
    ...size,
    blend: flags & 2 ? 'source' : 'over',
    dispose: flags & 1 ? 'background' : 'none',
    timestamp,
    duration,
    isKey: false,
  };
}

/** The chunks within an ANMF chunk. */
function readFrameImage(reader: ByteReader): { alpha: Uint8Array | undefined; bitstream: Chunk } {
  let alpha: Uint8Array | undefined;
  while (reader.left >= chunkHeaderSize) {
    const type = reader.code();
    const size = reader.u32le();
    const data = reader.bytes(size);
    reader.skip(Math.min(reader.left, size & 1));
    if (type === 'ALPH') alpha ??= data;
    // What follows the image is for later versions of the format.
    if (type === 'VP8 ' || type === 'VP8L')
      return { alpha: type === 'VP8 ' ? alpha : undefined, bitstream: { type, data } };
  }
  throw new ImageError('a frame has no image');
}

function stillFile(size: Size, alpha: Uint8Array | undefined, { type, data }: Chunk): Uint8Array {
  const image = riffChunk(type, data);
  const chunks = alpha ? [...riffChunk('VP8X', extendedHeader(size)), ...riffChunk('ALPH', alpha), ...image] : image;
  const body = concatenate([Uint8Array.from(codes('WEBP')), ...chunks]);
  return concatenate(riffChunk('RIFF', body));
}

function extendedHeader({ width, height }: Size): Uint8Array {
  const header = new Uint8Array(10);
  const view = new DataView(header.buffer);
  // 24 bits each; the canvas is no wider than a bitstream can say, which is 14 bits.
  view.setUint8(0, flag.alpha);
  view.setUint16(4, width - 1, true);
  view.setUint16(7, height - 1, true);
  return header;
}

/** The parts of one chunk, 2.3. */
function riffChunk(type: string, data: Uint8Array): Uint8Array[] {
  const header = new Uint8Array(chunkHeaderSize);
  header.set(codes(type));
  new DataView(header.buffer).setUint32(4, data.length, true);
  return [header, data, new Uint8Array(data.length & 1)];
}
