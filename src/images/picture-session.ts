/** An engine's session that is asked for one picture at a time. */
import { type DecodedPicture, EngineError, type Session, type SessionEvents } from '../engine/engine.ts';

interface Request {
  /** What the picture is recognised by. */
  timestamp: number;
  resolve(picture: DecodedPicture): void;
  reject(error: EngineError): void;
}

export class PictureSession<Input extends { timestamp: number }> {
  readonly #session: Session<Input>;
  #request: Request | undefined;
  #awaitsCredit: (() => void) | undefined;
  #isSubmitted = false;
  #isFlushed = false;
  #isDead = false;

  constructor(open: (events: SessionEvents<DecodedPicture>) => Session<Input>) {
    this.#session = open({
      output: (decoded) => this.#receive(decoded),
      credit: () => this.#credit(),
      error: (error) => this.#fail(error),
    });
    // Whoever asks for a picture learns of it.
    this.#session.ready.catch(() => {});
  }

  /** No picture will come any more. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** The codec had to be emptied to get the last picture: it knows nothing any more of what was before. */
  get isFlushed(): boolean {
    return this.#isFlushed;
  }

  /** One call after the other. @throws {EngineError} */
  decode(input: Input): Promise<DecodedPicture> {
    this.#isSubmitted = false;
    this.#isFlushed = false;
    return new Promise((resolve, reject) => {
      this.#request = { timestamp: input.timestamp, resolve, reject };
      this.#submit(input).catch((error: unknown) => {
        this.#fail(error instanceof EngineError ? error : new EngineError('coding', String(error)));
      });
    });
  }

  async #submit(input: Input): Promise<void> {
    await this.#session.ready;
    if (this.#isDead) return;
    if (this.#session.credits === 0) {
      await new Promise<void>((resolve) => {
        this.#awaitsCredit = resolve;
      });
    }
    if (this.#isDead) return;
    this.#session.submit(input);
    this.#isSubmitted = true;
  }

  #receive(decoded: DecodedPicture): void {
    const request = this.#request;
    // A picture of another layer, or of a frame that was given up.
    if (!request || decoded.timestamp !== request.timestamp) {
      decoded.picture.release();
      return;
    }
    this.#request = undefined;
    request.resolve(decoded);
  }

  #credit(): void {
    if (this.#awaitsCredit) {
      this.#awaitsCredit();
      this.#awaitsCredit = undefined;
      return;
    }
    // Outputs come before the credit of their input: the codec keeps the picture back.
    if (this.#request && this.#isSubmitted && !this.#isFlushed) void this.#flush(this.#request);
  }

  async #flush(request: Request): Promise<void> {
    this.#isFlushed = true;
    await this.#session.flush();
    if (this.#request === request) this.#fail(new EngineError('coding', 'the codec gave no picture'));
  }

  #fail(error: EngineError): void {
    this.#request?.reject(error);
    this.#request = undefined;
    this.close();
  }

  close(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#session.close();
    this.#request?.reject(new EngineError('coding', 'the decoder was closed'));
    this.#request = undefined;
    this.#awaitsCredit?.();
    this.#awaitsCredit = undefined;
  }
}
