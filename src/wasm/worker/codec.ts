/** What the worker's loop asks of each of the four kinds of codec. */
import type { InputMessage, OutputMessage } from '../messages.ts';

/** What a codec has given out; kept apart from its calls, so that nothing is lost when one throws. */
export class Results {
  readonly outputs: OutputMessage[] = [];
  /** Buffers in the outputs that change hands. */
  readonly transfer: ArrayBuffer[] = [];

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
