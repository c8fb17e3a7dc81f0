/** How many inputs a session holds at a time: enough to keep it busy, few enough for reset() to be felt. */
import { isSmallPicture } from './threads.ts';

const smallPictureCredits = 16;
export const largePictureCredits = 3;
export const audioCredits = 128;

export const videoCredits = ({ width, height }: { width: number; height: number }): number =>
  isSmallPicture(width, height) ? smallPictureCredits : largePictureCredits;

/** The inputs that a session still takes. When none are left, half must be back before more are taken: so they go together. */
export class Credits {
  readonly #most: number;
  #left: number;
  #isSaturated = false;

  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  get left(): number {
    return this.#isSaturated ? 0 : this.#left;
  }

  take(): void {
    this.#isSaturated = --this.#left === 0;
  }

  giveBack(count: number): void {
    this.#left += count;
    if (this.#left >= this.#most >> 1) this.#isSaturated = false;
  }
}
