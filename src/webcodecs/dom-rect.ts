/** https://drafts.fxtf.org/geometry/#DOMRect: the runtime's own, or this one where there is none. */

import * as webidl from './webidl.ts';

export interface DOMRectInit {
  x?: number | undefined;
  y?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
}

/** @internal https://drafts.fxtf.org/geometry/#dictdef-domrectinit */
export const domRectInit = webidl.dictionary<Required<DOMRectInit>>('DOMRectInit', [
  { key: 'height', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'width', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'x', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'y', converter: webidl.unrestrictedDouble, default: () => 0 },
]);

class OwnDOMRectReadOnly {
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

export type DOMRectReadOnly = OwnDOMRectReadOnly;
type DOMRectConstructor = typeof OwnDOMRectReadOnly;

export const DOMRectReadOnly: DOMRectConstructor =
  (globalThis as unknown as { DOMRectReadOnly?: DOMRectConstructor }).DOMRectReadOnly ?? OwnDOMRectReadOnly;
