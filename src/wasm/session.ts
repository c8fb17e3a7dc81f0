/** A session on a worker: the host's side of the message protocol. */

import { Credits } from '../engine/credits.ts';
import { EngineError, type Session, type SessionEvents, type SessionParameters } from '../engine/engine.ts';
import { queueTask } from '../platform/platform.ts';
import { describeEngine } from './describe-engine.ts';
import type { EngineWorker } from './engine-worker.ts';
import type { InputMessage, MessageFromWorker, OutputMessage } from './messages.ts';
import { type LoadedPack, loadPack, type PackName } from './packs.ts';
import { endIdleWorkers, giveWorker, takeWorker } from './worker-pool.ts';

/** An input on its way to the worker. */
export interface OutgoingInput {
  message: InputMessage;
  transfer: ArrayBufferLike[];
  /** Called when the worker is done with the input. */
  consumed?: () => void;
}

export interface SessionOptions<Input, Output> {
  pack: PackName;
  parameters: SessionParameters;
  /** 0: the pack without threads and shared memory. */
  threads: number;
  /** Inputs the worker may hold at a time. */
  credits: number;
  events: SessionEvents<Output>;
  pass(input: Input): OutgoingInput;
  receive(output: OutputMessage, worker: EngineWorker): Output;
}

/**
 * Memories of workers that were ended stay until this thread's garbage is collected, of which they do not count as much:
 * WebKit waits until buffers make it look worth while.
 */
async function memoryReturns(): Promise<void> {
  try {
    for (let count = 0; count < 8; count++) new ArrayBuffer(64 << 20);
  } catch {
    // Then there is less than that.
  }
  // Unlike the platform's, this keeps a process alive.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

const asEngineError = (error: unknown): EngineError =>
  error instanceof EngineError
    ? error
    : new EngineError('unsupported', error instanceof Error ? error.message : String(error));

export class WasmSession<Input, Output> implements Session<Input> {
  readonly ready: Promise<void>;
  readonly #options: SessionOptions<Input, Output>;
  readonly #kind: string;
  #worker: EngineWorker | undefined;
  #session = 0;
  #closed = false;
  /** The worker died while the codec was being opened. */
  #hasCrashed = false;
  #credits: Credits | undefined;
  #inFlight: OutgoingInput[] = [];
  /** Of these, those that have not been posted yet. */
  #unposted: OutgoingInput[] = [];
  #drains: { resolve: () => void }[] = [];
  #opening: { resolve: () => void; reject: (error: EngineError) => void } | undefined;

  constructor(options: SessionOptions<Input, Output>) {
    this.#options = options;
    this.#kind = `${options.pack} ${options.threads}`;
    this.ready = this.#open();
  }

  async #open(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      if (!this.#hasCrashed || this.#closed) throw error;
      // Memory may be what was missing: WebKit has room for 22 shared ones of our size.
      endIdleWorkers();
      await memoryReturns();
      if (!this.#closed) await this.#start();
    }
  }

  async #start(): Promise<void> {
    this.#hasCrashed = false;
    const { pack, threads } = this.#options;
    // Taken first: the worker starts up while the pack is read and compiled.
    const worker = takeWorker(this.#kind);
    this.#worker = worker;
    worker.ref();
    let loadedPack: LoadedPack;
    try {
      loadedPack = await loadPack(pack, threads > 0);
    } catch (error) {
      this.#end();
      throw new EngineError('unsupported', `the pack ${pack} could not be loaded: ${asEngineError(error).message}`);
    }
    if (this.#closed) return;
    await new Promise<void>((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#session = worker.attach({
        receive: (message) => this.#receive(message),
        crashed: (message) => this.#fail(new EngineError('coding', message)),
      });
      const { parameters } = this.#options;
      worker.post({
        type: 'open',
        session: this.#session,
        parameters,
        threads,
        sharedMemory: threads > 0,
        ...loadedPack,
      });
    });
    this.#credits = new Credits(this.#options.credits);
    this.#updateRef();
  }

  get engine(): string {
    return describeEngine(this.#options.threads);
  }

  get credits(): number {
    return this.#credits?.left ?? 0;
  }

  submit(input: Input): void {
    this.#credits!.take();
    const outgoing = this.#options.pass(input);
    this.#inFlight.push(outgoing);
    // Those of one task go together: messages cost more than small inputs themselves.
    if (this.#unposted.push(outgoing) === 1) queueTask(() => this.#postInputs());
    this.#updateRef();
  }

  #postInputs(): void {
    const outgoing = this.#unposted.splice(0);
    const inputs = outgoing.map(({ message }) => message);
    const transfer = outgoing.flatMap((input) => input.transfer);
    if (inputs.length > 0) this.#worker?.post({ type: 'inputs', session: this.#session, inputs }, transfer);
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#drains.push({ resolve });
      this.#postInputs();
      this.#worker?.post({ type: 'drain', session: this.#session });
      this.#updateRef();
    });
  }

  #receive(message: MessageFromWorker): void {
    switch (message.type) {
      case 'opened':
        this.#opening?.resolve();
        this.#opening = undefined;
        break;
      case 'progress':
        this.#progress(message.consumed, message.outputs);
        break;
      case 'drained':
        this.#drains.shift()?.resolve();
        this.#updateRef();
        break;
      case 'failed':
        this.#hasCrashed = message.trapped && this.#opening !== undefined;
        this.#fail(new EngineError(message.reason, message.message));
        break;
    }
  }

  #progress(consumed: number, outputs: OutputMessage[]): void {
    for (const input of this.#inFlight.splice(0, consumed)) input.consumed?.();
    this.#credits!.giveBack(consumed);
    const worker = this.#worker!;
    for (const output of outputs) {
      const received = this.#options.receive(output, worker);
      // An output's listener may have closed the session.
      if (this.#closed) (received as { picture?: { release(): void } }).picture?.release();
      else this.#options.events.output(received);
    }
    if (this.#closed) return;
    this.#updateRef();
    if (consumed > 0) this.#options.events.credit();
  }

  /** The process must not end while work is under way, and not be kept by a codec that waits for input. */
  #updateRef(): void {
    if (this.#closed) return;
    if (this.#inFlight.length > 0 || this.#drains.length > 0 || this.#opening) this.#worker?.ref();
    else this.#worker?.unref();
  }

  #fail(error: EngineError): void {
    if (this.#closed) return;
    const opening = this.#opening;
    this.#opening = undefined;
    if (this.#hasCrashed) this.#leaveWorker();
    else this.#end();
    if (opening) opening.reject(error.reason === 'unsupported' ? error : new EngineError('unsupported', error.message));
    else this.#options.events.error(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#worker?.post({ type: 'close', session: this.#session });
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.#opening = undefined;
    this.#unposted = [];
    for (const input of this.#inFlight.splice(0)) input.consumed?.();
    this.#leaveWorker();
  }

  #leaveWorker(): void {
    if (this.#worker) giveWorker(this.#kind, this.#worker);
    this.#worker = undefined;
  }
}
