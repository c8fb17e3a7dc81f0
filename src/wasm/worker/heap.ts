/** A pack's module instance and its memory, seen through the exports of its C glue. */

/** What emscripten's module object has that is used here; the glue's functions begin with an underscore. */
export interface PackModule {
  wasmMemory: WebAssembly.Memory;
  _malloc: (size: number) => number;
  _free: (address: number) => number;
  [name: `_${string}`]: (...numbers: number[]) => number;
}

/** Memory that moves when it grows: ask for a view whenever something may have allocated. */
export class Heap {
  readonly module: PackModule;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  constructor(module: PackModule) {
    this.module = module;
  }

  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  #refresh(): void {
    const { buffer } = this.module.wasmMemory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  allocate(size: number): number {
    const address = this.module._malloc(size) >>> 0;
    if (address === 0) throw new CodecFailure('coding', `out of memory: ${size} bytes were not to be had`);
    return address;
  }

  /** A copy that outlives the heap's next change. */
  copyOut(address: number, size: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(size);
    copy.set(this.bytes.subarray(address, address + size));
    return copy;
  }
}

/** Zero bytes that a decoder may read past the end of its data. */
const inputPadding = 64;

/** A block of the heap that is used again and again, and grows when it must. */
export class Scratch {
  readonly #heap: Heap;
  #address = 0;
  #size = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** The address of at least `size` bytes; what they held is lost. */
  reserve(size: number): number {
    if (size > this.#size) {
      this.free();
      const rounded = Math.ceil(size / 65536) * 65536;
      this.#address = this.#heap.allocate(rounded);
      this.#size = rounded;
    }
    return this.#address;
  }

  /** Copies a decoder's data into the block, zero bytes after it; returns its address. */
  place(data: Uint8Array): number {
    const address = this.reserve(data.length + inputPadding);
    this.#heap.bytes.set(data, address);
    this.#heap.bytes.fill(0, address + data.length, address + data.length + inputPadding);
    return address;
  }

  free(): void {
    this.#heap.module._free(this.#address);
    this.#address = 0;
    this.#size = 0;
  }
}

/** What a glue function's negative result means. */
export class CodecFailure extends Error {
  constructor(
    readonly reason: 'unsupported' | 'coding',
    message: string,
  ) {
    super(message);
  }
}

/** Returns a glue function's result, or throws what a negative one stands for. */
export function checked(result: number, doing: string): number {
  if (result >= 0) return result;
  if (result === -1) throw new CodecFailure('unsupported', `${doing}: not supported`);
  if (result === -3) throw new CodecFailure('coding', `${doing}: out of memory`);
  throw new CodecFailure('coding', `${doing}: invalid data`);
}
