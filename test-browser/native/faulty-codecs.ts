/** Puts codecs with faults in the place of the browser's; to be imported before the library, which takes them for these. */
import { native } from './classes.ts';

type Callbacks = { output(...outputs: unknown[]): void; error(error: DOMException): void };

/** How these codecs fail. */
export const faults: { now: 'at configure()' | 'at the first input' | 'at flush()' | 'after an output' } = {
  now: 'at flush()',
};

/** The browser's class, but with a fault: it gives nothing, and an error. */
// biome-ignore lint/suspicious/noExplicitAny: a mixin's
function faulty<Class extends new (...args: any[]) => any>(Codec: Class): Class {
  return class extends Codec {
    #fail: () => void;
    #hold: boolean;

    // biome-ignore lint/suspicious/noExplicitAny: a mixin's
    constructor(...args: any[]) {
      const { output, error } = args[0] as Callbacks;
      super({ output: (...outputs: unknown[]) => this.#give(output, outputs), error });
      this.#hold = faults.now !== 'after an output';
      this.#fail = () => {
        if (this.state !== 'closed') this.close();
        error(new DOMException('broken on purpose', 'EncodingError'));
      };
    }

    #give(output: Callbacks['output'], outputs: unknown[]): void {
      if (this.#hold) return;
      output(...outputs);
      this.#hold = true;
      queueMicrotask(() => this.#fail());
    }

    configure(config: unknown): void {
      super.configure(config);
      if (faults.now === 'at configure()') setTimeout(() => this.#fail());
    }

    encode(...args: unknown[]): void {
      super.encode(...args);
      if (faults.now === 'at the first input') setTimeout(() => this.#fail());
    }

    decode(...args: unknown[]): void {
      super.decode(...args);
      if (faults.now === 'at the first input') setTimeout(() => this.#fail());
    }

    async flush(): Promise<void> {
      await super.flush();
      if (faults.now !== 'at flush()') return;
      this.#fail();
      throw new DOMException('broken on purpose', 'EncodingError');
    }
  };
}

const globals = globalThis as unknown as typeof native;
globals.VideoEncoder = faulty(native.VideoEncoder);
globals.VideoDecoder = faulty(native.VideoDecoder);
