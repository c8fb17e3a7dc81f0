/** One worker with one pack in it, as the sessions that take turns on it see it. */
import { queueTask, runLater, startWorker, type WorkerHandle } from '../platform/platform.ts';
import { type MessageFromWorker, memoryOf, type PostedToWorker, type ReturnedPicture } from './messages.ts';

/** Milliseconds that a returned picture waits for a message to go with: one of its own would wake the worker once more. */
const returnDelay = 20;

export interface SessionListener {
  receive(message: MessageFromWorker): void;
  /** The worker died, or could not be started. */
  crashed(message: string): void;
}

export class EngineWorker {
  /** The heap, when it is shared. */
  memory: WebAssembly.Memory | undefined;
  /** A worker that crashed, or was ended, takes no further session. */
  usable = true;
  readonly #handle: WorkerHandle;
  #listener: SessionListener | undefined;
  #hasAnswered = false;
  /** Why it is not usable, if it was not ended by us. */
  #failure: string | undefined;
  #session = 0;
  #returned: ReturnedPicture[] = [];
  /** Whether there is a timer already that returns them. */
  #isReturning = false;

  constructor() {
    this.#handle = startWorker({
      message: (message) => this.#receive(message as MessageFromWorker),
      error: (error) => this.#crash(error),
    });
  }

  /** Begins a session's turn; its number tells its messages from those of sessions before. */
  attach(listener: SessionListener): number {
    this.#listener = listener;
    // It may have failed while the pack was loading.
    if (this.#failure !== undefined) queueTask(() => this.#listener?.crashed(this.#failure!));
    return ++this.#session;
  }

  detach(): void {
    this.#listener = undefined;
  }

  #receive(message: MessageFromWorker): void {
    this.#hasAnswered = true;
    if (message.type === 'opened' && message.memory) this.memory = message.memory;
    if (message.type === 'failed' && message.trapped) this.terminate();
    if (message.session === this.#session && this.#listener) this.#listener.receive(message);
    else this.#discard(message);
  }

  /** Pictures of a session that is over go straight back. */
  #discard(message: MessageFromWorker): void {
    if (message.type !== 'progress') return;
    for (const output of message.outputs) {
      if ('frame' in output) this.giveBack(memoryOf(output));
    }
  }

  #crash(error: Error): void {
    if (!this.usable) return;
    this.usable = false;
    const what = this.#hasAnswered ? "the codec's worker died" : "the codec's worker could not be started";
    this.#failure = `${what}: ${error.message}`;
    this.#listener?.crashed(this.#failure);
  }

  post(message: PostedToWorker, transfer: readonly ArrayBufferLike[] = []): void {
    if (!this.usable) return;
    message.returned = this.#returned;
    const buffers = this.#returned.filter((picture) => typeof picture !== 'number');
    this.#returned = [];
    this.#handle.post(message, [...transfer, ...buffers]);
  }

  /** Gives a picture's memory back, with the next message or after a while. */
  giveBack(picture: ReturnedPicture): void {
    this.#returned.push(picture);
    if (this.#isReturning) return;
    this.#isReturning = true;
    runLater(() => {
      this.#isReturning = false;
      if (this.#returned.length > 0) this.post({ type: 'return' });
    }, returnDelay);
  }

  ref(): void {
    this.#handle.ref();
  }

  unref(): void {
    this.#handle.unref();
  }

  terminate(): void {
    this.usable = false;
    this.memory = undefined;
    this.#handle.terminate();
  }
}
