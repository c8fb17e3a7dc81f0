/** NAL units, which H.264 and H.265 share: byte streams (annex B), samples (ISO/IEC 14496-15), and their payload. */

/** The NAL units of a byte stream (annex B), without start codes and trailing zeros. */
export function annexBNalUnits(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let begin = -1;
  const finish = (end: number) => {
    if (begin < 0) return;
    let last = end;
    while (last > begin && data[last - 1] === 0) last--;
    if (last > begin) units.push(data.subarray(begin, last));
  };
  for (let at = data.indexOf(1, 2); at >= 0; at = data.indexOf(1, at + 1)) {
    if (data[at - 1] !== 0 || data[at - 2] !== 0) continue;
    finish(at - 2);
    begin = at + 1;
  }
  finish(data.length);
  return units;
}

/** The NAL units of a sample (ISO/IEC 14496-15, 5.3.3.1). @throws {RangeError} for a length beyond the data. */
export function lengthPrefixedNalUnits(data: Uint8Array, lengthSize: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    if (at + lengthSize > data.length) throw new RangeError('a NAL unit length is cut off');
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at + i]!;
    at += lengthSize;
    if (length > data.length - at) throw new RangeError('a NAL unit reaches beyond the data');
    if (length > 0) units.push(data.subarray(at, at + length));
    at += length;
  }
  return units;
}

/** The units as a sample with lengths of four bytes. */
export function toLengthPrefixed(units: readonly Uint8Array[]): Uint8Array {
  const sample = new Uint8Array(units.reduce((size, unit) => size + 4 + unit.length, 0));
  const view = new DataView(sample.buffer);
  let at = 0;
  for (const unit of units) {
    view.setUint32(at, unit.length);
    sample.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return sample;
}

/** Takes out the emulation prevention bytes (H.264 and H.265, 7.4.1). */
export function rawByteSequence(nal: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

/** Reads the NAL units of a decoder configuration record: 16 bits of length before each. */
export class ParameterSetReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The big-endian number in the next `size` bytes. @throws {RangeError} past the end. */
  number(size: number): number {
    if (this.#at + size > this.#bytes.length) throw new RangeError('the parameter sets are cut off');
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.#bytes[this.#at++]!;
    return value;
  }

  /** The next `count` NAL units. @throws {RangeError} past the end. */
  sets(count: number): Uint8Array[] {
    const sets: Uint8Array[] = [];
    while (sets.length < count) {
      const length = this.number(2);
      if (this.#at + length > this.#bytes.length) throw new RangeError('a parameter set is cut off');
      sets.push(this.#bytes.subarray(this.#at, this.#at + length));
      this.#at += length;
    }
    return sets;
  }
}

const longestSet = 0xffff;

/** The units as decoder configuration records hold them. @throws {RangeError} if one is too long. */
export function withLengths(sets: readonly Uint8Array[]): number[] {
  if (sets.some((set) => set.length > longestSet)) throw new RangeError('a parameter set is too long');
  return sets.flatMap((set) => [set.length >> 8, set.length & 255, ...set]);
}
