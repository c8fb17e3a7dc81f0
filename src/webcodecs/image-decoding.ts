/**
 * The processing model of ImageDecoder (§10.2.5): tracks that are established and updated while data arrive, decode
 * requests that are served in order, and the errors that end it all.
 */
import { type DecodedPicture, EngineError } from '../engine/engine.ts';
import type { ImageFrameDecoder } from '../images/frame-decoder.ts';
import type { ImageContents, ImageFormat, ImageFrame, ImageParser } from '../images/image.ts';
import { loadNativePart } from '../native/native-classes.ts';
import type { Picture } from '../pixels/picture.ts';
import { queueTask } from '../platform/platform.ts';
import { Deferred } from './image-deferred.ts';
import type { ImagePieces } from './image-pieces.ts';
import { ImageStream } from './image-stream.ts';
import { createImageTrack, type ImageTrack, type ImageTrackState } from './image-track.ts';
import { assignTracks, createImageTrackList } from './image-track-list.ts';
import { imageTurn } from './image-turns.ts';
import { createVideoFrame, type VideoFrame } from './video-frame.ts';

/** https://w3c.github.io/webcodecs/#dictdef-imagedecoderesult */
export interface ImageDecodeResult {
  image: VideoFrame;
  /** False if the file ends within the frame, which decode() gives with `completeFramesOnly: false` only. */
  complete: boolean;
}

export interface DecodeOptions {
  frameIndex: number;
  completeFramesOnly: boolean;
}

/** A promise that decode() returned. */
interface DecodeRequest extends DecodeOptions {
  resolve(result: ImageDecodeResult): void;
  reject(reason: unknown): void;
}

interface Track {
  state: ImageTrackState;
  object: ImageTrack;
}

export interface ImageDecodingOptions {
  type: string;
  /** null: no preference. */
  preferAnimation: boolean | null;
  pieces: ImagePieces;
}

/** https://w3c.github.io/webcodecs/#create-a-videoframe of a frame of an image; takes over the picture. */
function makeFrame(decoded: DecodedPicture, { rotation, flip }: ImageContents, frame: ImageFrame): VideoFrame {
  const { picture, visibleRect, colorSpace } = decoded;
  const isSideways = rotation % 180 !== 0;
  return createVideoFrame({
    picture,
    visibleRect,
    displayWidth: isSideways ? visibleRect.height : visibleRect.width,
    displayHeight: isSideways ? visibleRect.width : visibleRect.height,
    timestamp: frame.timestamp,
    duration: frame.duration,
    colorSpace,
    rotation,
    flip,
  });
}

/** https://w3c.github.io/webcodecs/#imagedecoder-get-default-selected-track-index */
function defaultTrackIndex({ tracks, primaryTrack }: ImageContents, preferAnimation: boolean | null): number {
  // "If [[prefer animation]] is null, return primaryTrackIndex."
  if (preferAnimation === null) return primaryTrack;
  // "If primaryTrack.animated equals [[prefer animation]], return primaryTrackIndex."
  if (tracks[primaryTrack]?.animated === preferAnimation) return primaryTrack;
  // "… return the position of the earliest such track in trackList. Return 0."
  return Math.max(
    0,
    tracks.findIndex((track) => track.animated === preferAnimation),
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ImageDecoding {
  /** [[type]] */
  type: string;
  /** [[complete]] */
  complete = false;
  /** [[completed promise]] */
  readonly completed = new Deferred();
  /** [[ready promise]] */
  readonly #ready = new Deferred();
  /** [[ImageTrackList]] */
  readonly tracks = createImageTrackList(this.#ready.promise);

  readonly #pieces: ImagePieces;
  readonly #preferAnimation: boolean | null;
  /** [[closed]] */
  #closed = false;
  /** Why the type is not supported. */
  #refusal: DOMException | undefined;
  #stream: ImageStream | undefined;
  /** [[encoded data]], as far as it is there and not given to the parser for good. */
  #data: Uint8Array | undefined;
  /** There as soon as the type is known to be supported. */
  #parser: ImageParser | undefined;
  /** Why "[[encoded data]] is found to be malformed". */
  #malformed: string | undefined;
  /** All the data are there, and were not "enough data to determine the number of tracks". */
  #isTooShort = false;
  /** The tracks that were found; some are there when [[tracks established]] is true. */
  #found: Track[] = [];
  /** [[internal selected track index]] */
  #selected = -1;
  /** [[pending decode promises]] */
  readonly #pending = new Set<DecodeRequest>();
  /** [[codec work queue]]: those that nothing was done for. */
  readonly #queue: DecodeRequest[] = [];
  /** The request that is being decoded. */
  #active: DecodeRequest | undefined;
  /** [[codec implementation]], of the selected track. */
  #decoder: ImageFrameDecoder | undefined;
  /** What the track was when the decoder was opened. */
  #isDecoderAnimated = false;
  #abandoned = false;

  constructor({ type, preferAnimation, pieces }: ImageDecodingOptions) {
    this.type = type;
    this.#preferAnimation = preferAnimation;
    this.#pieces = pieces;
  }

  /** Starts with all the data; takes them over. */
  startWithData(data: Uint8Array): void {
    // "Assign true to [[complete]]."
    this.complete = true;
    this.#data = data;
    // "Queue a control message to configure the image decoder with init."
    void this.#configure();
  }

  /** Starts with a stream, which is read to its end. */
  startWithStream(stream: ReadableStream<Uint8Array>): void {
    void this.#configure();
    // A type that is not supported leaves the stream alone, as in Chromium: it may be of use for something else.
    if (this.#refusal) return;
    this.#stream = new ImageStream(stream, {
      data: (bytes, complete) => {
        this.#data = bytes;
        this.complete = complete;
        this.#readData();
      },
      error: (exception) => this.#closeInTask(exception),
    });
  }

  /** Running a control message to configure the image decoder. */
  async #configure(): Promise<void> {
    // "Let supported be the result of running the Check Type Support algorithm with init.type."
    const format = this.#pieces.formatOf(this.type);
    // What is clear at once is said at once: decode() right after the constructor rejects with NotSupportedError.
    if (!format) {
      this.#refuse();
      return;
    }
    let reason: string | undefined;
    const parser = await this.#createParser(format).catch((error) => {
      reason = messageOf(error);
      return undefined;
    });
    if (this.#closed) return;
    if (!parser) {
      this.#refuse(reason);
      return;
    }
    this.#parser = parser;
    // "Queue a control message to decode track metadata."
    this.#readData();
  }

  async #createParser(format: ImageFormat): Promise<ImageParser | undefined> {
    return (await this.#pieces.supports(format)) ? this.#pieces.createParser(format) : undefined;
  }

  /**
   * "If supported is false, run the Close ImageDecoder algorithm with a NotSupportedError." But a closed decoder
   * rejects decode() with InvalidStateError, and the Web Platform Tests want NotSupportedError; as in Chromium
   * everything rejects with that, and close() is still to come.
   */
  #refuse(reason = `Images of type '${this.type}' are not supported.`): void {
    const exception = new DOMException(reason, 'NotSupportedError');
    this.#refusal = exception;
    this.#abort(exception);
    this.#releaseData();
    this.#ready.reject(exception);
    this.#settleCompleted(exception);
  }

  /** Looks at the data after some came, or after all came. */
  #readData(): void {
    if (!this.#parser || this.#closed) return;
    this.#parse(this.#parser);
    // "If [[tracks established]] is false, run the Establish Tracks algorithm. Otherwise, run the Update Tracks
    // algorithm."
    if (this.#found.length === 0) this.#establishTracks(this.#parser.contents);
    else this.#updateTracks(this.#parser.contents!);
    // "Resolve [[completed promise]]", after the tasks that bring the tracks up to date: a program that waited for it
    // finds the final number of frames.
    if (this.complete) queueTask(() => this.completed.resolve());
    this.#decodeNext();
  }

  #parse(parser: ImageParser): void {
    if (!this.#data || this.#malformed !== undefined) return;
    try {
      parser.read(this.#data, false);
      if (this.complete) this.#parseEnd(parser, this.#data);
    } catch (error) {
      // Frames that came before can be decoded nevertheless.
      this.#malformed = messageOf(error);
      this.#stream?.discard();
    }
    // From here on the parser's frames hold what is needed.
    if (this.complete || this.#malformed !== undefined) this.#data = undefined;
  }

  /** A file that ends within its header is no worse than cut off, even if the parser calls it damaged then. */
  #parseEnd(parser: ImageParser, data: Uint8Array): void {
    this.#isTooShort = !parser.contents;
    parser.read(data, true);
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-establish-tracks */
  #establishTracks(contents: ImageContents | undefined): void {
    if (!contents?.tracks.length) {
      this.#reportNoTracks(contents !== undefined);
      return;
    }
    // "For each image track found in [[encoded data]]: Let newTrack be a new ImageTrack, initialized as follows: …"
    this.#found = contents.tracks.map(({ animated, repetitionCount, frames }, index) => {
      const select = (selected: boolean) => this.#select(index, selected);
      const state = { animated, frameCount: frames.length, repetitionCount, selected: false, select };
      return { state, object: createImageTrack(state) };
    });
    // "Let selectedTrackIndex be the result of running the Get Default Selected Track Index algorithm."
    const selected = defaultTrackIndex(contents, this.#preferAnimation);
    // "Assign true to selectedTrack's [[selected]] internal slot."
    this.#found[selected]!.state.selected = true;
    // "Assign selectedTrackIndex to [[internal selected track index]]. Assign true to [[tracks established]]."
    this.#selected = selected;
    // "Queue a task: Assign newTrackList to the tracks [[track list]] internal slot. Assign selectedTrackIndex to tracks
    // [[selected index]]. Resolve [[ready promise]]."
    queueTask(() => {
      if (this.#closed) return;
      this.#showTracks();
      this.#ready.resolve();
    });
  }

  #reportNoTracks(isEmpty: boolean): void {
    // "If the number of tracks is found to be 0, queue a task to run the Close ImageDecoder algorithm."
    if (isEmpty) this.#rejectBadData('The file holds no image.');
    // "If [[encoded data]] does not contain enough data to determine the number of tracks: If complete is true, queue
    // a task to run the Close ImageDecoder algorithm with a InvalidStateError DOMException."
    else if (this.#isTooShort) {
      this.#closeInTask(new DOMException('The data end before the image begins.', 'InvalidStateError'));
    } else if (this.#malformed !== undefined) this.#rejectBadData(this.#malformed);
  }

  #showTracks(): void {
    assignTracks(
      this.tracks,
      this.#found.map(({ object }) => object),
      this.#selected,
    );
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-update-tracks */
  #updateTracks(contents: ImageContents): void {
    // "Let latestFrameCount be the frame count as indicated by [[encoded data]]." What is animated, and how often, a GIF
    // does not say before its first frame either.
    const latest = contents.tracks.map(({ animated, repetitionCount, frames }) => {
      return { animated, repetitionCount, frameCount: frames.length };
    });
    // "Queue a task: … Assign update.frameCount to updateTrack's [[frame count]]."
    queueTask(() => this.#found.forEach(({ state }, index) => void Object.assign(state, latest[index])));
  }

  /** https://w3c.github.io/webcodecs/#dom-imagetrack-selected: the steps of the setter. */
  #select(index: number, newValue: boolean): void {
    // "If [[ImageDecoder]]'s [[closed]] slot is true, abort these steps."
    if (this.#closed) return;
    const { state } = this.#found[index]!;
    // "If newValue equals [[selected]], abort these steps."
    if (newValue === state.selected) return;
    // "If oldSelectedIndex is not -1: … Assign false to oldSelectedTrack [[selected]]."
    const old = this.#found[this.#selected];
    if (old) old.state.selected = false;
    // "Assign newValue to [[selected]]."
    state.selected = newValue;
    // "If newValue is true, let selectedIndex be the index of this ImageTrack …. Otherwise, let selectedIndex be -1.
    // Assign selectedIndex to parentTrackList [[selected index]]."
    this.#selected = newValue ? index : -1;
    this.#showTracks();
    // "Run the Reset ImageDecoder algorithm on [[ImageDecoder]]."
    this.#abort(new DOMException('Another track was selected.', 'AbortError'));
    // "Queue a control message … to update the internal selected track index": nothing is queued any more.
    this.#closeDecoder();
  }

  /** https://w3c.github.io/webcodecs/#dom-imagedecoder-decode, its options converted. */
  decode(options: DecodeOptions): Promise<ImageDecodeResult> {
    // "If [[closed]] is true, return a Promise rejected with an InvalidStateError DOMException."
    if (this.#closed) return Promise.reject(new DOMException('The ImageDecoder is closed.', 'InvalidStateError'));
    if (this.#refusal) return Promise.reject(this.#refusal);
    // "If [[ImageTrackList]]'s [[selected index]] is '-1', return a Promise rejected with an InvalidStateError." Taken by
    // its word, this would forbid to decode before the tracks are known; browsers wait for them.
    if (this.#found.length > 0 && this.#selected === -1) {
      return Promise.reject(new DOMException('No track is selected.', 'InvalidStateError'));
    }
    // "Let promise be a new Promise. Append promise to [[pending decode promises]]."
    return new Promise((resolve, reject) => {
      const request: DecodeRequest = { ...options, resolve, reject };
      this.#pending.add(request);
      // "Queue a control message to decode the image with options, and promise. Process the control message queue."
      this.#queue.push(request);
      this.#decodeNext();
    });
  }

  /** Begins what can be done now: one frame at a time, in the order of the requests. */
  #decodeNext(): void {
    // "Wait for [[tracks established]] to become true."
    const contents = this.#parser?.contents;
    const track = contents?.tracks[this.#selected];
    if (!track) return;
    while (!this.#active) {
      const request = this.#queue[0];
      if (!request) {
        this.#closeIdleDecoder();
        return;
      }
      const frame = track.frames[request.frameIndex];
      // "Wait for any of the following conditions to be true: …"
      if (!frame && !this.complete && this.#malformed === undefined) return;
      this.#queue.shift();
      // A frame that is cut off, with nothing more to come, is as good as damaged, if it has to be complete.
      if (frame?.isCut && request.completeFramesOnly) this.#rejectDamaged(request, 'The data end within the frame.');
      else if (frame) void this.#decodeFrame(request, contents, frame);
      else this.#rejectMissing(request, track.frames.length);
    }
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-decode-complete-frame, from the attempt to decode on. */
  async #decodeFrame(request: DecodeRequest, contents: ImageContents, frame: ImageFrame): Promise<void> {
    this.#active = request;
    const endTurn = await imageTurn();
    let decoded: DecodedPicture;
    let native: Awaited<ReturnType<typeof loadNativePart>>;
    try {
      native = await loadNativePart();
      if (this.#active !== request) return;
      decoded = await this.#openDecoder(contents).decode(request.frameIndex);
    } catch (error) {
      // "If decoding produces an error, run the Fatally Reject Bad Data algorithm and abort these steps." The request
      // stays the active one, so that nothing else begins meanwhile.
      if (this.#active === request) this.#rejectUndecodable(error);
      return;
    } finally {
      endTurn();
    }
    if (this.#active !== request) {
      decoded.picture.release();
      return;
    }
    this.#active = undefined;
    this.#resolveInTask(request, decoded.picture, () => {
      const image = makeFrame(decoded, contents, frame);
      return { image: native?.giveVideoFrame(image) ?? image, complete: !frame.isCut };
    });
    this.#decodeNext();
  }

  #openDecoder(contents: ImageContents): ImageFrameDecoder {
    const { animated } = contents.tracks[this.#selected]!;
    // A GIF of which one frame was there is taken for a still image, which needs no canvas: then came the second.
    if (animated !== this.#isDecoderAnimated) this.#closeDecoder();
    this.#isDecoderAnimated = animated;
    this.#decoder ??= this.#pieces.openDecoder(contents, this.#selected);
    return this.#decoder;
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-resolve-decode */
  #resolveInTask(request: DecodeRequest, picture: Picture, result: () => ImageDecodeResult): void {
    queueTask(() => {
      // "Remove promise from [[pending decode promises]]. Resolve promise with result." It is not there if it was
      // rejected meanwhile.
      if (this.#pending.delete(request)) request.resolve(result());
      else picture.release();
    });
  }

  /** There is no such frame, and there never will be. */
  #rejectMissing(request: DecodeRequest, frameCount: number): void {
    // "If [[encoded data]] is found to be malformed, run the Fatally Reject Bad Data algorithm."
    if (this.#malformed !== undefined) {
      this.#rejectDamaged(request, this.#malformed);
      return;
    }
    // By the Web Platform Tests, a file that was cut off before its first frame is damaged as well.
    if (frameCount === 0) {
      this.#rejectDamaged(request, 'The data end before the first frame.');
      return;
    }
    // "Run the Reject Infeasible Decode algorithm": "If complete is true, let exception be a RangeError. … Queue a task: …
    // Remove promise from [[pending decode promises]]. Reject promise with exception."
    queueTask(() => {
      if (!this.#pending.delete(request)) return;
      request.reject(new RangeError(`The image has no frame ${request.frameIndex}.`));
    });
  }

  /** The request stays the active one, so that nothing else begins before the decoder is closed. */
  #rejectDamaged(request: DecodeRequest, message: string): void {
    this.#active = request;
    this.#rejectBadData(message);
  }

  #rejectUndecodable(error: unknown): void {
    if (error instanceof EngineError && error.reason === 'unsupported') {
      this.#closeInTask(new DOMException(error.message, 'NotSupportedError'));
    } else this.#rejectBadData(messageOf(error));
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-fatally-reject-bad-data */
  #rejectBadData(message: string): void {
    this.#closeInTask(new DOMException(message, 'EncodingError'));
  }

  /** "Queue a task to run the Close ImageDecoder algorithm with exception." */
  #closeInTask(exception: DOMException): void {
    queueTask(() => this.#close(exception));
  }

  /** https://w3c.github.io/webcodecs/#dom-imagedecoder-reset */
  reset(): void {
    this.#abort(new DOMException('The ImageDecoder was reset.', 'AbortError'));
  }

  /** https://w3c.github.io/webcodecs/#dom-imagedecoder-close */
  close(): void {
    this.#close(new DOMException('The ImageDecoder was closed.', 'AbortError'));
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-reset-imagedecoder */
  #abort(exception: DOMException): void {
    // "Signal [[codec implementation]] to abort any active decoding operation."
    if (this.#active) {
      this.#active = undefined;
      this.#closeDecoder();
    }
    this.#queue.length = 0;
    // "For each decodePromise in [[pending decode promises]]: Reject decodePromise with exception. Remove decodePromise
    // from [[pending decode promises]]."
    for (const request of this.#pending) request.reject(exception);
    this.#pending.clear();
  }

  /** https://w3c.github.io/webcodecs/#imagedecoder-close-imagedecoder */
  #close(exception: DOMException): void {
    if (this.#closed) return;
    // "Run the Reset ImageDecoder algorithm with exception. Assign true to [[closed]]."
    this.#abort(exception);
    this.#closed = true;
    // Not in the specification, but in the Web Platform Tests.
    this.type = '';
    // "Clear [[codec implementation]] and release associated system resources."
    this.#closeDecoder();
    this.#releaseData();
    // "If [[ImageTrackList]] is empty, reject [[ready promise]] with exception. Otherwise …: Remove all entries from
    // [[ImageTrackList]]. Assign -1 to [[ImageTrackList]]'s [[selected index]]."
    if (this.tracks.length === 0) this.#ready.reject(exception);
    this.#found = [];
    this.#selected = -1;
    this.#showTracks();
    this.#settleCompleted(exception);
  }

  /** "If [[complete]] is false resolve [[completed promise]] with exception": rejecting is meant. */
  #settleCompleted(exception: DOMException): void {
    if (this.complete) this.completed.resolve();
    else this.completed.reject(exception);
  }

  #releaseData(): void {
    this.#stream?.cancel();
    this.#stream = undefined;
    this.#parser = undefined;
    this.#data = undefined;
  }

  #closeDecoder(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  /** A still image's decoder has nothing to remember, and most programs drop an ImageDecoder without closing it. */
  #closeIdleDecoder(): void {
    const isStill = this.complete && this.#parser?.contents?.tracks[this.#selected]?.frames.length === 1;
    if (isStill || this.#abandoned) this.#closeDecoder();
  }

  /** The program has no ImageDecoder any more: what it asked for is still done, but nothing is kept for later. */
  abandon(): void {
    this.#abandoned = true;
    this.#decodeNext();
  }
}
