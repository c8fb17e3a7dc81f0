/** One decoder at work on the file's pictures, and the canvas on which they are shown. */
import { type EncodedPacket, EncodedPacketSink } from 'mediabunny';
import type { Decoder, Frame, VideoClasses } from './codec-classes.ts';
import { draw } from './draw.ts';
import type { VideoTrack } from './media-file.ts';
import { RateMeter, SpeedMeter } from './speed-meter.ts';

/** Decoded frames are the largest things here, and hardware decoders have few of them: a handful is kept ready. */
const fewFrames = 2;
const burstLength = 6;
/** Seconds behind the clock after which waiting for the decoder makes no sense. */
const hopelesslyLate = 1;

const keyPackets = { verifyKeyPackets: true };

export class VideoLane {
  readonly speed = new SpeedMeter();
  readonly shown = new RateMeter();
  frames = 0;
  dropped = 0;
  /** Until the picture of the wanted time is there. */
  seeking = false;
  /** The picture on the canvas, microseconds. */
  current: { timestamp: number; duration: number | null } | undefined;

  readonly #classes: VideoClasses;
  readonly #video: VideoTrack;
  readonly #sink: EncodedPacketSink;
  readonly #context: CanvasRenderingContext2D;
  readonly #onError: (error: Error) => void;
  #decoder: Decoder | undefined;
  /** In the order of time, not shown yet. */
  #ready: Frame[] = [];
  /** Bytes of one decoded frame. */
  #frameBytes = 0;
  /** What older generations of the feeding loop still do is void. */
  #generation = 0;
  #burst = 0;
  #ended = false;
  #wake = () => {};
  /** Microseconds. */
  #wanted = 0;
  #lastFed = Number.NEGATIVE_INFINITY;
  #catchingUp = false;

  constructor(classes: VideoClasses, video: VideoTrack, canvas: HTMLCanvasElement, onError: (error: Error) => void) {
    this.#classes = classes;
    this.#video = video;
    this.#sink = new EncodedPacketSink(video.track);
    this.#onError = onError;
    canvas.width = video.width;
    canvas.height = video.height;
    this.#context = canvas.getContext('2d', { alpha: false })!;
  }

  get decoder(): Decoder | undefined {
    return this.#decoder;
  }

  /** Chunks and frames that wait. */
  get waiting(): { chunks: number; frames: number; bytes: number } {
    const chunks = this.#decoder?.state === 'configured' ? this.#decoder.decodeQueueSize : 0;
    return { chunks, frames: this.#ready.length, bytes: this.#ready.length * this.#frameBytes };
  }

  /** Shows the picture of this time (seconds) as soon as it is decoded. */
  seek(time: number): void {
    this.seeking = true;
    this.#wanted = time * 1e6;
    this.#begin(this.#keyPacket(time));
  }

  close(): void {
    this.#generation++;
    this.#dropReady();
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#wake();
  }

  /** Draws the picture of this time (seconds), if it is new and decoded. */
  show(time: number): void {
    this.#wanted = time * 1e6;
    this.#discardOlder();
    const [frame] = this.#ready;
    this.#wake();
    if (!frame || !this.#isDue(frame)) {
      void this.#catchUp(time);
      return;
    }
    this.seeking = false;
    this.#ready.shift();
    this.#paint(frame);
  }

  #isDue(frame: Frame): boolean {
    if (!this.seeking) return frame.timestamp <= this.#wanted;
    // Pictures before the wanted one must not flicker by.
    const end = frame.timestamp + (frame.duration ?? 0);
    return this.#ready.length > 1 || end > this.#wanted || this.#ended;
  }

  #paint(frame: Frame): void {
    this.current = { timestamp: frame.timestamp, duration: frame.duration };
    this.shown.count();
    draw(this.#context, frame, this.#video.rotation).catch(this.#onError);
  }

  #discardOlder(): void {
    while (this.#ready.length > 1 && this.#ready[1]!.timestamp <= this.#wanted) {
      this.#ready.shift()!.close();
      if (!this.seeking) this.dropped++;
    }
  }

  #dropReady(): void {
    for (const frame of this.#ready) frame.close();
    this.#ready = [];
  }

  #open(): Decoder {
    const decoder = new this.#classes.VideoDecoder({
      output: (frame) => this.#receive(frame),
      error: (error) => {
        this.seeking = false;
        this.#generation++;
        this.#onError(error);
      },
    });
    decoder.ondequeue = () => this.#wake();
    return decoder;
  }

  #receive(frame: Frame): void {
    this.frames++;
    this.speed.frame();
    this.#frameBytes ||= frame.allocationSize();
    this.#ready.push(frame);
    if (this.seeking) this.#discardOlder();
    this.#wake();
  }

  async #keyPacket(time: number): Promise<EncodedPacket | null> {
    return (await this.#sink.getKeyPacket(time, keyPackets)) ?? this.#sink.getFirstKeyPacket(keyPackets);
  }

  /** Decodes from this packet on, and nothing of what was decoded before. */
  #begin(first: Promise<EncodedPacket | null>): void {
    const generation = ++this.#generation;
    this.#wake();
    this.#dropReady();
    this.#ended = false;
    this.#burst = 0;
    this.speed.restart();
    if (!this.#decoder || this.#decoder.state === 'closed') this.#decoder = this.#open();
    else this.#decoder.reset();
    this.#feed(generation, this.#decoder, first).catch((error: Error) => {
      if (generation === this.#generation) this.#onError(error);
    });
  }

  async #feed(generation: number, decoder: Decoder, first: Promise<EncodedPacket | null>): Promise<void> {
    const packet = await first;
    if (!packet) throw new Error('The file has no key frame.');
    if (generation !== this.#generation) return;
    decoder.configure(this.#video.config);
    for await (const next of this.#sink.packets(packet, undefined, keyPackets)) {
      if (!(await this.#room(generation, decoder))) return;
      this.#lastFed = next.timestamp;
      this.speed.chunk();
      decoder.decode(this.#chunk(next));
    }
    if (generation !== this.#generation) return;
    await decoder.flush();
    this.#ended = generation === this.#generation;
  }

  #chunk({ type, microsecondTimestamp, microsecondDuration, data }: EncodedPacket): object {
    return new this.#classes.EncodedVideoChunk({
      type,
      timestamp: microsecondTimestamp,
      duration: microsecondDuration,
      data,
    });
  }

  /** Resolves when the decoder may get another chunk: bursts, so that its speed can be measured. False: never. */
  async #room(generation: number, decoder: Decoder): Promise<boolean> {
    while (generation === this.#generation) {
      if (this.#ready.length <= fewFrames && decoder.decodeQueueSize === 0) this.#burst ||= burstLength;
      if (this.#burst > 0) {
        this.#burst--;
        return true;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return false;
  }

  /** A decoder that is too slow goes on at the next key frame instead of falling behind for ever. */
  async #catchUp(time: number): Promise<void> {
    const newest = this.#ready.at(-1)?.timestamp ?? this.current?.timestamp ?? 0;
    if (this.#catchingUp || this.seeking || this.#ended || time - newest / 1e6 < hopelesslyLate) return;
    this.#catchingUp = true;
    const generation = this.#generation;
    try {
      const key = await this.#sink.getKeyPacket(time, keyPackets);
      if (!key || key.timestamp <= this.#lastFed || generation !== this.#generation) return;
      this.dropped += Math.round((key.timestamp - this.#lastFed) * this.#video.frameRate);
      this.#begin(Promise.resolve(key));
    } finally {
      this.#catchingUp = false;
    }
  }
}
