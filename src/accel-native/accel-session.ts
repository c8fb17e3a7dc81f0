/** A session of the addon. */
import { Credits } from '../engine/credits.ts';
import { EngineError, type Session, type SessionEvents } from '../engine/engine.ts';
import type { Addon, AddonObject, AddonOutput, AddonSession } from './accel-addon.ts';

/** An input on its way to the addon. */
export interface OutgoingInput {
  input: AddonObject;
  /** Called when the addon is done with the input. */
  consumed?: () => void;
}

export interface AccelSessionOptions<Input, Output> {
  addon: Addon;
  parameters: AddonObject;
  /** Inputs that the addon may hold at a time. */
  credits: number;
  events: SessionEvents<Output>;
  pass(input: Input): OutgoingInput;
  receive(output: AddonOutput): Output;
  /** Gives up an output that nobody wants any more. */
  discard?(output: Output): void;
}

export class AccelSession<Input, Output> implements Session<Input> {
  readonly ready: Promise<void>;
  readonly #options: AccelSessionOptions<Input, Output>;
  readonly #session: AddonSession;
  #engine = 'native';
  readonly #credits: Credits;
  readonly #inFlight: OutgoingInput[] = [];
  readonly #drains: (() => void)[] = [];
  #opening: { resolve: () => void; reject: (error: EngineError) => void } | undefined;
  #isClosed = false;

  constructor(options: AccelSessionOptions<Input, Output>) {
    this.#options = options;
    this.#credits = new Credits(options.credits);
    this.ready = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    const { addon, parameters } = options;
    this.#session = new addon.Session(parameters, (...event: unknown[]) => this.#handle(event));
    this.#session.ref();
  }

  get engine(): string {
    return this.#engine;
  }

  get credits(): number {
    return this.#credits.left;
  }

  submit(input: Input): void {
    this.#credits.take();
    const outgoing = this.#options.pass(input);
    this.#inFlight.push(outgoing);
    this.#session.submit([outgoing.input]);
    this.#updateRef();
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#drains.push(resolve);
      this.#session.drain();
      this.#updateRef();
    });
  }

  #handle([type, first, second]: unknown[]): void {
    if (type === 'closed') {
      // Not before: the addon reads the pictures that it was given where they lie.
      for (const { consumed } of this.#inFlight.splice(0)) consumed?.();
      return;
    }
    if (type === 'progress') {
      this.#progress(first as number, second as AddonOutput[]);
      return;
    }
    if (this.#isClosed) return;
    if (type === 'opened') {
      this.#engine = `native (${first})`;
      this.#opening?.resolve();
      this.#opening = undefined;
    } else if (type === 'drained') this.#drains.shift()?.();
    else if (type === 'failed') this.#fail(new EngineError(first as EngineError['reason'], second as string));
    this.#updateRef();
  }

  #progress(consumed: number, outputs: AddonOutput[]): void {
    const { events, receive, discard } = this.#options;
    for (const input of this.#inFlight.splice(0, consumed)) input.consumed?.();
    this.#credits.giveBack(consumed);
    for (const output of outputs) {
      const received = receive(output);
      // An output's listener may have closed the session.
      if (this.#isClosed) discard?.(received);
      else events.output(received);
    }
    if (this.#isClosed) return;
    this.#updateRef();
    if (consumed > 0) events.credit();
  }

  /** The process must not end while work is under way, and not be kept by a codec that waits for input. */
  #updateRef(): void {
    if (this.#isClosed) return;
    if (this.#inFlight.length > 0 || this.#drains.length > 0 || this.#opening) this.#session.ref();
    else this.#session.unref();
  }

  #fail(error: EngineError): void {
    const opening = this.#opening;
    this.#end();
    if (opening) opening.reject(error.reason === 'unsupported' ? error : new EngineError('unsupported', error.message));
    else this.#options.events.error(error);
  }

  close(): void {
    if (!this.#isClosed) this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#opening = undefined;
    this.#session.unref();
    this.#session.close();
  }
}
