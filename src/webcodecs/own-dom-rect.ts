/** DOMRectReadOnly for runtimes that have none: https://drafts.fxtf.org/geometry/#DOMRect */
import { type DOMRectInit, domRectInit } from './dom-rect-init.ts';

export class OwnDOMRectReadOnly {
  readonly #x: number;
  readonly #y: number;
  readonly #width: number;
  readonly #height: number;

  constructor(x = 0, y = 0, width = 0, height = 0) {
    this.#x = Number(x);
    this.#y = Number(y);
    this.#width = Number(width);
    this.#height = Number(height);
  }

  static fromRect(init: DOMRectInit = {}): OwnDOMRectReadOnly {
    const { x, y, width, height } = domRectInit(init, 'DOMRectInit');
    return new OwnDOMRectReadOnly(x, y, width, height);
  }

  get x(): number {
    return this.#x;
  }

  get y(): number {
    return this.#y;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  get top(): number {
    return Math.min(this.#y, this.#y + this.#height);
  }

  get right(): number {
    return Math.max(this.#x, this.#x + this.#width);
  }

  get bottom(): number {
    return Math.max(this.#y, this.#y + this.#height);
  }

  get left(): number {
    return Math.min(this.#x, this.#x + this.#width);
  }

  toJSON(): Record<string, number> {
    const { x, y, width, height, top, right, bottom, left } = this;
    return { x, y, width, height, top, right, bottom, left };
  }
}
for (const key of ['x', 'y', 'width', 'height', 'top', 'right', 'bottom', 'left', 'toJSON']) {
  Object.defineProperty(OwnDOMRectReadOnly.prototype, key, { enumerable: true });
}
Object.defineProperty(OwnDOMRectReadOnly.prototype, Symbol.toStringTag, {
  value: 'DOMRectReadOnly',
  configurable: true,
});
Object.defineProperty(OwnDOMRectReadOnly, 'name', { value: 'DOMRectReadOnly' });
