/**
 * C structures of emscripten/glue/, field by field. Every structure lists its doubles first, so its
 * fields lie one after the other without padding. Addresses are below 2 GiB, where signs do not matter.
 */
import type { Heap } from './heap.ts';

export class Structure<Name extends string> {
  readonly size: number;
  readonly #fields: readonly { name: Name; isDouble: boolean; offset: number }[];

  constructor(doubles: readonly Name[], integers: readonly Name[]) {
    let size = 0;
    const place = (name: Name, bytes: number) => {
      size += bytes;
      return { name, isDouble: bytes === 8, offset: size - bytes };
    };
    this.#fields = [...doubles.map((name) => place(name, 8)), ...integers.map((name) => place(name, 4))];
    this.size = Math.ceil(size / 8) * 8;
  }

  read({ view }: Heap, address: number): Record<Name, number> {
    const values = {} as Record<Name, number>;
    for (const { name, isDouble, offset } of this.#fields) {
      const at = address + offset;
      values[name] = isDouble ? view.getFloat64(at, true) : view.getInt32(at, true);
    }
    return values;
  }

  write({ view }: Heap, address: number, values: Record<Name, number>): void {
    for (const { name, isDouble, offset } of this.#fields) {
      const at = address + offset;
      if (isDouble) view.setFloat64(at, values[name], true);
      else view.setInt32(at, values[name], true);
    }
  }
}
