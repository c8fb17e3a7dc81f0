import type { ImageTrack } from './image-track.ts';
import * as webidl from './webidl.ts';

/** Known to this module alone: scripts cannot construct lists. */
const constructible = Symbol('ImageTrackList');

let create: (ready: Promise<undefined>) => ImageTrackList;
let assign: (list: ImageTrackList, tracks: readonly ImageTrack[], selectedIndex: number) => void;

/**
 * The tracks of an image file: https://w3c.github.io/webcodecs/#imagetracklist
 *
 * `list[0]` is an own property, as scripts see it on any legacy platform object: enumerable and not writable. A Proxy
 * would do no better: it has no private state, by which instances are told.
 */
export class ImageTrackList {
  readonly [index: number]: ImageTrack;
  /** As every interface with indexed properties has it: https://webidl.spec.whatwg.org/#js-iterator */
  declare readonly [Symbol.iterator]: () => IterableIterator<ImageTrack>;

  /** [[ready promise]] */
  readonly #ready: Promise<undefined>;
  /** [[track list]] */
  #tracks: readonly ImageTrack[] = [];
  /** [[selected index]] */
  #selectedIndex = -1;

  static {
    create = (ready) => new ImageTrackList(constructible, ready);
    assign = (list, tracks, selectedIndex) => {
      list.#show(tracks);
      list.#tracks = tracks;
      list.#selectedIndex = selectedIndex;
    };
  }

  private constructor(...[key, ready]: [symbol, Promise<undefined>]) {
    if (key !== constructible) throw new TypeError('Illegal constructor: the list comes from ImageDecoder.tracks');
    this.#ready = ready;
  }

  /** Brings the indexed properties in line with `tracks`. */
  #show(tracks: readonly ImageTrack[]): void {
    const count = Math.max(tracks.length, this.#tracks.length);
    for (let index = 0; index < count; index++) {
      const value = tracks[index];
      if (value) Object.defineProperty(this, index, { value, enumerable: true, configurable: true });
      else Reflect.deleteProperty(this, index);
    }
  }

  /** Resolves when the tracks are known; rejects if the decoder closes before, with what closed it. */
  get ready(): Promise<undefined> {
    // A getter of a promise type rejects, it never throws: https://webidl.spec.whatwg.org/#dfn-attribute-getter
    try {
      return this.#ready;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** 0 until the tracks are known, and once the decoder is closed. */
  get length(): number {
    return this.#tracks.length;
  }

  /** −1 if no track is selected. */
  get selectedIndex(): number {
    return this.#selectedIndex;
  }

  get selectedTrack(): ImageTrack | null {
    return this.#tracks[this.#selectedIndex] ?? null;
  }
}

webidl.defineInterface(ImageTrackList, 'ImageTrackList');
// defineInterface() takes `length` for that of a function and leaves it as it is.
Object.defineProperty(ImageTrackList.prototype, 'length', { enumerable: true });
Object.defineProperty(ImageTrackList.prototype, Symbol.iterator, {
  value: Array.prototype[Symbol.iterator],
  writable: true,
  configurable: true,
});

/** @internal An empty list. */
export const createImageTrackList = (ready: Promise<undefined>): ImageTrackList => create(ready);

/** @internal Replaces a list's tracks and selection. */
export const assignTracks = (list: ImageTrackList, tracks: readonly ImageTrack[], selectedIndex: number): void =>
  assign(list, tracks, selectedIndex);
