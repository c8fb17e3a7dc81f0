/** Reading and writing of bits, most significant first. */

export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits not read yet. */
  get left(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  /** The next `count` bits, at most 32, as an unsigned number. @throws {RangeError} past the end. */
  bits(count: number): number {
    if (count > this.left) throw new RangeError('the data end too early');
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      value = value * 2 + ((this.#bytes[this.#position >> 3]! >> (7 - (this.#position & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    if (count > this.left) throw new RangeError('the data end too early');
    this.#position += count;
  }

  /** ue(v): ITU-T H.264, 9.1. */
  unsignedExpGolomb(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > 31) throw new RangeError('an Exp-Golomb code is too long');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v): ITU-T H.264, 9.1.1. */
  signedExpGolomb(): number {
    const code = this.unsignedExpGolomb();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) & 1);
    return this;
  }

  /** What was written, filled up with zero bits to whole bytes. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [index, bit] of this.#bits.entries()) bytes[index >> 3]! |= bit << (7 - (index & 7));
    return bytes;
  }
}
