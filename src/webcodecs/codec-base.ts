/**
 * What the four codecs have in common (§3 Codec Processing Model): the control message queue, its
 * queue size and dequeue event, flush promises, reset and close, and the errors that end a codec.
 */
import type { EngineError, Session, SessionEvents } from '../engine/engine.ts';
import { queueTask } from '../platform/platform.ts';

/** https://w3c.github.io/webcodecs/#enumdef-codecstate */
export type CodecState = 'unconfigured' | 'configured' | 'closed';

/** Opens a session for a configuration; undefined if no engine supports it. */
export type OpenSession<Input, Output> = (
  events: SessionEvents<Output>,
) => Promise<Session<Input> | undefined> | Session<Input> | undefined;

/** https://w3c.github.io/webcodecs/#control-messages */
type ControlMessage<Input, Output> =
  | { type: 'configure'; open: OpenSession<Input, Output> }
  | { type: 'code'; input: Input }
  | { type: 'flush'; promise: FlushPromise };

interface FlushPromise {
  resolve(): void;
  reject(reason: unknown): void;
}

export interface CodecOptions<Input, Output> {
  /** Where the dequeue event is dispatched. */
  target: EventTarget;
  /** [[output callback]], behind whatever turns an engine's output into its argument. */
  emit(output: Output): void;
  /** [[error callback]] */
  error(error: DOMException): void;
  /** Releases what a dropped input holds. */
  discard(input: Input): void;
  /** Runs additional steps of the Reset algorithm. */
  onReset?(): void;
}

/** Reports an exception of a callback as the runtime reports uncaught ones. */
function reportException(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (reportError) reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** The codecs by the objects they are behind. */
const codecs = new WeakMap<object, { readonly engine: string | undefined }>();

/**
 * What does the work of a codec: 'native' (the runtime's own), or an engine of ours such as 'wasm (SIMD, 2 threads)';
 * undefined as long as it is not configured, and of what is no codec.
 */
export function engineOf(codec: object): string | undefined {
  const ours = codecs.get(codec);
  if (ours) return ours.engine;
  return (codec as { state?: CodecState }).state === 'configured' ? 'native' : undefined;
}

export class Codec<Input, Output> {
  /** [[state]] */
  state: CodecState = 'unconfigured';
  /** [[encodeQueueSize]] or [[decodeQueueSize]] */
  queueSize = 0;

  readonly #options: CodecOptions<Input, Output>;
  /** [[control message queue]] */
  #messages: ControlMessage<Input, Output>[] = [];
  /** [[message queue blocked]] */
  #blocked = false;
  /** [[dequeue event scheduled]] */
  #dequeueScheduled = false;
  /** [[pending flush promises]] */
  readonly #pendingFlushes = new Set<FlushPromise>();
  /** [[codec implementation]] */
  #session: Session<Input> | undefined;
  /** Rises with every reset: what was begun before must not go on. */
  #generation = 0;

  constructor(options: CodecOptions<Input, Output>) {
    this.#options = options;
    codecs.set(options.target, this);
  }

  get engine(): string | undefined {
    return this.#session?.engine;
  }

  /** Steps of configure() after the validity check: https://w3c.github.io/webcodecs/#dom-videodecoder-configure */
  configure(open: OpenSession<Input, Output>): void {
    // "If [[state]] is "closed", throw an InvalidStateError."
    this.#throwIfClosed();
    // "Set [[state]] to "configured"."
    this.state = 'configured';
    // "Queue a control message to configure the decoder with config."
    this.#messages.push({ type: 'configure', open });
    // "Process the control message queue."
    this.#processMessages();
  }

  /** "If [[state]] is not "configured", throw an InvalidStateError." */
  throwUnlessConfigured(): void {
    if (this.state !== 'configured') {
      throw new DOMException(`The codec is ${this.state}; call configure() first.`, 'InvalidStateError');
    }
  }

  #throwIfClosed(): void {
    if (this.state === 'closed') throw new DOMException('The codec is closed.', 'InvalidStateError');
  }

  /** The last steps of decode() and encode(). */
  code(input: Input): void {
    // "Increment [[decodeQueueSize]]." / "Increment [[encodeQueueSize]]."
    this.queueSize++;
    // "Queue a control message to decode the chunk." / "… to encode frameClone."
    this.#messages.push({ type: 'code', input });
    // "Process the control message queue."
    this.#processMessages();
  }

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-flush */
  flush(): Promise<undefined> {
    // "If [[state]] is not "configured", return a promise rejected with InvalidStateError."
    if (this.state !== 'configured') {
      return Promise.reject(
        new DOMException(`The codec is ${this.state}; call configure() first.`, 'InvalidStateError'),
      );
    }
    // "Let promise be a new Promise. Append promise to [[pending flush promises]]."
    return new Promise((resolve, reject) => {
      const promise: FlushPromise = { resolve: () => resolve(undefined), reject };
      this.#pendingFlushes.add(promise);
      // "Queue a control message to flush the codec with promise. Process the control message queue."
      this.#messages.push({ type: 'flush', promise });
      this.#processMessages();
    });
  }

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-reset */
  reset(): void {
    this.#reset(new DOMException('The codec was reset.', 'AbortError'));
  }

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-close */
  close(): void {
    this.#close(new DOMException('The codec was closed.', 'AbortError'));
  }

  /** https://w3c.github.io/webcodecs/#videodecoder-reset-videodecoder */
  #reset(exception: DOMException): void {
    // "If [[state]] is "closed", throw an InvalidStateError."
    this.#throwIfClosed();
    // "Set [[state]] to "unconfigured"."
    this.state = 'unconfigured';
    // "Signal [[codec implementation]] to cease producing output for the previous configuration."
    this.#generation++;
    this.#session?.close();
    this.#session = undefined;
    this.#options.onReset?.();
    // "Remove all control messages from the [[control message queue]]."
    for (const message of this.#messages.splice(0)) {
      if (message.type === 'code') this.#options.discard(message.input);
    }
    this.#blocked = false;
    // "If [[decodeQueueSize]] is greater than zero: set it to zero, run the Schedule Dequeue Event algorithm."
    if (this.queueSize > 0) {
      this.queueSize = 0;
      this.#scheduleDequeueEvent();
    }
    // "For each promise in [[pending flush promises]]: reject promise with exception, remove it."
    for (const promise of this.#pendingFlushes) promise.reject(exception);
    this.#pendingFlushes.clear();
  }

  /** https://w3c.github.io/webcodecs/#videodecoder-close-videodecoder */
  #close(exception: DOMException): void {
    // "Run the Reset algorithm with exception. Set [[state]] to "closed". Release system resources."
    this.#reset(exception);
    this.state = 'closed';
    // "If exception is not an AbortError DOMException, invoke the [[error callback]] with exception."
    if (exception.name === 'AbortError') return;
    try {
      this.#options.error(exception);
    } catch (error) {
      reportException(error);
    }
  }

  /** "Queue a task to run the Close algorithm with exception." */
  closeInTask(exception: DOMException): void {
    const generation = this.#generation;
    queueTask(() => {
      if (generation === this.#generation && this.state !== 'closed') this.#close(exception);
    });
  }

  /** https://w3c.github.io/webcodecs/#schedule-dequeue-event */
  #scheduleDequeueEvent(): void {
    // "If [[dequeue event scheduled]] equals true, return."
    if (this.#dequeueScheduled) return;
    this.#dequeueScheduled = true;
    // "Queue a task: fire a simple event named dequeue; assign false to [[dequeue event scheduled]]."
    queueTask(() => {
      this.#options.target.dispatchEvent(new Event('dequeue'));
      this.#dequeueScheduled = false;
    });
  }

  /** https://w3c.github.io/webcodecs/#process-the-control-message-queue */
  #processMessages(): void {
    // "While [[message queue blocked]] is false and [[control message queue]] is not empty:"
    while (!this.#blocked) {
      const message = this.#messages[0];
      // "If outcome equals "not processed", break."
      if (!message || !this.#process(message)) break;
    }
  }

  /** Runs a message's steps and dequeues it; false is the outcome "not processed". */
  #process(message: ControlMessage<Input, Output>): boolean {
    switch (message.type) {
      case 'configure':
        this.#messages.shift();
        // "Assign true to [[message queue blocked]]."
        this.#blocked = true;
        void this.#runConfigure(message.open);
        return true;
      case 'code':
        // "If [[codec saturated]] equals true, return "not processed"."
        if (!this.#session || this.#session.credits <= 0) return false;
        this.#messages.shift();
        // "Decrement [[decodeQueueSize]] and run the Schedule Dequeue Event algorithm."
        this.queueSize--;
        this.#scheduleDequeueEvent();
        this.#session.submit(message.input);
        return true;
      case 'flush':
        this.#messages.shift();
        void this.#runFlush(message.promise);
        return true;
    }
  }

  /** Running a control message to configure the codec. */
  async #runConfigure(open: OpenSession<Input, Output>): Promise<void> {
    const generation = this.#generation;
    const isCurrent = () => generation === this.#generation;
    // What the previous configuration still holds comes out first, in order.
    const previous = this.#session;
    if (previous) {
      await previous.flush();
      if (!isCurrent()) return;
      this.#session = undefined;
      previous.close();
    }
    let session: Session<Input> | undefined;
    try {
      session = await open(this.#events(generation));
      await session?.ready;
    } catch (error) {
      session = undefined;
      if (isCurrent()) this.#refuse(error instanceof Error ? error.message : String(error));
      return;
    }
    if (!isCurrent()) {
      session?.close();
      return;
    }
    if (!session) {
      this.#refuse('This configuration is not supported.');
      return;
    }
    this.#session = session;
    // "Assign false to [[message queue blocked]]. Queue a task to Process the control message queue."
    this.#blocked = false;
    this.#processMessages();
  }

  /** "If supported is false, queue a task to run the Close algorithm with NotSupportedError." */
  #refuse(message: string): void {
    this.closeInTask(new DOMException(message, 'NotSupportedError'));
  }

  /** Running a control message to flush the codec. */
  async #runFlush(promise: FlushPromise): Promise<void> {
    // "Signal [[codec implementation]] to complete all internal pending outputs."
    await this.#session?.flush();
    // "Queue a task: … Remove promise from [[pending flush promises]]. Resolve promise."
    queueTask(() => {
      if (this.#pendingFlushes.delete(promise)) promise.resolve();
    });
  }

  #events(generation: number): SessionEvents<Output> {
    return {
      output: (output) => {
        try {
          this.#options.emit(output);
        } catch (error) {
          reportException(error);
        }
      },
      credit: () => {
        if (generation === this.#generation) this.#processMessages();
      },
      error: (error: EngineError) => {
        // "If decoding results in an error, queue a task to run the Close algorithm with EncodingError."
        if (generation !== this.#generation) return;
        const name = error.reason === 'unsupported' ? 'NotSupportedError' : 'EncodingError';
        // The runtime's own codec says itself what it is, such as the QuotaExceededError of one that was reclaimed.
        this.#close(error.cause instanceof DOMException ? error.cause : new DOMException(error.message, name));
      },
    };
  }
}
