/** The most seconds that one track is transcoded ahead of another, which bounds what the muxer holds. */
const largestLead = 1;

/** Keeps the tracks of a file together, and stops all of them where one fails. */
export class Timeline {
  #reached = new Map<object, number>();
  #waiting: (() => void)[] = [];
  #end = Number.POSITIVE_INFINITY;

  join(track: object): void {
    this.#reached.set(track, Number.NEGATIVE_INFINITY);
  }

  /** The seconds that every track still at work has passed. */
  get slowest(): number {
    return Math.min(...this.#reached.values());
  }

  /** Waits until the others have caught up; false: the track ends here. */
  async advance(track: object, seconds: number): Promise<boolean> {
    this.#reached.set(track, Math.max(seconds, this.#reached.get(track) ?? seconds));
    this.#wake();
    while (seconds < this.#end && seconds - this.slowest > largestLead) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return seconds < this.#end;
  }

  /** The track has ended. */
  leave(track: object): void {
    this.#reached.delete(track);
    this.#wake();
  }

  /** The track cannot go on: the others go on to where it came, and no further. */
  fail(track: object): void {
    this.#end = Math.min(this.#end, Math.max(0, this.#reached.get(track) ?? 0));
    this.leave(track);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
