/**
 * A session with a codec of the runtime's. If that fails before it has given anything, as codecs do that are said to be
 * supported and are not, a session of ours takes over and is given all the inputs again.
 */
import { EngineError, type Session, type SessionEvents } from '../engine/engine.ts';
import type { NativeCodec, NativeCodecClass, NativeKind } from './native-codec.ts';

interface Options<Input, Output> {
  type: NativeCodecClass;
  config: object;
  kind: NativeKind<Input>;
  events: SessionEvents<Output>;
  openOurs(events: SessionEvents<Output>): Promise<Session<Input> | undefined>;
}

/** Inputs that the runtime's codec may have in its queue; a decoder in hardware works on several at a time. */
const mostQueued = 8;

export class NativeFirstSession<Input, Output> implements Session<Input> {
  readonly ready = Promise.resolve();
  readonly #options: Options<Input, Output>;
  readonly #codec: NativeCodec;
  /** What the codec was given and may have to be given again; undefined once it has given something itself. */
  #kept: Input[] | undefined = [];
  /** Inputs that our session has not been given yet. */
  #backlog: Input[] = [];
  /** The runtime's codec has failed. */
  #isReplaced = false;
  #ours: Session<Input> | undefined;
  #takeOver = (): void => {};
  /** Resolves when our session has taken over. */
  readonly #takenOver = new Promise<void>((resolve) => {
    this.#takeOver = resolve;
  });
  #backlogIsEmpty: (() => void) | undefined;
  #closed = false;

  constructor(options: Options<Input, Output>) {
    const { type, config, kind, events } = options;
    this.#options = options;
    this.#codec = new type({
      output: (...outputs) => {
        if (this.#closed) return;
        this.#forget();
        events.output(kind.output(...outputs) as Output);
      },
      error: (error) => this.#failed(error),
    });
    this.#codec.addEventListener('dequeue', () => {
      if (!this.#closed && !this.#isReplaced) events.credit();
    });
    this.#codec.configure(config);
  }

  get engine(): string {
    return this.#ours?.engine ?? 'native';
  }

  get credits(): number {
    if (this.#isReplaced) return this.#backlog.length > 0 ? 0 : (this.#ours?.credits ?? 0);
    // Where nothing tells when the queue gets shorter, it is not waited for.
    if (!('ondequeue' in this.#codec)) return 1;
    return mostQueued - (this.#codec.decodeQueueSize ?? this.#codec.encodeQueueSize ?? 0);
  }

  submit(input: Input): void {
    if (this.#ours) {
      this.#ours.submit(input);
      return;
    }
    this.#kept?.push(input);
    try {
      this.#options.kind.give(this.#codec, input);
    } catch (error) {
      // It finds fault with an input that we find good, or was closed by an error of which it has yet to tell.
      this.#failed(error as DOMException);
      return;
    }
    if (!this.#kept) this.#options.kind.release(input);
    else if (this.#kept.length > this.#options.kind.mostKept) this.#forget();
  }

  /** There will be no second try. */
  #forget(): void {
    for (const input of this.#kept ?? []) this.#options.kind.release(input);
    this.#kept = undefined;
  }

  #failed(error: DOMException): void {
    if (this.#closed || this.#isReplaced) return;
    if (this.#kept) void this.#replace(error);
    else this.#end(error);
  }

  #end(cause: Error): void {
    if (this.#closed) return;
    this.close();
    this.#options.events.error(new EngineError('coding', cause.message, { cause }));
  }

  async #replace(error: DOMException): Promise<void> {
    const { events, openOurs } = this.#options;
    this.#isReplaced = true;
    this.#backlog = this.#kept ?? [];
    this.#kept = undefined;
    this.#closeCodec();
    try {
      const session = await openOurs({ ...events, credit: () => this.#feed() });
      if (!session) throw error;
      this.#ours = session;
      if (this.#closed) session.close();
      else await session.ready;
    } catch (reason) {
      this.#end(reason as Error);
    }
    if (this.#closed) return;
    this.#takeOver();
    this.#feed();
  }

  /** Gives our session what the runtime's codec was given, before anything else. */
  #feed(): void {
    while (!this.#closed && this.#backlog.length > 0 && this.#ours!.credits > 0) {
      this.#ours!.submit(this.#backlog.shift()!);
    }
    if (this.#closed || this.#backlog.length > 0) return;
    this.#backlogIsEmpty?.();
    this.#options.events.credit();
  }

  async flush(): Promise<void> {
    if (!this.#isReplaced) {
      // An error, of which #failed() hears as well, rejects it.
      const isDone = await this.#codec.flush().then(
        () => true,
        () => false,
      );
      if (isDone) return;
    }
    // After an error nothing follows: as with every session, the promise stays pending.
    await this.#takenOver;
    if (this.#backlog.length > 0) {
      await new Promise<void>((resolve) => {
        this.#backlogIsEmpty = resolve;
      });
    }
    await this.#ours!.flush();
  }

  #closeCodec(): void {
    if (this.#codec.state !== 'closed') this.#codec.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeCodec();
    this.#ours?.close();
    this.#forget();
    for (const input of this.#backlog.splice(0)) this.#options.kind.release(input);
  }
}
