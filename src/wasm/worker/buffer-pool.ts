/** Buffers for copied pictures: a fresh one costs more (page faults, garbage) than the copy itself. */
const capacity = 8;

export class BufferPool {
  #free: ArrayBuffer[] = [];

  take(size: number): ArrayBuffer {
    const index = this.#free.findIndex((buffer) => buffer.byteLength === size);
    return index < 0 ? new ArrayBuffer(size) : this.#free.splice(index, 1)[0]!;
  }

  give(buffer: ArrayBuffer): void {
    this.#free = [buffer, ...this.#free].slice(0, capacity);
  }
}
