import { nativeClasses } from '../native/native-classes.ts';
import { markAsUncloneable } from '../platform/uncloneable.ts';
import {
  chunkContent,
  copyContent,
  type EncodedChunkContent,
  type EncodedChunkInit,
  type EncodedChunkType,
  makeContent,
  PreparedChunk,
} from './encoded-chunk.ts';
import * as webidl from './webidl.ts';

export type EncodedVideoChunkType = EncodedChunkType;
/** https://w3c.github.io/webcodecs/#dictdef-encodedvideochunkinit */
export type EncodedVideoChunkInit = EncodedChunkInit;

let contentOf: (chunk: EncodedVideoChunk) => EncodedChunkContent;
let hasContent: (value: object) => boolean;

/** A piece of encoded video: https://w3c.github.io/webcodecs/#encodedvideochunk-interface */
export class EncodedVideoChunk {
  readonly #content: EncodedChunkContent;

  static {
    contentOf = (chunk) => chunk.#content;
    hasContent = (value) => #content in value;
  }

  /**
   * @throws {TypeError} if a member is missing or out of range, or the data are detached.
   * @throws {DOMException} DataCloneError if `transfer` names a buffer twice, or a detached one.
   */
  constructor(init: EncodedVideoChunkInit) {
    webidl.requireArguments(arguments.length, 1, 'EncodedVideoChunk constructor');
    this.#content = makeContent(init, 'EncodedVideoChunk');
    markAsUncloneable(this);
  }

  get type(): EncodedVideoChunkType {
    return this.#content.type;
  }

  /** Presentation time, µs. */
  get timestamp(): number {
    return this.#content.timestamp;
  }

  /** µs, or null where unknown. */
  get duration(): number | null {
    return this.#content.duration;
  }

  /** Bytes. */
  get byteLength(): number {
    return this.#content.data.length;
  }

  /** Copies the data. @throws {TypeError} if they do not fit into `destination`. */
  copyTo(destination: webidl.BufferSource): undefined {
    webidl.requireArguments(arguments.length, 1, 'EncodedVideoChunk.copyTo');
    copyContent(this.#content, destination, 'EncodedVideoChunk.copyTo');
    return undefined;
  }
}

webidl.defineInterface(EncodedVideoChunk, 'EncodedVideoChunk');

/** @internal */
export const isEncodedVideoChunk = (value: unknown): value is EncodedVideoChunk =>
  typeof value === 'object' && value !== null && hasContent(value);

/** @internal */
export const encodedVideoChunkContent = chunkContent(
  'EncodedVideoChunk',
  isEncodedVideoChunk,
  contentOf,
  nativeClasses.EncodedVideoChunk,
);

/** @internal The chunk's bytes, not copied; they must not be changed. */
export const bytesOfVideoChunk = (chunk: EncodedVideoChunk): Uint8Array => contentOf(chunk).data;

/** @internal A chunk of these bytes, which it takes over. */
export const createEncodedVideoChunk = (content: EncodedChunkContent): EncodedVideoChunk =>
  new EncodedVideoChunk(new PreparedChunk(content) as unknown as EncodedVideoChunkInit);
