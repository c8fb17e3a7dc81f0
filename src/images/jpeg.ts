/** JPEG: ITU-T T.81, annex B; JFIF and Exif segments. */
import { ByteReader, isPrefix } from './byte-reader.ts';
import { exifOfApp1, type Orientation, orientationOfExif } from './exif.ts';
import { checkCanvasSize, ImageError } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';
import { stillFrame, stillTrack } from './still.ts';

/** Table B.1. */
const marker = { sof0: 0xc0, rst0: 0xd0, rst7: 0xd7, soi: 0xd8, eoi: 0xd9, sos: 0xda, app1: 0xe1 } as const;

/** TEM, RSTm and SOI; also the reserved codes, which nothing but damage can bring about. */
const hasNoLength = (code: number): boolean =>
  code < marker.sof0 || code === marker.soi || (code >= marker.rst0 && code <= marker.rst7);

/** SOF0 to SOF15, among which DHT, JPG and DAC lie. */
const isStartOfFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code);

/**
 * The header is all before the first scan. Where the image ends is found without decoding: in entropy-coded data a byte
 * FF is followed by 00 or a restart marker (B.1.1.5), which are passed over like bytes that are no marker at all.
 */
export class JpegParser extends IncrementalParser {
  #at = 0;
  #size: { width: number; height: number } | undefined;
  #orientation: Orientation | undefined;
  #isDone = false;

  protected override step(data: Uint8Array): boolean {
    if (this.#isDone) return false;
    if (this.#at === 0) return this.#readSignature(data);
    const begin = data.indexOf(0xff, this.#at);
    this.#at = begin < 0 ? data.length : begin;
    const code = data[this.#at + 1];
    if (code === undefined) return false;
    // 00 after FF is data, FF before FF is fill (B.1.1.2).
    if (code === 0x00 || code === 0xff || hasNoLength(code)) {
      this.#at += code === 0xff ? 1 : 2;
      return true;
    }
    if (code === marker.eoi) {
      this.#at += 2;
      return this.#endImage(data.subarray(0, this.#at));
    }
    return this.#readSegment(code, data);
  }

  #readSignature(data: Uint8Array): boolean {
    if (!isPrefix(data, [0xff, marker.soi, 0xff])) throw new ImageError('not a JPEG file');
    if (data.length < 3) return false;
    this.#at = 2;
    return true;
  }

  #readSegment(code: number, data: Uint8Array): boolean {
    const begin = this.#at + 4;
    if (data.length < begin) return false;
    const length = data[begin - 2]! * 256 + data[begin - 1]!;
    if (length < 2) throw new ImageError('a segment is shorter than its length');
    const end = begin + length - 2;
    if (data.length < end) return false;
    if (!this.contents) this.#readHeaderSegment(code, data.subarray(begin, end));
    this.#at = end;
    return true;
  }

  #readHeaderSegment(code: number, segment: Uint8Array): void {
    if (isStartOfFrame(code)) this.#size ??= readFrameHeader(segment);
    else if (code === marker.app1) this.#readApp1(segment);
    else if (code === marker.sos) this.#beginScan();
  }

  #readApp1(segment: Uint8Array): void {
    const exif = exifOfApp1(segment);
    if (exif) this.#orientation ??= orientationOfExif(exif);
  }

  #beginScan(): void {
    if (!this.#size) throw new ImageError('a scan comes before the frame header');
    this.contents = {
      format: 'jpeg',
      ...this.#size,
      rotation: this.#orientation?.rotation ?? 0,
      flip: this.#orientation?.flip ?? false,
      hasAlpha: false,
      colorSpace: undefined,
      tracks: [stillTrack()],
      primaryTrack: 0,
    };
  }

  /** What follows is another image (a thumbnail, or one of CIPA DC-007's multi-picture format), or nothing. */
  #endImage(data: Uint8Array, isCut = false): boolean {
    if (!this.contents) throw new ImageError('the image ends before its first scan');
    this.contents.tracks[0]!.frames.push(stillFrame(data, this.contents, isCut));
    this.#isDone = true;
    return false;
  }

  protected override end(data: Uint8Array): void {
    if (this.contents && !this.#isDone) this.#endImage(data, true);
  }
}

/** B.2.2 */
function readFrameHeader(segment: Uint8Array): { width: number; height: number } {
  const reader = new ByteReader(segment).skip(1);
  const height = reader.u16();
  const width = reader.u16();
  // A height of 0 stands for one that comes after the first scan (DNL, B.2.5), which no browser reads.
  checkCanvasSize(width, height);
  const components = reader.u8();
  if (components < 1 || components > 4) throw new ImageError(`an image of ${components} components`);
  for (let i = 0; i < components; i++) {
    const sampling = reader.skip(1).u8();
    const [horizontal, vertical] = [sampling >> 4, sampling & 15];
    if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) {
      throw new ImageError(`a component is sampled ${horizontal} × ${vertical}`);
    }
    reader.skip(1);
  }
  return { width, height };
}
