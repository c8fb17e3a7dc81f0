/** Frames of an image by number, whatever the codec needs to have seen before. */
import {
  type DecodedPicture,
  type Engine,
  EngineError,
  type ImageFrameToDecode,
  type Packet,
} from '../engine/engine.ts';
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { cropped, joined, withAlpha } from './avif-pictures.ts';
import type { ImageContents, ImageFormat, ImageFrame, ImageGrid, ImageTrackContents } from './image.ts';
import { PictureSession } from './picture-session.ts';

export interface ImageFrameDecoder {
  /** Frames that are asked for at the same time are decoded one after the other. @throws {EngineError} */
  decode(index: number): Promise<DecodedPicture>;
  /** Ends the work; what is still asked for rejects. */
  close(): void;
}

/** What the two kinds of images have in common: a frame, and how it is decoded. */
interface TrackDecoder {
  decode(index: number): Promise<DecodedPicture>;
  close(): void;
}

const closed = () => new EngineError('coding', 'the decoder was closed');

export function openFrameDecoder(engine: Engine, contents: ImageContents, track: number): ImageFrameDecoder {
  return new QueuedFrameDecoder(engine, contents, contents.tracks[track]!);
}

class QueuedFrameDecoder implements ImageFrameDecoder {
  readonly #decoder: TrackDecoder;
  readonly #contents: ImageContents;
  readonly #frames: readonly ImageFrame[];
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(engine: Engine, contents: ImageContents, track: ImageTrackContents) {
    this.#contents = contents;
    this.#frames = track.frames;
    this.#decoder =
      contents.format === 'avif'
        ? new AvifTrackDecoder(engine, track)
        : new CanvasDecoder(engine, contents.format, contents, track);
  }

  decode(index: number): Promise<DecodedPicture> {
    const result = this.#last.then(() => this.#decode(index));
    this.#last = result.catch(() => {});
    return result;
  }

  async #decode(index: number): Promise<DecodedPicture> {
    if (this.#isClosed) throw closed();
    const frame = this.#frames[index];
    if (!frame) throw new EngineError('coding', `there is no frame ${index}`);
    const decoded = await this.#decoder.decode(index);
    const colorSpace = overridden(decoded.colorSpace, this.#contents.colorSpace);
    return { ...decoded, timestamp: frame.timestamp, duration: frame.duration, colorSpace };
  }

  close(): void {
    this.#isClosed = true;
    this.#decoder.close();
  }
}

/** The container goes before the codec, as far as it says anything. */
function overridden(codec: VideoColorSpaceInit, container: VideoColorSpaceInit | undefined): VideoColorSpaceInit {
  if (!container) return codec;
  return {
    primaries: container.primaries ?? codec.primaries,
    transfer: container.transfer ?? codec.transfer,
    matrix: container.matrix ?? codec.matrix,
    fullRange: container.fullRange ?? codec.fullRange,
  };
}

/**
 * Where decoding begins in order to get at a frame: at `next`, which is where the codec stands, or at the last frame
 * before that needs nothing.
 */
export function firstFrameToDecode(frames: readonly { isKey: boolean }[], index: number, next: number): number {
  let key = index;
  while (key > 0 && key !== next && !frames[key]!.isKey) key--;
  return key;
}

/** Asks for the frames from where decoding begins up to the wanted one, and keeps the last picture. */
async function decodeInOrder(
  first: number,
  index: number,
  decode: (index: number) => Promise<DecodedPicture>,
): Promise<DecodedPicture> {
  for (let at = first; at < index; at++) (await decode(at)).picture.release();
  return decode(index);
}

/** A session and what it stands at; after an error a new session, which begins anew. */
class Restartable<Input extends { timestamp: number }> {
  /** The frame after the last one that was decoded; 0: the codec knows nothing. */
  next = 0;
  readonly #open: () => PictureSession<Input>;
  #session: PictureSession<Input> | undefined;
  #isClosed = false;

  constructor(open: () => PictureSession<Input>) {
    this.#open = open;
  }

  get session(): PictureSession<Input> {
    if (this.#isClosed) throw closed();
    if (!this.#session || this.#session.isDead) {
      this.#session = this.#open();
      this.next = 0;
    }
    return this.#session;
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.close();
  }
}

/** JPEG, PNG, GIF, WebP, BMP: the engine puts the frames together on a canvas of its own. */
class CanvasDecoder implements TrackDecoder {
  readonly #codec: Restartable<ImageFrameToDecode>;
  readonly #frames: readonly ImageFrame[];

  constructor(
    engine: Engine,
    codec: Exclude<ImageFormat, 'avif'>,
    { width, height }: ImageContents,
    { animated, frames }: ImageTrackContents,
  ) {
    this.#codec = new Restartable(() => {
      const [first] = frames;
      const isCanvasNeeded = animated || first?.width !== width || first.height !== height;
      const canvas = isCanvasNeeded
        ? { canvasWidth: width, canvasHeight: height }
        : { canvasWidth: 0, canvasHeight: 0 };
      return new PictureSession((events) =>
        engine.openImageDecoder({ kind: 'image-decoder', codec, ...canvas }, events),
      );
    });
    this.#frames = frames;
  }

  async decode(index: number): Promise<DecodedPicture> {
    const { session } = this.#codec;
    const begin = firstFrameToDecode(this.#frames, index, this.#codec.next);
    const isFresh = begin !== this.#codec.next || begin === 0;
    return decodeInOrder(begin, index, async (at) => {
      const { data, x, y, blend, dispose, timestamp, duration } = this.#frames[at]!;
      const first = isFresh && at === begin;
      const decoded = await session.decode({ data, x, y, blend, dispose, first, timestamp, duration });
      this.#codec.next = at + 1;
      return decoded;
    });
  }

  close(): void {
    this.#codec.close();
  }
}

/** Pictures of one AV1 stream. */
class Av1Decoder {
  readonly #codec: Restartable<Packet>;
  /** The packets' timestamps: no two are equal, whatever the file says. */
  #serial = 0;

  constructor(engine: Engine, { width, height }: { width: number; height: number }) {
    this.#codec = new Restartable(
      () =>
        new PictureSession((events) =>
          engine.openVideoDecoder(
            {
              kind: 'video-decoder',
              codec: 'av1',
              description: undefined,
              reorderDepth: 0,
              lowLatency: true,
              width,
              height,
            },
            events,
          ),
        ),
    );
  }

  async decode(frames: readonly ImageFrame[], index: number, dataOf: (frame: ImageFrame) => Uint8Array) {
    const { session } = this.#codec;
    const begin = firstFrameToDecode(frames, index, this.#codec.next);
    return decodeInOrder(begin, index, async (at) => {
      const frame = frames[at]!;
      const decoded = await session.decode(this.#packet(dataOf(frame), frame.isKey));
      this.#codec.next = session.isFlushed ? 0 : at + 1;
      return decoded;
    });
  }

  /** Of an image by itself. */
  async decodeImage(data: Uint8Array): Promise<DecodedPicture> {
    return this.#codec.session.decode(this.#packet(data, true));
  }

  #packet(data: Uint8Array, isKey: boolean): Packet {
    return { type: isKey ? 'key' : 'delta', timestamp: this.#serial++, duration: null, data };
  }

  close(): void {
    this.#codec.close();
  }
}

class AvifTrackDecoder implements TrackDecoder {
  readonly #track: ImageTrackContents;
  readonly #engine: Engine;
  #color: Av1Decoder | undefined;
  #alpha: Av1Decoder | undefined;

  constructor(engine: Engine, track: ImageTrackContents) {
    this.#engine = engine;
    this.#track = track;
  }

  decode(index: number): Promise<DecodedPicture> {
    const { frames, grid } = this.#track;
    return grid ? this.#decodeGrid(grid, frames[0]!) : this.#decodeFrame(frames, index);
  }

  #decoders(frame: ImageFrame): { color: Av1Decoder; alpha: Av1Decoder } {
    this.#color ??= new Av1Decoder(this.#engine, frame);
    this.#alpha ??= new Av1Decoder(this.#engine, frame);
    return { color: this.#color, alpha: this.#alpha };
  }

  async #decodeFrame(frames: readonly ImageFrame[], index: number): Promise<DecodedPicture> {
    const frame = frames[index]!;
    const { color, alpha } = this.#decoders(frame);
    const [colors, opacity] = await bothPictures(
      color.decode(frames, index, ({ data }) => data),
      frame.alpha && alpha.decode(frames, index, (each) => each.alpha ?? new Uint8Array(0)),
    );
    return this.#finish(frame, colors, opacity);
  }

  /** Crops, and adds alpha. */
  #finish(frame: ImageFrame, color: DecodedPicture, alpha: DecodedPicture | undefined): DecodedPicture {
    let result: DecodedPicture | undefined;
    try {
      result = cropped(color, frame);
      if (alpha) result = withAlpha(result, cropped(alpha, frame), this.#track.isAlphaPremultiplied ?? false);
      return result;
    } finally {
      alpha?.picture.release();
      if (result?.picture !== color.picture) color.picture.release();
    }
  }

  async #decodeGrid({ cells, columns }: ImageGrid, canvas: ImageFrame): Promise<DecodedPicture> {
    const pictures: DecodedPicture[] = [];
    try {
      for (const cell of cells) pictures.push(await this.#decodeCell(cell));
      return joined(pictures, columns, { width: canvas.width, height: canvas.height });
    } finally {
      for (const { picture } of pictures) picture.release();
    }
  }

  async #decodeCell(cell: ImageFrame): Promise<DecodedPicture> {
    const { color, alpha } = this.#decoders(cell);
    const [colors, opacity] = await bothPictures(
      color.decodeImage(cell.data),
      cell.alpha && alpha.decodeImage(cell.alpha),
    );
    return this.#finish(cell, colors, opacity);
  }

  close(): void {
    this.#color?.close();
    this.#alpha?.close();
  }
}

/** Both, or neither: if one fails, the other's picture is released. */
async function bothPictures(
  color: Promise<DecodedPicture>,
  alpha: Promise<DecodedPicture> | undefined,
): Promise<[DecodedPicture, DecodedPicture | undefined]> {
  const results = await Promise.allSettled([color, alpha]);
  const [first, second] = results;
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  for (const result of results) {
    if (result.status === 'fulfilled') result.value?.picture.release();
  }
  throw (first.status === 'rejected' ? first : (second as PromiseRejectedResult)).reason;
}
