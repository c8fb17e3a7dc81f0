/** Which engine does the work of codecs. */
import { engineOf } from 'everycodec';

// biome-ignore lint/suspicious/noExplicitAny: the parameters of any class
type CodecClass = new (...args: any[]) => EventTarget;

/** A subclass whose instances note their engine each time they give something. */
export function noting<Class extends CodecClass>(Codec: Class, engines: Set<string | undefined>): Class {
  return class extends Codec {
    // biome-ignore lint/suspicious/noExplicitAny: a mixin's
    constructor(...args: any[]) {
      const { output, error } = args[0];
      const note = (...outputs: unknown[]) => {
        engines.add(engineOf(this));
        output(...outputs);
      };
      super({ output: note, error });
    }
  };
}
