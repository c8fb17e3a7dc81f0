import { createMD5 } from 'hash-wasm';

const md5 = await createMD5();

/** Hashes when all is there, because there is one hasher for all. */
class Md5 {
  readonly #parts: Uint8Array[] = [];

  update(data: Uint8Array): this {
    this.#parts.push(data);
    return this;
  }

  digest(_encoding: 'hex'): string {
    md5.init();
    for (const part of this.#parts) md5.update(part);
    return md5.digest('hex');
  }
}

export const createHash = (_algorithm: 'md5'): Md5 => new Md5();
