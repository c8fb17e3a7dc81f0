/** Encodes pictures with alpha as two streams of one codec: the colours, and alpha in place of luma. */

import type { Picture } from '../pixels/picture.ts';
import { allocatePicture } from '../pixels/picture-pool.ts';
import { bitDepthOf, hasAlpha, isRgb, type PixelFormat } from '../pixels/pixel-format.ts';
import type { EncodedVideoPacket, PictureToEncode, Session, SessionEvents, VideoEncoderParameters } from './engine.ts';
import { EngineError } from './engine.ts';

type OpenEncoder = (
  parameters: VideoEncoderParameters,
  events: SessionEvents<EncodedVideoPacket>,
) => Session<PictureToEncode>;

/** Of the whole bitrate; alpha is mostly flat. */
const colorShare = 0.8;

const alphaFormats: Readonly<Record<number, PixelFormat>> = { 8: 'I420', 10: 'I420P10', 12: 'I420P12' };

/** Where the alpha samples of a picture lie: the fourth plane, or the fourth byte of each pixel. */
function alphaSamples(picture: Picture): { offset: number; stride: number; step: number } | undefined {
  if (!hasAlpha(picture.format)) return undefined;
  if (!isRgb(picture.format)) return { ...picture.planes[3]!, step: bitDepthOf(picture.format) > 8 ? 2 : 1 };
  const { offset, stride } = picture.planes[0]!;
  return { offset: offset + 3, stride, step: 4 };
}

/** Alpha as the luma of a picture with neutral chroma; what has no alpha is opaque. */
function alphaPicture({ picture, visibleRect }: PictureToEncode): Picture {
  const { width, height } = visibleRect;
  const depth = bitDepthOf(picture.format);
  const { picture: target, bytes } = allocatePicture(alphaFormats[depth]!, width, height);
  const [luma, chroma] = target.planes as [{ offset: number; stride: number }, { offset: number }];
  const sampleBytes = depth > 8 ? 2 : 1;
  const samples = alphaSamples(picture);
  const source = new Uint8Array(picture.buffer);
  for (let y = 0; y < height; y++) {
    const row = luma.offset + y * luma.stride;
    if (!samples) {
      fillSamples(bytes.subarray(row, row + width * sampleBytes), 2 ** depth - 1, depth);
      continue;
    }
    const from = samples.offset + (visibleRect.y + y) * samples.stride + visibleRect.x * samples.step;
    if (samples.step === sampleBytes) bytes.set(source.subarray(from, from + width * sampleBytes), row);
    else for (let x = 0; x < width; x++) bytes[row + x] = source[from + 4 * x]!;
  }
  // Both planes of chroma, which come last.
  fillSamples(bytes.subarray(chroma.offset), 2 ** (depth - 1), depth);
  return target;
}

function fillSamples(bytes: Uint8Array, value: number, depth: number): void {
  if (depth === 8) bytes.fill(value);
  else for (let at = 0; at < bytes.length; at += 2) bytes.set([value & 255, value >> 8], at);
}

export class AlphaEncoderSession implements Session<PictureToEncode> {
  readonly ready: Promise<void>;
  readonly #color: Session<PictureToEncode>;
  readonly #alpha: Session<PictureToEncode>;
  readonly #events: SessionEvents<EncodedVideoPacket>;
  /** Packets that wait for their counterpart. */
  readonly #colors: EncodedVideoPacket[] = [];
  readonly #alphas: EncodedVideoPacket[] = [];
  #closed = false;
  #isFirst = true;

  constructor(open: OpenEncoder, parameters: VideoEncoderParameters, events: SessionEvents<EncodedVideoPacket>) {
    const share = (part: number) => parameters.bitrate && Math.round(parameters.bitrate * part);
    this.#events = events;
    this.#color = open({ ...parameters, bitrate: share(colorShare) }, this.#collect(this.#colors));
    this.#alpha = open({ ...parameters, bitrate: share(1 - colorShare) }, this.#collect(this.#alphas));
    this.ready = Promise.all([this.#color.ready, this.#alpha.ready]).then(
      () => {},
      (error) => {
        this.close();
        throw error;
      },
    );
  }

  #collect(packets: EncodedVideoPacket[]): SessionEvents<EncodedVideoPacket> {
    return {
      output: (packet) => {
        packets.push(packet);
        this.#pair();
      },
      credit: () => {
        if (!this.#closed && this.credits > 0) this.#events.credit();
      },
      error: (error) => this.#fail(error),
    };
  }

  /** Every picture gives one packet of each stream, in order. */
  #pair(): void {
    while (this.#colors.length > 0 && this.#alphas.length > 0 && !this.#closed) {
      const { data: alpha } = this.#alphas.shift()!;
      this.#events.output({ ...this.#colors.shift()!, alpha });
    }
  }

  get engine(): string {
    return this.#color.engine;
  }

  get credits(): number {
    return Math.min(this.#color.credits, this.#alpha.credits);
  }

  submit(input: PictureToEncode): void {
    const keyFrame = input.keyFrame || this.#isFirst;
    this.#isFirst = false;
    const { width, height } = input.visibleRect;
    const alpha = { ...input, keyFrame, picture: alphaPicture(input), visibleRect: { x: 0, y: 0, width, height } };
    // Samples of alpha have the full range; the stream does not say so, and need not.
    this.#alpha.submit(alpha);
    this.#color.submit({ ...input, keyFrame });
  }

  async flush(): Promise<void> {
    await Promise.all([this.#color.flush(), this.#alpha.flush()]);
    if (this.#closed || this.#colors.length + this.#alphas.length === 0) return;
    this.#fail(new EngineError('coding', 'the colours and the alpha channel gave different numbers of packets'));
    // After an error nothing follows: as with every session, the promise stays pending.
    await new Promise(() => {});
  }

  #fail(error: EngineError): void {
    if (this.#closed) return;
    this.close();
    this.#events.error(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#color.close();
    this.#alpha.close();
  }
}
