import * as webidl from './webidl.ts';

/** @internal What a track shows of itself; the decoder keeps it up to date. */
export interface ImageTrackState {
  animated: boolean;
  frameCount: number;
  repetitionCount: number;
  selected: boolean;
  /** The steps of the setter of `selected`. */
  select(selected: boolean): void;
}

/** Known to this module alone: scripts cannot construct tracks. */
const constructible = Symbol('ImageTrack');

let create: (state: ImageTrackState) => ImageTrack;

/** One of the images or animations in a file: https://w3c.github.io/webcodecs/#imagetrack */
export class ImageTrack {
  readonly #state: ImageTrackState;

  static {
    create = (state) => new ImageTrack(constructible, state);
  }

  private constructor(...[key, state]: [symbol, ImageTrackState]) {
    if (key !== constructible) throw new TypeError('Illegal constructor: tracks come from ImageDecoder.tracks');
    this.#state = state;
  }

  /** More than one frame, or room for more. A GIF that arrives by and by may become animated. */
  get animated(): boolean {
    return this.#state.animated;
  }

  /** Frames whose data are there; grows while data arrive. */
  get frameCount(): number {
    return this.#state.frameCount;
  }

  /** How often the animation is repeated after it was shown once; Infinity: for ever. */
  get repetitionCount(): number {
    return this.#state.repetitionCount;
  }

  /** Whether decode() decodes this track. Setting it aborts pending decodes (AbortError). */
  get selected(): boolean {
    return this.#state.selected;
  }

  set selected(value: boolean) {
    this.#state.select(webidl.boolean(value, 'ImageTrack.selected'));
  }
}

webidl.defineInterface(ImageTrack, 'ImageTrack');

/** @internal */
export const createImageTrack = (state: ImageTrackState): ImageTrack => create(state);
