/** Transcodes a file: mediabunny reads, resizes and writes; everycodec, as the global classes, decodes and encodes. */
import {
  ALL_FORMATS,
  type AudioCodec,
  BlobSource,
  BufferTarget,
  Conversion,
  ConversionCanceledError,
  type DiscardedTrack,
  Input,
  Output,
  type VideoCodec,
} from 'mediabunny';
import { DemoError, reasonOf } from './errors.ts';
import type { Container } from './formats.ts';
import { codecText } from './words.ts';

export interface Job {
  blob: Blob;
  container: Container;
  video: VideoCodec;
  audio: AudioCodec;
  /** Pixels; undefined: as it is. */
  height: number | undefined;
  /** Bits per second; undefined: mediabunny chooses by size and codec. */
  bitrate: number | undefined;
  /** Seconds from the start; undefined: to the end. */
  length: number | undefined;
}

export interface Progress {
  /** 0 to 1. */
  part: number;
  frames: number;
  /** Since the start. */
  seconds: number;
}

export interface Result {
  blob: Blob;
  frames: number;
  seconds: number;
  /** What the file could not take over. */
  notes: string[];
}

const reasons: Record<DiscardedTrack['reason'], string> = {
  discarded_by_user: 'it was left out',
  max_track_count_reached: 'the container is full',
  max_track_count_of_type_reached: 'the container takes no more tracks of its kind',
  unknown_source_codec: 'its codec is not known',
  undecodable_source_codec: 'its codec cannot be decoded',
  no_encodable_target_codec: 'it cannot be encoded like this',
  cannot_copy: 'it cannot be copied',
};

export class Transcoder {
  readonly #job: Job;
  readonly #onProgress: (progress: Progress) => void;
  #conversion: Conversion | undefined;
  #cancelled = false;
  #frames = 0;

  constructor(job: Job, onProgress: (progress: Progress) => void) {
    this.#job = job;
    this.#onProgress = onProgress;
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    await this.#conversion?.cancel();
  }

  /** Undefined if it was cancelled. */
  async run(): Promise<Result | undefined> {
    const began = performance.now();
    const input = new Input({ source: new BlobSource(this.#job.blob), formats: ALL_FORMATS });
    const target = new BufferTarget();
    try {
      const conversion = await this.#prepare(input, target);
      const seconds = () => (performance.now() - began) / 1000;
      conversion.onProgress = (part) => this.#onProgress({ part, frames: this.#frames, seconds: seconds() });
      if (this.#cancelled) return undefined;
      await conversion.execute();
      const blob = new Blob([target.buffer!], { type: this.#job.container.mimeType });
      return { blob, frames: this.#frames, seconds: seconds(), notes: discarded(conversion) };
    } catch (error) {
      if (error instanceof ConversionCanceledError) return undefined;
      if (error instanceof DemoError) throw error;
      throw new DemoError(`Transcoding broke off: ${reasonOf(error)}`);
    } finally {
      input.dispose();
    }
  }

  async #prepare(input: Input, target: BufferTarget): Promise<Conversion> {
    const { container, video, audio, height, bitrate, length } = this.#job;
    const output = new Output({ format: container.makeFormat(), target });
    this.#conversion = await Conversion.init({
      input,
      output,
      tracks: 'primary',
      video: {
        codec: video,
        ...(height && { height }),
        ...(bitrate && { bitrate }),
        forceTranscode: true,
        process: (sample) => {
          this.#frames++;
          return sample;
        },
      },
      audio: { codec: audio, forceTranscode: true },
      ...(length && { trim: { start: 0, end: length } }),
      showWarnings: false,
    });
    const lost = this.#conversion.discardedTracks.some(({ reason }) => reason === 'no_encodable_target_codec');
    if (this.#conversion.isValid && !lost) return this.#conversion;
    throw new DemoError(`This file cannot become ${container.label}: ${discarded(this.#conversion).join('; ')}.`);
  }
}

const discarded = ({ discardedTracks }: Conversion): string[] =>
  discardedTracks.map(({ track, reason }) => {
    const what = track.type === 'video' ? 'picture' : 'sound';
    return `the ${what}${track.codec ? ` (${codecText(track.codec)})` : ''} is left out, as ${reasons[reason]}`;
  });
