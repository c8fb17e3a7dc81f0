/**
 * C structures of emscripten/glue/, field by field. Every structure lists its doubles first, so its
 * fields lie one after the other without padding.
 */
import type { Heap } from './heap.ts';

type FieldType = 'f64' | 'i32' | 'u32';
const sizes = { f64: 8, i32: 4, u32: 4 } as const;

export class Structure<Name extends string> {
  readonly size: number;
  readonly #fields: readonly { name: Name; type: FieldType; offset: number }[];

  constructor(fields: Record<Name, FieldType>) {
    let offset = 0;
    this.#fields = (Object.entries(fields) as [Name, FieldType][]).map(([name, type]) => {
      const field = { name, type, offset };
      offset += sizes[type];
      return field;
    });
    this.size = Math.ceil(offset / 8) * 8;
  }

  read(heap: Heap, address: number): Record<Name, number> {
    const { view } = heap;
    const values = {} as Record<Name, number>;
    for (const { name, type, offset } of this.#fields) {
      const at = address + offset;
      values[name] =
        type === 'f64'
          ? view.getFloat64(at, true)
          : type === 'i32'
            ? view.getInt32(at, true)
            : view.getUint32(at, true);
    }
    return values;
  }

  write(heap: Heap, address: number, values: Record<Name, number>): void {
    const { view } = heap;
    for (const { name, type, offset } of this.#fields) {
      const at = address + offset;
      if (type === 'f64') view.setFloat64(at, values[name], true);
      else if (type === 'i32') view.setInt32(at, values[name], true);
      else view.setUint32(at, values[name], true);
    }
  }
}
