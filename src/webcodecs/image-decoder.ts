import { type DecodeOptions, type ImageDecodeResult, ImageDecoding } from './image-decoding.ts';
import { type ImagePieces, imagePieces } from './image-pieces.ts';
import { isDisturbedOrLocked, isReadableStream } from './image-stream.ts';
import type { ImageTrackList } from './image-track-list.ts';
import * as webidl from './webidl.ts';

export type { ImageDecodeResult };

/** https://w3c.github.io/webcodecs/#typedefdef-imagebuffersource */
export type ImageBufferSource = webidl.BufferSource | ReadableStream<Uint8Array>;

/** https://w3c.github.io/webcodecs/#dictdef-imagedecoderinit */
export interface ImageDecoderInit {
  /** MIME type; the data are never sniffed. */
  type: string;
  /** The file. A buffer is copied, or taken over if `transfer` names it; a stream is read to its end, 1 GiB at most. */
  data: ImageBufferSource;
  /** Without effect: pixels are given as they are stored, and `VideoFrame.colorSpace` says what they mean. */
  colorSpaceConversion?: 'default' | 'none' | undefined;
  /** A hint, which is ignored: images are decoded in full size. Both or none. */
  desiredWidth?: number | undefined;
  desiredHeight?: number | undefined;
  /** Which track to select at first, where there is a choice. */
  preferAnimation?: boolean | undefined;
  /** Buffers to detach. */
  transfer?: ArrayBuffer[] | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-imagedecodeoptions */
export interface ImageDecodeOptions {
  frameIndex?: number | undefined;
  /**
   * False: of a frame within which the file ends, what there is, with `complete: false`. Otherwise without effect:
   * progressive images too are given in full detail only.
   */
  completeFramesOnly?: boolean | undefined;
}

const imageBufferSource: webidl.Converter<ImageBufferSource> = (value, context) => {
  if (isReadableStream(value) || webidl.isBufferSource(value)) return value;
  throw new TypeError(`${context} is neither a buffer, nor a view of one, nor a ReadableStream`);
};

const imageDecoderInit = webidl.dictionary<ImageDecoderInit>('ImageDecoderInit', [
  {
    key: 'colorSpaceConversion',
    converter: webidl.enumeration('ColorSpaceConversion', ['none', 'default']),
    default: () => 'default',
  },
  { key: 'data', converter: imageBufferSource, required: true },
  { key: 'desiredHeight', converter: webidl.enforceRangeUnsignedLong },
  { key: 'desiredWidth', converter: webidl.enforceRangeUnsignedLong },
  { key: 'preferAnimation', converter: webidl.boolean },
  { key: 'transfer', converter: webidl.transferList, default: () => [] },
  { key: 'type', converter: webidl.DOMString, required: true },
]);

const imageDecodeOptions = webidl.dictionary<DecodeOptions>('ImageDecodeOptions', [
  { key: 'completeFramesOnly', converter: webidl.boolean, default: () => true },
  { key: 'frameIndex', converter: webidl.enforceRangeUnsignedLong, default: () => 0 },
]);

/**
 * https://w3c.github.io/webcodecs/#valid-imagedecoderinit
 *
 * "If type is not a valid image MIME type, return false" is left out: by the Web Platform Tests such a type is as
 * good as one that is not supported, and rejects later with NotSupportedError.
 */
function assertValid({ data, desiredWidth, desiredHeight }: ImageDecoderInit): void {
  if (isReadableStream(data)) {
    // "If data is of type ReadableStream and the ReadableStream is disturbed or locked, return false."
    if (isDisturbedOrLocked(data)) throw new TypeError('ImageDecoder: the stream was read from, or is locked');
  } else if (webidl.bytesOf(data).length === 0) {
    // "If data is [detached], return false. If data is empty, return false."
    throw new TypeError('ImageDecoder: the data are empty or detached');
  }
  // "If desiredWidth exists and desiredHeight does not exist, return false", and the other way round.
  if ((desiredWidth === undefined) !== (desiredHeight === undefined)) {
    throw new TypeError('ImageDecoder: desiredWidth and desiredHeight must come together');
  }
}

/** An init together with what the decoder is put together from. */
class PreparedInit {
  constructor(
    readonly init: ImageDecoderInit,
    readonly pieces: ImagePieces,
  ) {}
}

/** Decoders that nobody closed and nobody has any more: their sessions of the engine end with their work. */
const unclosed = new FinalizationRegistry<ImageDecoding>((decoding) => decoding.abandon());

/** Decodes images and animations: https://w3c.github.io/webcodecs/#imagedecoder-interface */
export class ImageDecoder {
  readonly #decoding: ImageDecoding;

  /**
   * A type that is not supported rejects `tracks.ready` and decode() with NotSupportedError.
   *
   * @throws {TypeError} if the data are empty or detached, the stream was read from or is locked, or only one of
   *   `desiredWidth` and `desiredHeight` is given.
   * @throws {DOMException} DataCloneError if `transfer` names a buffer twice, or a detached one.
   */
  constructor(init: ImageDecoderInit) {
    webidl.requireArguments(arguments.length, 1, 'ImageDecoder constructor');
    const given = init instanceof PreparedInit ? init : new PreparedInit(init, imagePieces);
    const { data, type, preferAnimation, transfer } = ImageDecoder.#convert(given.init);
    // "If init.transfer contains more than one reference to the same ArrayBuffer, then throw a DataCloneError. For each
    // transferable in init.transfer: If [[Detached]] internal slot is true, then throw a DataCloneError."
    const detach = webidl.prepareTransfer(transfer ?? []);
    this.#decoding = new ImageDecoding({ type, preferAnimation: preferAnimation ?? null, pieces: given.pieces });
    // "For each transferable in init.transfer: Perform DetachArrayBuffer on transferable."
    if (isReadableStream(data)) {
      detach();
      this.#decoding.startWithStream(data);
    } else {
      // "If init.transfer contains an ArrayBuffer referenced by init.data the User Agent MAY choose to: Let [[encoded
      // data]] reference bytes in data representing an encoded image. Otherwise: Assign a copy of init.data to [[encoded
      // data]]."
      this.#decoding.startWithData(detach(data) ?? webidl.bytesOf(data).slice());
    }
    unclosed.register(this, this.#decoding);
  }

  static #convert(init: ImageDecoderInit): ImageDecoderInit {
    const converted = imageDecoderInit(init, 'ImageDecoderInit');
    // "If init is not valid ImageDecoderInit, throw a TypeError."
    assertValid(converted);
    return converted;
  }

  /** The MIME type that was given; empty once closed. */
  get type(): string {
    return this.#decoding.type;
  }

  /** Whether all the data are there. */
  get complete(): boolean {
    return this.#decoding.complete;
  }

  /** Resolves when all the data are there and the tracks know of all frames; rejects if the decoder closes before. */
  get completed(): Promise<undefined> {
    // A getter of a promise type rejects, it never throws: https://webidl.spec.whatwg.org/#dfn-attribute-getter
    try {
      return this.#decoding.completed.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Live. */
  get tracks(): ImageTrackList {
    return this.#decoding.tracks;
  }

  /**
   * Decodes a frame of the selected track; waits for the tracks, and for the frame's data. Frames are decoded in the
   * order of the calls, each to a VideoFrame of its own.
   *
   * Rejects with RangeError if there is no such frame; AbortError after reset(), close() and a change of the selected
   * track; InvalidStateError if closed or no track is selected. EncodingError (the data are damaged or cut off) and
   * NotSupportedError close the decoder. Those who read a stream can meet NotReadableError (the stream failed) and
   * DataError (a chunk is no Uint8Array) as well.
   */
  decode(options: ImageDecodeOptions = {}): Promise<ImageDecodeResult> {
    return webidl.promise(() => {
      const decoding = this.#decoding;
      return decoding.decode(imageDecodeOptions(options, 'ImageDecodeOptions'));
    });
  }

  /** https://w3c.github.io/webcodecs/#dom-imagedecoder-reset: rejects pending decodes with AbortError. */
  reset(): undefined {
    this.#decoding.reset();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-imagedecoder-close: aborts everything, for good. */
  close(): undefined {
    this.#decoding.close();
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-imagedecoder-istypesupported
   *
   * "If type is not a valid image MIME type, return a Promise rejected with TypeError": false instead, as in Chromium
   * and as the constructor takes it.
   */
  static isTypeSupported(type: string): Promise<boolean> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'ImageDecoder.isTypeSupported');
      const format = imagePieces.formatOf(webidl.DOMString(type, 'ImageDecoder.isTypeSupported: type'));
      return format !== undefined && imagePieces.supports(format);
    });
  }
}

webidl.defineInterface(ImageDecoder, 'ImageDecoder');

/** @internal A decoder of other pieces, for tests of what an ImageDecoder does with them. */
export const createImageDecoder = (init: ImageDecoderInit, pieces: ImagePieces): ImageDecoder =>
  new ImageDecoder(new PreparedInit(init, pieces) as unknown as ImageDecoderInit);
