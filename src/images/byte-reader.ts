/** Reading of numbers and boxes out of bytes of which nothing is taken for granted. */
import { ImageError } from './image.ts';

/** Reads a range of bytes from front to back; whatever lies beyond it is an ImageError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#position;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#position;
  }

  #advance(count: number): number {
    if (count > this.left) throw new ImageError('the data end too early');
    this.#position += count;
    return this.#position - count;
  }

  skip(count: number): this {
    this.#advance(count);
    return this;
  }

  /** A view of the next `count` bytes, by default of all that are left. */
  bytes(count: number = this.left): Uint8Array {
    const begin = this.#advance(count);
    return this.#bytes.subarray(begin, begin + count);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** Above 2⁵³ only nearly right, which is beyond the end of any file. */
  u64(): number {
    return this.u32() * 2 ** 32 + this.u32();
  }

  u16le(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u24le(): number {
    return this.u16le() + this.u8() * 0x10000;
  }

  u32le(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** An unsigned number of 0, 2, 4 or 8 bytes. */
  unsigned(size: number): number {
    switch (size) {
      case 0:
        return 0;
      case 2:
        return this.u16();
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        throw new ImageError(`a number of ${size} bytes`);
    }
  }

  /** A four-character code. */
  code(): string {
    return latin1(this.bytes(4));
  }
}

export const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Whether the bytes are equal as far as there are any. */
export function isPrefix(data: Uint8Array, signature: Uint8Array | readonly number[]): boolean {
  const length = Math.min(data.length, signature.length);
  for (let i = 0; i < length; i++) if (data[i] !== signature[i]) return false;
  return true;
}

export const startsWith = (data: Uint8Array, signature: Uint8Array | readonly number[]): boolean =>
  data.length >= signature.length && isPrefix(data, signature);

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Boxes: ISO/IEC 14496-12, 4.2

export interface Box {
  type: string;
  /** What follows the box's header. */
  body: Uint8Array;
}

export interface BoxHeader {
  type: string;
  headerSize: number;
  /** Of the whole box; undefined: it reaches to the end of the file. */
  size: number | undefined;
}

/** The header at the beginning of `data`; undefined if it is not there completely. */
export function readBoxHeader(data: Uint8Array): BoxHeader | undefined {
  if (data.length < 8) return undefined;
  const reader = new ByteReader(data);
  const shortSize = reader.u32();
  const type = reader.code();
  if (shortSize === 1 && reader.left < 8) return undefined;
  const size = shortSize === 1 ? reader.u64() : shortSize;
  const headerSize = reader.position;
  if (shortSize === 0) return { type, headerSize, size: undefined };
  if (size < headerSize) throw new ImageError(`the box '${type}' is smaller than its header`);
  return { type, headerSize, size };
}

/** The boxes within a box. @throws {ImageError} if one reaches beyond it. */
export function boxesIn(body: Uint8Array): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < body.length; ) {
    const header = readBoxHeader(body.subarray(at));
    if (!header) throw new ImageError('a box is cut off');
    const size = header.size ?? body.length - at;
    if (size > body.length - at) throw new ImageError(`the box '${header.type}' reaches beyond the one around it`);
    boxes.push({ type: header.type, body: body.subarray(at + header.headerSize, at + size) });
    at += size;
  }
  return boxes;
}

export const boxOf = (boxes: readonly Box[], type: string): Box | undefined => boxes.find((box) => box.type === type);

/** Version and flags of a full box, and what follows them. */
export function readFullBox(body: Uint8Array): { version: number; flags: number; reader: ByteReader } {
  const reader = new ByteReader(body);
  const versionAndFlags = reader.u32();
  return { version: versionAndFlags >>> 24, flags: versionAndFlags & 0xffffff, reader };
}
