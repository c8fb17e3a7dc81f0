/** BMP: Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER with its successors, and OS/2's BITMAPCOREHEADER. */
import { withKnownMasks } from './bmp-masks.ts';
import { ByteReader, isPrefix } from './byte-reader.ts';
import { checkCanvasSize, ImageError } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';
import { stillFrame, stillTrack } from './still.ts';

const fileHeaderSize = 14;
const coreHeaderSize = 12;
const infoHeaderSize = 40;
/** biCompression */
const compression = { rgb: 0, rle8: 1, rle4: 2, bitFields: 3, alphaBitFields: 6 } as const;

interface BmpHeader {
  width: number;
  height: number;
  bitCount: number;
  compression: number;
  /** bfOffBits: where the pixels begin. */
  offset: number;
  headerSize: number;
}

export class BmpParser extends IncrementalParser {
  #header: BmpHeader | undefined;

  protected override step(data: Uint8Array): boolean {
    if (!isPrefix(data, [0x42, 0x4d])) throw new ImageError('not a BMP file');
    if (!this.#header) return this.#readHeader(data);
    const { width, height, bitCount, offset } = this.#header;
    // Rows are filled up to a multiple of four bytes.
    const size = offset + Math.ceil((width * bitCount) / 32) * 4 * height;
    if (this.#isRunLength || data.length < size) return false;
    this.#give(data);
    return false;
  }

  get #isRunLength(): boolean {
    return this.#header?.compression === compression.rle4 || this.#header?.compression === compression.rle8;
  }

  #readHeader(data: Uint8Array): boolean {
    if (data.length < fileHeaderSize + 4) return false;
    const headerSize = new ByteReader(data).skip(fileHeaderSize).u32le();
    const isCore = headerSize === coreHeaderSize;
    if (!isCore && headerSize < infoHeaderSize) throw new ImageError(`a BMP header of ${headerSize} bytes`);
    // Of the longer headers only the alpha mask is of interest, which the first of them (52 bytes) lacks.
    const bytesNeeded = fileHeaderSize + Math.min(headerSize, 56);
    if (data.length < bytesNeeded) return false;
    const offset = new ByteReader(data).skip(10).u32le();
    if (offset < fileHeaderSize + headerSize) throw new ImageError('the pixels begin within the header');
    const reader = new ByteReader(data.subarray(fileHeaderSize + 4, bytesNeeded));
    const [width, height] = isCore ? [reader.u16le(), reader.u16le()] : [reader.u32le(), reader.u32le() | 0];
    // Rows go from bottom to top, of a negative height from top to bottom.
    checkCanvasSize(width, Math.abs(height));
    if (reader.u16le() !== 1) throw new ImageError('a BMP file has one plane');
    const bitCount = reader.u16le();
    if (![1, 2, 4, 8, 16, 24, 32].includes(bitCount)) throw new ImageError(`a BMP file of ${bitCount} bits per pixel`);
    const coding = isCore ? compression.rgb : reader.u32le();
    if (!(Object.values(compression) as number[]).includes(coding)) {
      throw new ImageError(`a BMP file of compression ${coding}`);
    }
    this.#header = { width, height: Math.abs(height), bitCount, compression: coding, offset, headerSize };
    this.#begin(hasAlpha(bitCount, coding, reader));
    return true;
  }

  #begin(alpha: boolean): void {
    const { width, height } = this.#header!;
    this.contents = {
      format: 'bmp',
      width,
      height,
      rotation: 0,
      flip: false,
      hasAlpha: alpha,
      colorSpace: undefined,
      tracks: [stillTrack()],
      primaryTrack: 0,
    };
  }

  #give(data: Uint8Array): void {
    const { frames } = this.contents!.tracks[0]!;
    if (frames.length === 0) frames.push(stillFrame(withKnownMasks(data, this.#header!), this.contents!));
  }

  protected override end(data: Uint8Array): void {
    if (!this.#header) return;
    const { width, height, bitCount, offset } = this.#header;
    // Some writers forget to fill up the rows, which the decoder notices. With less than this it gives nothing.
    const leastSize = offset + Math.ceil((width * bitCount) / 8) * height;
    if (this.#isRunLength ? data.length > offset : data.length >= leastSize) this.#give(data);
  }
}

/** `reader` stands behind biCompression. Without masks, browsers look at the fourth byte of pixels of 32 bits. */
function hasAlpha(bitCount: number, coding: number, reader: ByteReader): boolean {
  if (coding === compression.alphaBitFields) return true;
  if (coding !== compression.bitFields) return bitCount === 32;
  const bytesBeforeAlphaMask = 20 + 12;
  return reader.left >= bytesBeforeAlphaMask + 4 && reader.skip(bytesBeforeAlphaMask).u32le() !== 0;
}
