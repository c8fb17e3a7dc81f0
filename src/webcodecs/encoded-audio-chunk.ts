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

export type EncodedAudioChunkType = EncodedChunkType;
/** https://w3c.github.io/webcodecs/#dictdef-encodedaudiochunkinit */
export type EncodedAudioChunkInit = EncodedChunkInit;

let contentOf: (chunk: EncodedAudioChunk) => EncodedChunkContent;
let hasContent: (value: object) => boolean;

/** A piece of encoded audio: https://w3c.github.io/webcodecs/#encodedaudiochunk-interface */
export class EncodedAudioChunk {
  readonly #content: EncodedChunkContent;

  static {
    contentOf = (chunk) => chunk.#content;
    hasContent = (value) => #content in value;
  }

  /**
   * @throws {TypeError} if a member is missing or out of range, or the data are detached.
   * @throws {DOMException} DataCloneError if `transfer` names a buffer twice, or a detached one.
   */
  constructor(init: EncodedAudioChunkInit) {
    webidl.requireArguments(arguments.length, 1, 'EncodedAudioChunk constructor');
    this.#content = makeContent(init, 'EncodedAudioChunk');
    markAsUncloneable(this);
  }

  get type(): EncodedAudioChunkType {
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
    webidl.requireArguments(arguments.length, 1, 'EncodedAudioChunk.copyTo');
    copyContent(this.#content, destination, 'EncodedAudioChunk.copyTo');
    return undefined;
  }
}

webidl.defineInterface(EncodedAudioChunk, 'EncodedAudioChunk');

/** @internal */
export const isEncodedAudioChunk = (value: unknown): value is EncodedAudioChunk =>
  typeof value === 'object' && value !== null && hasContent(value);

/** @internal */
export const encodedAudioChunkContent = chunkContent(
  'EncodedAudioChunk',
  isEncodedAudioChunk,
  contentOf,
  nativeClasses.EncodedAudioChunk,
);

/** @internal The chunk's bytes, not copied; they must not be changed. */
export const bytesOfAudioChunk = (chunk: EncodedAudioChunk): Uint8Array => contentOf(chunk).data;

/** @internal A chunk of these bytes, which it takes over. */
export const createEncodedAudioChunk = (content: EncodedChunkContent): EncodedAudioChunk =>
  new EncodedAudioChunk(new PreparedChunk(content) as unknown as EncodedAudioChunkInit);
