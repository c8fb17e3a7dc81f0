/**
 * How long a decoder works on a frame, in playback that feeds it in bursts and lets it rest between them: what counts is
 * the time from a burst's first chunk to its last frame.
 */
const rest = 20;
/** Of a new burst in the mean: bursts are short, so that they differ. */
const weight = 0.3;

export class SpeedMeter {
  #began = 0;
  #last = 0;
  #frames = 0;
  /** A sliding mean, undefined before the first burst is complete. */
  millisecondsPerFrame: number | undefined;

  chunk(now = performance.now()): void {
    const threshold = Math.max(rest, 3 * (this.millisecondsPerFrame ?? 0));
    if (this.#frames > 0 && now - this.#last < threshold) return;
    this.#complete();
    this.#began = now;
    this.#last = now;
  }

  frame(now = performance.now()): void {
    this.#frames++;
    this.#last = now;
    // A decoder that is never done must be seen, too.
    if (now - this.#began > 500) {
      this.#complete();
      this.#began = now;
    }
  }

  /** What was begun counts for nothing, as after a seek. */
  restart(): void {
    this.#frames = 0;
  }

  #complete(): void {
    if (this.#frames > 1) {
      const latest = (this.#last - this.#began) / this.#frames;
      this.millisecondsPerFrame = latest * weight + (this.millisecondsPerFrame ?? latest) * (1 - weight);
    }
    this.#frames = 0;
  }
}

/** Events in the last second. */
export class RateMeter {
  #times: number[] = [];

  count(now = performance.now()): void {
    this.#times.push(now);
  }

  perSecond(now = performance.now()): number {
    this.#times = this.#times.filter((time) => now - time < 1000);
    return this.#times.length;
  }
}
