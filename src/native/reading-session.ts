/** Lets a session of ours encode frames of the runtime's: their pixels, which take time to read, are read first. */
import { EngineError, type PictureToEncode, type Session, type SessionEvents } from '../engine/engine.ts';
import { type FrameToEncode, releaseFrame } from '../webcodecs/video-encoder.ts';
import { readNativeFrame } from './native-frame.ts';

export class ReadingSession implements Session<FrameToEncode> {
  readonly #session: Session<PictureToEncode>;
  readonly #events: SessionEvents<never>;
  /** Frames that are being read, or wait for those before them. */
  #reading = 0;
  #lastRead: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(session: Session<PictureToEncode>, events: SessionEvents<never>) {
    this.#session = session;
    this.#events = events;
  }

  get ready(): Promise<void> {
    return this.#session.ready;
  }

  get engine(): string {
    return this.#session.engine;
  }

  get credits(): number {
    return this.#session.credits - this.#reading;
  }

  submit(input: FrameToEncode): void {
    if ('picture' in input && this.#reading === 0) {
      this.#session.submit(input);
      return;
    }
    this.#reading++;
    this.#lastRead = this.#lastRead.then(() => this.#read(input));
  }

  async #read(input: FrameToEncode): Promise<void> {
    try {
      const picture = 'picture' in input ? input : { ...input, ...(await readNativeFrame(input.frame)) };
      if ('frame' in input) input.frame.close();
      this.#reading--;
      if (this.#closed) picture.picture.release();
      else this.#session.submit(picture);
    } catch (error) {
      releaseFrame(input);
      if (this.#closed) return;
      this.close();
      this.#events.error(new EngineError('coding', error instanceof Error ? error.message : String(error)));
    }
  }

  async flush(): Promise<void> {
    await this.#lastRead;
    // After an error nothing follows: as with every session, the promise stays pending.
    await (this.#closed ? new Promise(() => {}) : this.#session.flush());
  }

  close(): void {
    this.#closed = true;
    this.#session.close();
  }
}
