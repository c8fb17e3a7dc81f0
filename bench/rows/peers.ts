/** Runs of other WebAssembly builds. */
import { type Measurement, script } from '../measure.ts';
import { clip } from '../media.ts';
import { peers } from '../peers/install.ts';

export const core = (amount: number, input: string, args: readonly string[]): Measurement =>
  script('./peers/core.ts', [peers(), amount, clip(input), ...args]);

export interface LibAVDecoding {
  variant: string;
  decoder: string;
  /** How many of the file's are enough. */
  packets: number;
}

export const libavDecode = (kind: 'audio' | 'video', file: string, { variant, decoder, packets }: LibAVDecoding) =>
  script('./peers/libav-decode.ts', [peers(), variant, decoder, kind, clip(file), packets]);

export interface LibAVEncoding {
  variant: string;
  encoder: string;
  /** Frames, or seconds of sound. */
  amount: number;
  options: readonly string[];
}

export const libavEncode = (file: string, { variant, encoder, amount, options }: LibAVEncoding): Measurement =>
  script('./peers/libav-encode.ts', [peers(), variant, encoder, clip(file), amount, ...options]);
