/** Reads bits, most significant first. Past the end it reads zeros. */
export class BitReader {
  #data: Uint8Array;
  #position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) {
      const byte = this.#data[this.#position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position++;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** Exp-Golomb, unsigned: ue(v) of H.264. */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && !this.flag()) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb, signed: se(v) of H.264. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}
