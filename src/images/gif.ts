/** GIF: the GIF89a specification, and the looping extension of Netscape's Navigator 2.0. */
import { ByteReader, isPrefix, latin1 } from './byte-reader.ts';
import { checkCanvasSize, ImageError, type ImageFrame } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';

/** Appendix A and B. */
const label = {
  extension: 0x21,
  imageSeparator: 0x2c,
  trailer: 0x3b,
  graphicControl: 0xf9,
  application: 0xff,
} as const;

const gif89a = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61];
const headerSize = 13;
const imageDescriptorSize = 10;
const loopingApplications: readonly string[] = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Bytes of a colour table by the packed fields of the descriptor in front of it. */
const colorTableSize = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

interface GraphicControl {
  dispose: ImageFrame['dispose'];
  /** µs */
  delay: number;
  transparentIndex: number | undefined;
}

const noGraphicControl: GraphicControl = { dispose: 'none', delay: 0, transparentIndex: undefined };

export class GifParser extends IncrementalParser {
  /** Where the next block begins. */
  #at = 0;
  /** Within that block: the next sub-block. 0: no sub-blocks have been looked at. */
  #subBlock = 0;
  #globalColorTable = new Uint8Array(0);
  #packed = 0;
  #graphicControl = noGraphicControl;
  #hasLoop = false;
  #timestamp = 0;
  #isDone = false;

  protected override step(data: Uint8Array): boolean {
    if (this.#isDone) return false;
    if (this.#at === 0) return this.#readHeader(data);
    switch (data[this.#at]) {
      case undefined:
        return false;
      case label.extension:
        return this.#readExtension(data);
      case label.imageSeparator:
        return this.#readImage(data);
      case label.trailer:
        return this.#finish();
      default:
        // Browsers show what came before the rubbish.
        if (this.#frames.length === 0) throw new ImageError('a block of an unknown kind');
        return this.#finish();
    }
  }

  get #frames(): ImageFrame[] {
    return this.contents?.tracks[0]?.frames ?? [];
  }

  /** Sections 17 and 18. */
  #readHeader(data: Uint8Array): boolean {
    const version = data[4] === 0x37 ? 'GIF87a' : 'GIF89a';
    if (
      !isPrefix(
        data,
        [...version].map((letter) => letter.charCodeAt(0)),
      )
    )
      throw new ImageError('not a GIF file');
    if (data.length < headerSize) return false;
    const reader = new ByteReader(data).skip(6);
    const width = reader.u16le();
    const height = reader.u16le();
    checkCanvasSize(width, height);
    this.#packed = reader.u8();
    const end = headerSize + colorTableSize(this.#packed);
    if (data.length < end) return false;
    this.#globalColorTable = data.slice(headerSize, end);
    this.#at = end;
    this.contents = {
      format: 'gif',
      width,
      height,
      rotation: 0,
      flip: false,
      // Whatever no frame covers is transparent.
      hasAlpha: true,
      colorSpace: undefined,
      // Taken for an animation until the end shows that it is none, as Chromium does.
      tracks: [{ animated: true, repetitionCount: 0, frames: [] }],
      primaryTrack: 0,
    };
    return true;
  }

  /** Section 23 and on. */
  #readExtension(data: Uint8Array): boolean {
    const end = this.#endOfSubBlocks(data, this.#at + 2);
    if (end === undefined) return false;
    const body = data.subarray(this.#at + 2, end);
    switch (data[this.#at + 1]) {
      case label.graphicControl:
        this.#graphicControl = readGraphicControl(body) ?? this.#graphicControl;
        break;
      case label.application:
        this.#readApplication(body);
        break;
    }
    this.#goTo(end);
    return true;
  }

  #readApplication(body: Uint8Array): void {
    const count = readLoopCount(body);
    if (count === undefined) return;
    this.#hasLoop = true;
    // "As written": 5 stands for six times in all. 0 is for ever.
    this.contents!.tracks[0]!.repetitionCount = count === 0 ? Number.POSITIVE_INFINITY : count;
  }

  /** Section 20 and on: descriptor, local colour table, the code size, and the image's data in sub-blocks. */
  #readImage(data: Uint8Array): boolean {
    const begin = this.#at + imageDescriptorSize;
    if (data.length < begin) return false;
    const dataBegin = begin + colorTableSize(data[begin - 1]!) + 1;
    const end = this.#endOfSubBlocks(data, dataBegin);
    if (end === undefined) return false;
    this.#addFrame(data.subarray(this.#at, end));
    this.#goTo(end);
    return true;
  }

  /** `image`: from the descriptor on. */
  #addFrame(image: Uint8Array, isCut = false): void {
    const reader = new ByteReader(image).skip(1);
    const { dispose, delay, transparentIndex } = this.#graphicControl;
    const [x, y] = [reader.u16le(), reader.u16le()];
    // 0 stands for the whole canvas, as FFmpeg's decoder takes it.
    const width = reader.u16le() || this.contents!.width;
    const height = reader.u16le() || this.contents!.height;
    const colors = { packed: this.#packed, table: this.#globalColorTable };
    this.#frames.push({
      get data() {
        return standAlone(image, { width, height, transparentIndex, colors });
      },
      x,
      y,
      width,
      height,
      blend: 'over',
      dispose,
      timestamp: this.#timestamp,
      duration: delay,
      isKey: this.#frames.length === 0,
      ...(isCut && { isCut }),
    });
    this.#timestamp += delay;
    // "The scope of this extension is the first graphic rendering block to follow."
    this.#graphicControl = noGraphicControl;
  }

  /** The end of the sub-blocks that begin at `begin` (section 15); undefined if it is not there yet. */
  #endOfSubBlocks(data: Uint8Array, begin: number): number | undefined {
    let at = Math.max(this.#subBlock, begin);
    for (;;) {
      const size = data[at];
      if (size === 0) return at + 1;
      if (size === undefined || at + 1 + size > data.length) break;
      at += 1 + size;
    }
    this.#subBlock = at;
    return undefined;
  }

  #goTo(at: number): void {
    this.#at = at;
    this.#subBlock = 0;
  }

  #finish(): boolean {
    this.#isDone = true;
    const [first] = this.#frames;
    if (!this.#hasLoop && first && this.#frames.length === 1) {
      this.contents!.tracks[0]!.animated = false;
      first.duration = null;
    }
    return false;
  }

  protected override end(data: Uint8Array): void {
    if (this.#isDone || !this.contents) return;
    this.#giveCutImage(data);
    this.#finish();
  }

  #giveCutImage(data: Uint8Array): void {
    if (data[this.#at] !== label.imageSeparator) return;
    const begin = this.#at + imageDescriptorSize;
    // The decoder wants the code size and a byte more.
    if (begin > data.length || begin + colorTableSize(data[begin - 1]!) + 2 > data.length) return;
    this.#addFrame(data.subarray(this.#at), true);
  }
}

interface FrameDescription {
  width: number;
  height: number;
  transparentIndex: number | undefined;
  /** Of the file: the logical screen's packed fields, and its colour table. */
  colors: { packed: number; table: Uint8Array };
}

/** A file of this frame alone, at the top left of a screen of its own size: what becomes of frames is not for its decoder. */
function standAlone(image: Uint8Array, { width, height, transparentIndex, colors }: FrameDescription): Uint8Array {
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  const control = [label.extension, label.graphicControl, 4, 1, 0, 0, transparentIndex ?? 0, 0];
  const descriptor = [label.imageSeparator, 0, 0, 0, 0, ...size, image[imageDescriptorSize - 1]!];
  const parts = [
    gif89a,
    [...size, colors.packed, 0, 0],
    colors.table,
    transparentIndex === undefined ? [] : control,
    descriptor,
    image.subarray(imageDescriptorSize),
    [label.trailer],
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** Section 23. */
function readGraphicControl(body: Uint8Array): GraphicControl | undefined {
  if (body[0] !== 4) return undefined;
  const reader = new ByteReader(body).skip(1);
  const packed = reader.u8();
  const disposalMethod = (packed >> 2) & 7;
  // Hundredths of a second, as written. Browsers show a frame of less than 20 ms for 100 ms, but Chromium does that
  // where it draws (DeferredImageDecoder); its ImageDecoder gives the file's own number, 0 as well.
  const delay = reader.u16le() * 10_000;
  return {
    // 4 is what early encoders wrote for 3.
    dispose: disposalMethod === 2 ? 'background' : disposalMethod === 3 || disposalMethod === 4 ? 'previous' : 'none',
    delay,
    transparentIndex: packed & 1 ? reader.u8() : undefined,
  };
}

/** The number of repetitions; undefined for the extension of another application. */
function readLoopCount(body: Uint8Array): number | undefined {
  if (body[0] !== 11 || !loopingApplications.includes(latin1(body.subarray(1, 12)))) return undefined;
  const block = new ByteReader(body).skip(12);
  // A sub-block of three bytes that begins with the identifier 1.
  if (block.left < 4 || block.u8() < 3 || (block.u8() & 7) !== 1) return undefined;
  return block.u16le();
}
