/** Encoded image data that arrive as a stream. */
import { queueTask } from '../platform/platform.ts';

/** More than this is not stored: an endless stream must come to an end somewhere. */
export const maximumBytes = 2 ** 30;

const firstCapacity = 2 ** 16;

/** Bytes that are appended to. What `bytes` gave before stays as it is, so views of it stay valid. */
export class GrowingBytes {
  #memory = new Uint8Array(firstCapacity);
  #length = 0;

  constructor(readonly maximum: number = maximumBytes) {}

  /** @throws {RangeError} if that were more than the maximum. */
  append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.maximum) throw new RangeError(`The image is larger than ${this.maximum} bytes.`);
    if (length > this.#memory.length) this.#grow(length);
    this.#memory.set(chunk, this.#length);
    this.#length = length;
  }

  /** Twice the memory each time: every byte is copied twice at most on average. */
  #grow(length: number): void {
    const memory = new Uint8Array(Math.min(this.maximum, Math.max(length, 2 * this.#memory.length)));
    memory.set(this.bytes);
    this.#memory = memory;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }
}

const lockedOf = Object.getOwnPropertyDescriptor(globalThis.ReadableStream?.prototype ?? {}, 'locked')?.get;

/** By the getter of `locked`, which knows its own kind. */
export function isReadableStream(value: unknown): value is ReadableStream<Uint8Array> {
  if (!lockedOf || typeof value !== 'object') return false;
  try {
    lockedOf.call(value);
    return true;
  } catch {
    return false;
  }
}

/** https://streams.spec.whatwg.org/#is-readable-stream-disturbed, or locked. */
export function isDisturbedOrLocked(stream: ReadableStream): boolean {
  if (stream.locked) return true;
  // Scripts cannot ask a stream whether it was read from; a Response does, and otherwise leaves it alone.
  try {
    new Response(stream);
    return false;
  } catch {
    return true;
  }
}

const typeNameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as (this: unknown) => string | undefined;

/** Also one of another realm. */
const isUint8Array = (value: unknown): value is Uint8Array => typeNameOf.call(value) === 'Uint8Array';

export interface ImageStreamEvents {
  /** Everything that came so far; nothing follows once it is complete. */
  data(bytes: Uint8Array, complete: boolean): void;
  /** The stream, or a chunk of it, cannot be read; nothing follows. */
  error(exception: DOMException): void;
}

/** https://w3c.github.io/webcodecs/#imagedecoder-fetch-stream-data-loop */
export class ImageStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: ImageStreamEvents;
  /** [[encoded data]]; undefined once nobody wants it. */
  #encoded: GrowingBytes | undefined = new GrowingBytes();
  #cancelled = false;

  constructor(stream: ReadableStream<Uint8Array>, events: ImageStreamEvents) {
    this.#events = events;
    // "Let reader be the result of getting a reader for data."
    this.#reader = stream.getReader();
    // "In parallel, perform the Fetch Stream Data Loop on d with reader."
    void this.#run();
  }

  /** No event follows. */
  cancel(): void {
    this.#cancelled = true;
    this.#encoded = undefined;
    // A stream that failed rejects; it has been dealt with.
    this.#reader.cancel().catch(() => {});
  }

  /** Reads on to the end, but keeps nothing: `data` gets no more bytes. */
  discard(): void {
    this.#encoded = undefined;
  }

  async #run(): Promise<void> {
    while (await this.#readChunk()) {
      // Chunks that lie ready must not keep the event loop from everything else.
      await new Promise<void>(queueTask);
    }
  }

  /** One turn of the loop; false is its end. */
  async #readChunk(): Promise<boolean> {
    let result: ReadableStreamReadResult<unknown>;
    try {
      // "Read a chunk from reader given readRequest."
      result = await this.#reader.read();
    } catch (error) {
      // "error steps: Queue a task to run the Close ImageDecoder algorithm with a NotReadableError DOMException."
      this.#fail(`The stream failed: ${error instanceof Error ? error.message : String(error)}`, 'NotReadableError');
      return false;
    }
    // "If [[closed]] is true, abort these steps."
    if (this.#cancelled) return false;
    if (result.done) {
      this.#events.data(this.#bytes, true);
      return false;
    }
    return this.#take(result.value);
  }

  #take(chunk: unknown): boolean {
    // "If chunk is not a Uint8Array object, queue a task to run the Close ImageDecoder algorithm with a DataError."
    if (!isUint8Array(chunk)) return this.#fail('A chunk of the stream is no Uint8Array.', 'DataError');
    try {
      // "Append bytes to the [[encoded data]] internal slot."
      this.#encoded?.append(chunk);
    } catch (error) {
      // Above our maximum, or above what the runtime has.
      return this.#fail((error as Error).message, 'NotSupportedError');
    }
    this.#events.data(this.#bytes, false);
    return true;
  }

  get #bytes(): Uint8Array {
    return this.#encoded?.bytes ?? new Uint8Array(0);
  }

  #fail(message: string, name: string): false {
    if (!this.#cancelled) this.#events.error(new DOMException(message, name));
    return false;
  }
}
