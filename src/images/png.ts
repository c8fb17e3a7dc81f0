/** PNG with its animations: Portable Network Graphics (Third Edition), https://www.w3.org/TR/png-3/ */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import { ByteReader, concatenate, isPrefix, latin1 } from './byte-reader.ts';
import { coversCanvas } from './canvas.ts';
import { crc32 } from './crc32.ts';
import { type Orientation, orientationOfExif } from './exif.ts';
import { checkCanvasSize, ImageError, type ImageFrame } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';
import { stillFrame, stillTrack } from './still.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const chunkHeaderSize = 8;
const crcSize = 4;
const largestNumber = 0x7fffffff;

/** Table 1: bit depths by colour type. */
const bitDepths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * What a frame needs of the chunks before the first IDAT, and the most bytes they can have: they are repeated in front
 * of each frame. A colour profile (iCCP), which can be long, is of no use to the decoder.
 */
const chunksOfFrames: Readonly<Record<string, number>> = {
  PLTE: 768,
  tRNS: 256,
  cHRM: 32,
  gAMA: 4,
  sBIT: 4,
  sRGB: 1,
  cICP: 4,
  mDCV: 24,
  cLLI: 8,
};

interface Header {
  width: number;
  height: number;
  colorType: number;
  /** The chunk's data. */
  bytes: Uint8Array;
}

interface Chunk {
  type: string;
  data: Uint8Array;
  isIntact(): boolean;
}

/** fcTL */
interface FrameControl extends Pick<ImageFrame, 'x' | 'y' | 'width' | 'height' | 'blend' | 'dispose'> {
  /** µs */
  delay: number;
}

/** The frame whose data chunks are coming in. */
interface OpenFrame {
  control: FrameControl;
  parts: Uint8Array[];
}

export class PngParser extends IncrementalParser {
  #at = 0;
  #header: Header | undefined;
  /** Before IDAT: chunks of one kind, the first of each. */
  readonly #chunks = new Map<string, Uint8Array>();
  #orientation: Orientation | undefined;
  /** acTL; undefined: it is a still image, or the animation is damaged so early that it counts as one. */
  #animation: { frames: number; plays: number } | undefined;
  #isAnimationIgnored = false;
  #sequenceNumber = 0;
  #frame: OpenFrame | undefined;
  #isAfterImageData = false;
  #timestamp = 0;
  #isDone = false;

  protected override step(data: Uint8Array): boolean {
    if (this.#isDone) return false;
    if (this.#at === 0) return this.#readSignature(data);
    if (data.length < this.#at + chunkHeaderSize) return false;
    const reader = new ByteReader(data.subarray(this.#at, this.#at + chunkHeaderSize));
    const length = reader.u32();
    const type = reader.code();
    if (length > largestNumber) throw new ImageError(`a chunk of ${length} bytes`);
    if (type === 'IDAT' && !this.contents) this.#beginImage();
    const begin = this.#at + chunkHeaderSize;
    const end = begin + length + crcSize;
    if (data.length < end) return false;
    this.#readChunk({
      type,
      data: data.subarray(begin, begin + length),
      isIntact: () => crc32(data.subarray(begin - 4, begin + length)) === new ByteReader(data.subarray(end - 4)).u32(),
    });
    this.#at = end;
    if (type === 'IEND') this.#endFile(data);
    return true;
  }

  #readSignature(data: Uint8Array): boolean {
    if (!isPrefix(data, signature)) throw new ImageError('not a PNG file');
    if (data.length < signature.length) return false;
    this.#at = signature.length;
    return true;
  }

  #readChunk(chunk: Chunk): void {
    if (!this.#header) this.#readHeader(chunk);
    else if (!this.contents) this.#readChunkBeforeImage(chunk);
    else if (this.#animation) this.#readChunkOfAnimation(chunk);
  }

  /** 11.2.1 */
  #readHeader(chunk: Chunk): void {
    if (chunk.type !== 'IHDR' || chunk.data.length !== 13 || !chunk.isIntact()) {
      throw new ImageError('the image header is missing or damaged');
    }
    const reader = new ByteReader(chunk.data);
    const width = reader.u32();
    const height = reader.u32();
    checkCanvasSize(width, height);
    const bitDepth = reader.u8();
    const colorType = reader.u8();
    if (!bitDepths[colorType]?.includes(bitDepth)) {
      throw new ImageError(`a PNG image of colour type ${colorType} with ${bitDepth} bits`);
    }
    if (reader.u8() !== 0 || reader.u8() !== 0 || reader.u8() > 1) {
      throw new ImageError('unknown compression, filter or interlace method');
    }
    this.#header = { width, height, colorType, bytes: chunk.data };
  }

  #readChunkBeforeImage(chunk: Chunk): void {
    switch (chunk.type) {
      case 'IHDR':
      case 'IEND':
        throw new ImageError(`the chunk ${chunk.type} comes before the image`);
      case 'acTL':
      case 'fcTL':
      case 'fdAT':
        this.#readEarlyAnimationChunk(chunk);
        break;
      case 'eXIf':
        this.#orientation ??= orientationOfExif(chunk.data);
        break;
      case 'PLTE':
        if (!chunk.isIntact()) throw new ImageError('the palette is damaged');
    }
    const isOfFrames = chunk.data.length <= (chunksOfFrames[chunk.type] ?? -1);
    if ((isOfFrames || chunk.type === 'iCCP') && !this.#chunks.has(chunk.type)) {
      this.#chunks.set(chunk.type, isOfFrames ? chunk.data : chunk.data.subarray(0, 0));
    }
  }

  /** What is wrong before the image data makes it a still image, as in Chromium. */
  #readEarlyAnimationChunk(chunk: Chunk): void {
    try {
      if (!chunk.isIntact() || chunk.type === 'fdAT') throw new ImageError('a chunk is damaged or in the wrong place');
      if (chunk.type === 'acTL') this.#readAnimationControl(chunk);
      else this.#readFrameControl(chunk, true);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      this.#isAnimationIgnored = true;
    }
  }

  /** 11.3.6.1 */
  #readAnimationControl(chunk: Chunk): void {
    if (this.#animation || chunk.data.length !== 8) throw new ImageError('an animation control chunk too much');
    const reader = new ByteReader(chunk.data);
    const frames = reader.u32();
    const plays = reader.u32();
    if (frames === 0 || frames > largestNumber || plays > largestNumber) throw new ImageError('impossible numbers');
    this.#animation = { frames, plays };
  }

  /** 11.3.6.2 */
  #readFrameControl(chunk: Chunk, isOfDefaultImage: boolean): void {
    if (chunk.data.length !== 26 || !chunk.isIntact()) throw new ImageError('a frame control chunk is damaged');
    if (this.#frame) throw new ImageError('a frame has no data');
    const reader = new ByteReader(chunk.data);
    this.#takeSequenceNumber(reader.u32());
    const control = readFrameControl(reader);
    const { width, height } = this.#header!;
    const fits = control.x + control.width <= width && control.y + control.height <= height;
    const covers = control.width === width && control.height === height;
    if (!control.width || !control.height || !fits || (isOfDefaultImage && !covers)) {
      throw new ImageError('a frame lies outside the canvas');
    }
    this.#frame = { control, parts: [] };
  }

  #takeSequenceNumber(number: number): void {
    if (number !== this.#sequenceNumber++) throw new ImageError('a chunk of the animation is missing');
  }

  #beginImage(): void {
    if (!this.#header) throw new ImageError('image data come before the header');
    const { width, height, colorType } = this.#header;
    if (this.#isAnimationIgnored || !this.#animation) {
      this.#animation = undefined;
      this.#frame = undefined;
    }
    // An animation of one frame is none (Chromium: kAnimationNone).
    const animated = (this.#animation?.frames ?? 1) > 1;
    const plays = this.#animation?.plays ?? 1;
    const repetitionCount = plays === 0 ? Number.POSITIVE_INFINITY : plays - 1;
    this.contents = {
      format: 'png',
      width,
      height,
      rotation: this.#orientation?.rotation ?? 0,
      flip: this.#orientation?.flip ?? false,
      hasAlpha: colorType >= 4 || this.#chunks.has('tRNS'),
      colorSpace: this.#colorSpace(),
      tracks: [animated ? { animated, repetitionCount, frames: [] } : stillTrack()],
      primaryTrack: 0,
    };
  }

  /** 4.3: cICP goes before iCCP, iCCP before sRGB. */
  #colorSpace(): VideoColorSpaceInit | undefined {
    const cicp = this.#chunks.get('cICP');
    // The pixels are RGB, whatever the matrix: "MC shall be set to 0".
    if (cicp?.length === 4) return colorSpaceFromH273(cicp[0]!, cicp[1]!, 0, cicp[3] === 1);
    if (this.#chunks.has('iCCP') || !this.#chunks.has('sRGB')) return undefined;
    return { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true };
  }

  #readChunkOfAnimation(chunk: Chunk): void {
    switch (chunk.type) {
      case 'IDAT':
        if (this.#isAfterImageData) throw new ImageError('image data come after those of the animation');
        // Without a frame control chunk in front, the image is for those who know no animations.
        if (this.#frame) this.#frame.parts.push(chunk.data);
        break;
      case 'fdAT': {
        if (!this.#frame || !this.#isAfterImageData) throw new ImageError('frame data come without frame control');
        const reader = new ByteReader(chunk.data);
        this.#takeSequenceNumber(reader.u32());
        this.#frame.parts.push(reader.bytes());
        break;
      }
      case 'fcTL':
        this.#closeFrame();
        if (this.#frames.length === this.#animation!.frames) throw new ImageError('more frames than announced');
        this.#isAfterImageData = true;
        this.#readFrameControl(chunk, false);
        break;
      case 'acTL':
        throw new ImageError('animation control comes after the image data');
      case 'IEND':
        this.#closeFrame();
        if (this.#frames.length !== this.#animation!.frames) throw new ImageError('fewer frames than announced');
    }
  }

  get #frames(): ImageFrame[] {
    return this.contents!.tracks[0]!.frames;
  }

  /** The frame is complete: the chunk after its data has come. */
  #closeFrame(isCut = false): void {
    if (!this.#frame) return;
    const { control, parts } = this.#frame;
    if (parts.length === 0) throw new ImageError('a frame has no data');
    const header = this.#headerChunks(control);
    const { delay, ...place } = control;
    this.#frames.push({
      // Put together when it is wanted: in memory, an animation does not grow.
      get data() {
        return concatenate([...header, ...pngChunk('IDAT', concatenate(parts)), ...pngChunk('IEND')]);
      },
      ...place,
      // 11.3.6.2: for the first frame, "previous" is as "background".
      dispose: this.#frames.length === 0 && place.dispose === 'previous' ? 'background' : place.dispose,
      timestamp: this.#timestamp,
      duration: this.contents!.tracks[0]!.animated ? delay : null,
      isKey: coversCanvas(control, this.#frames.at(-1), this.contents!),
      ...(isCut && { isCut }),
    });
    this.#timestamp += delay;
    this.#frame = undefined;
  }

  /** Signature and chunks of a PNG file of this frame alone. */
  #headerChunks({ width, height }: FrameControl): Uint8Array[] {
    const header = this.#header!.bytes.slice();
    const view = new DataView(header.buffer);
    view.setUint32(0, width);
    view.setUint32(4, height);
    const chunks = [...this.#chunks].filter(([type]) => type !== 'iCCP');
    return [signature, ...pngChunk('IHDR', header), ...chunks.flatMap(([type, data]) => pngChunk(type, data))];
  }

  /** The file's end is reached, and no animation was in it: the file is the frame. */
  #endFile(data: Uint8Array): void {
    this.#isDone = true;
    if (this.contents && !this.#animation) this.#frames.push(stillFrame(data.subarray(0, this.#at), this.contents));
  }

  protected override end(data: Uint8Array): void {
    if (this.#isDone || !this.contents) return;
    if (!this.#animation) this.#frames.push(cutStillFrame(data, this.#at, this.contents));
    // Chromium shows the first frame of an animation while it comes in, the others when they are complete.
    else if (this.#frames.length === 0 && this.#frame) {
      const part = cutChunk(data, this.#at, this.#isAfterImageData ? 'fdAT' : 'IDAT');
      if (part) this.#frame.parts.push(this.#isAfterImageData ? part.subarray(4) : part);
      if (this.#frame.parts.length > 0) this.#closeFrame(true);
    }
    this.#isDone = true;
  }
}

/** `reader` stands behind the sequence number. */
function readFrameControl(reader: ByteReader): FrameControl {
  const width = reader.u32();
  const height = reader.u32();
  const x = reader.u32();
  const y = reader.u32();
  const numerator = reader.u16();
  // "If the denominator is 0, it is to be treated as if it were 100."
  const denominator = reader.u16() || 100;
  const dispose = (['none', 'background', 'previous'] as const)[reader.u8()];
  const blend = (['source', 'over'] as const)[reader.u8()];
  if (!dispose || !blend) throw new ImageError('an unknown way to dispose of or to blend a frame');
  return { x, y, width, height, dispose, blend, delay: Math.round((numerator * 1e6) / denominator) };
}

/** The parts of one chunk (5.3). */
function pngChunk(type: string, data: Uint8Array = new Uint8Array(0)): Uint8Array[] {
  const header = new Uint8Array(chunkHeaderSize);
  new DataView(header.buffer).setUint32(0, data.length);
  for (let i = 0; i < 4; i++) header[4 + i] = type.charCodeAt(i);
  const checksum = new Uint8Array(crcSize);
  new DataView(checksum.buffer).setUint32(0, crc32(header.subarray(4), data));
  return [header, data, checksum];
}

/** What is there of the chunk at `at`, which is cut off, if it is of this type. */
function cutChunk(data: Uint8Array, at: number, type: string): Uint8Array | undefined {
  const isOfType = latin1(data.subarray(at + 4, at + chunkHeaderSize)) === type;
  return isOfType ? data.subarray(at + chunkHeaderSize) : undefined;
}

/** A file that ends in the middle becomes one that ends properly: the decoder then gives the rows that are there. */
function cutStillFrame(data: Uint8Array, at: number, size: { width: number; height: number }): ImageFrame {
  const rest = cutChunk(data, at, 'IDAT');
  const parts = [data.subarray(0, at), ...(rest ? pngChunk('IDAT', rest) : []), ...pngChunk('IEND')];
  return stillFrame(concatenate(parts), size, true);
}
