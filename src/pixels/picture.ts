/**
 * A picture in memory: the "media resource" that VideoFrames refer to. It is reference-counted;
 * when the last reference goes, the memory returns to where it came from: a decoder's frame slot,
 * or a pool of buffers.
 */
import type { VideoColorSpaceInit } from './color-space.ts';
import type { Rect } from './layout.ts';
import type { PixelFormat } from './pixel-format.ts';
import type { RgbTarget } from './rgb.ts';

/** Where a plane lies, in bytes from the start of the picture's buffer. */
export interface PlaneLayout {
  offset: number;
  /** Bytes from one row to the next. */
  stride: number;
}

export interface PictureInit {
  format: PixelFormat;
  /** Pixels. */
  codedWidth: number;
  codedHeight: number;
  planes: PlaneLayout[];
  /** The memory; a function where it may move (a wasm heap that grows). */
  buffer: ArrayBufferLike | (() => ArrayBufferLike);
  /**
   * Brings the pixels into memory from where they are, for which `buffer` would keep the thread waiting, and then calls
   * `use`; undefined where they are in memory.
   */
  load?: ((use: () => void) => Promise<void>) | undefined;
  /** Converts a part to RGB without keeping the thread; undefined where it cannot. */
  convert?: ((source: VideoColorSpaceInit, rect: Rect, target: RgbTarget) => Promise<void> | undefined) | undefined;
  /** Called once, when the last reference is released. */
  onFree?: (() => void) | undefined;
}

export class Picture {
  readonly format: PixelFormat;
  readonly codedWidth: number;
  readonly codedHeight: number;
  readonly planes: readonly PlaneLayout[];
  #buffer: ArrayBufferLike | (() => ArrayBufferLike) | undefined;
  readonly load: PictureInit['load'];
  readonly convert: PictureInit['convert'];
  #onFree: (() => void) | undefined;
  #references = 1;

  constructor(init: PictureInit) {
    this.format = init.format;
    this.codedWidth = init.codedWidth;
    this.codedHeight = init.codedHeight;
    this.planes = init.planes;
    this.#buffer = init.buffer;
    this.load = init.load;
    this.convert = init.convert;
    this.#onFree = init.onFree;
  }

  /** The bytes as they lie in memory now. A view taken from it must not outlive the reference. */
  get buffer(): ArrayBufferLike {
    if (this.#buffer === undefined) throw new Error('picture used after its last reference was released');
    return typeof this.#buffer === 'function' ? this.#buffer() : this.#buffer;
  }

  retain(): this {
    if (this.#references === 0) throw new Error('picture retained after its last reference was released');
    this.#references++;
    return this;
  }

  release(): void {
    if (this.#references === 0) throw new Error('picture released once too often');
    if (--this.#references > 0) return;
    this.#buffer = undefined;
    this.#onFree?.();
    this.#onFree = undefined;
  }
}
