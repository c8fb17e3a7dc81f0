/** What the worker's loop asks of each of the four kinds of codec. */
import type { InputMessage, OutputMessage } from '../messages.ts';

/** What a codec has given out; kept apart from its calls, so that nothing is lost when one throws. */
export class Results {
  readonly outputs: OutputMessage[] = [];
  /** Buffers in the outputs that change hands. */
  readonly transfer: ArrayBuffer[] = [];
  /** What is left of the last buffer that outputs share. */
  #rest = new Uint8Array(0);

  /**
   * Memory for the next output. Those that go together share buffers, as handing one over costs more than to copy what
   * is in it; the first has one of its own, and no more than 16 are kept by one that the program keeps.
   */
  reserve(size: number): Uint8Array {
    if (size > this.#rest.length) {
      this.#rest = new Uint8Array(size * Math.min(this.outputs.length || 1, 16));
      this.transfer.push(this.#rest.buffer);
    }
    const reserved = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return reserved;
  }

  add(output: OutputMessage, buffer?: ArrayBuffer): void {
    this.outputs.push(output);
    if (buffer) this.transfer.push(buffer);
  }
}

export interface Codec {
  /** Hands one input to the codec and collects what comes out. */
  code(input: InputMessage, results: Results): void;
  /** Makes the codec complete all its work, and collects what comes out. */
  drain(results: Results): void;
  close(): void;
}
