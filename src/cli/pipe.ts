import { type Output, Quality } from 'mediabunny';
import type { Job } from './arguments.ts';
import type { Source } from './source.ts';
import type { Timeline } from './timeline.ts';

/** One track on its way from the input to the output. */
export interface Pipe {
  /** What the track is, for messages. */
  name: 'picture' | 'sound';
  inputCodec: string;
  /** Known as soon as the encoder gave its first packet. */
  outputCodec: string | null;
  /** Runs the track to its end; throws where it fails. */
  run(): Promise<void>;
  /** Things written. */
  count: number;
  /** Completes the track: no more samples follow. */
  end(): void;
}

/** All that the tracks of one transcode share. */
export interface Session {
  job: Job;
  source: Source;
  output: Output;
  timeline: Timeline;
  /** The input's time that becomes 0, seconds. */
  start: number;
  report(seconds: number): void;
}

/** Takes the codec string from the encoder's first packet. */
export function noteCodec(pipe: Pipe, metadata: { decoderConfig?: { codec: string } } | undefined): void {
  pipe.outputCodec ??= metadata?.decoderConfig?.codec ?? null;
}

/** Without a wish: good, and by bitrate, so that sizes are predictable. */
export function qualityFor(bitrate: number | undefined): Quality {
  return new Quality(bitrate === undefined ? { quality: 'high', preferBitrate: true } : { bitrate });
}
