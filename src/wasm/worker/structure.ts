/**
 * C structures of emscripten/glue/. Every one lists its doubles first, so its fields lie one after the other without
 * padding; addresses are integers, below 2 GiB, where signs do not matter.
 */
import type { Heap } from './heap.ts';

/** Room for any of them. */
export const structureBytes = 128;

/** The fields of a structure in their order. */
export const readStructure = <Numbers extends number[]>(
  heap: Heap,
  address: number,
  doubles: number,
  integers: number,
) =>
  Array.from({ length: doubles + integers }, (_, index) =>
    index < doubles
      ? heap.view.getFloat64(address + 8 * index, true)
      : heap.view.getInt32(address + 4 * (index + doubles), true),
  ) as Numbers;

type Fields = Readonly<Record<string, number>>;

/** Writes all fields of a structure, which must be given in its order. */
export function writeStructure({ view }: Heap, address: number, doubles: Fields, integers: Fields): void {
  let at = address;
  for (const value of Object.values(doubles)) {
    view.setFloat64(at, value, true);
    at += 8;
  }
  for (const value of Object.values(integers)) {
    view.setInt32(at, value, true);
    at += 4;
  }
}
