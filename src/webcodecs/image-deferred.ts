/** A promise that is settled from outside, once; settling it again does nothing. */
export class Deferred {
  readonly promise: Promise<undefined>;
  #resolve!: (value: undefined) => void;
  #reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // An attribute that nobody reads must not end the process as an unhandled rejection.
    this.promise.catch(() => {});
  }

  resolve(): void {
    this.#resolve(undefined);
  }

  reject(reason: unknown): void {
    this.#reject(reason);
  }
}
