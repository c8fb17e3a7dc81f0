/** The time in the file that ought to be seen and heard now. Seconds. */
export class Clock {
  #position = 0;
  #rate = 1;
  /** performance.now() at #position, undefined while it stands. */
  #since: number | undefined;

  get position(): number {
    if (this.#since === undefined) return this.#position;
    return this.#position + ((performance.now() - this.#since) / 1000) * this.#rate;
  }

  set position(seconds: number) {
    this.#position = seconds;
    if (this.#since !== undefined) this.#since = performance.now();
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.position = this.position;
    this.#rate = rate;
  }

  get running(): boolean {
    return this.#since !== undefined;
  }

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.#position = this.position;
    this.#since = undefined;
  }
}
