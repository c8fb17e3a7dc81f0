import { type AudioData, AudioDecoder, EncodedAudioChunk } from 'everycodec';
import type { AudioStream } from '../support/stream.ts';
import type { DecodeResult } from './decode-video.ts';

/** A run of samples as the decoder gave it, channels interleaved. */
export interface DecodedSamples {
  timestamp: number;
  sampleRate: number;
  numberOfChannels: number;
  /** The type tells the sample format. */
  samples: Uint8Array | Int16Array | Int32Array | Float32Array;
}

const mostQueued = 8;

export async function decodeAudio({ config, packets }: AudioStream): Promise<DecodeResult<DecodedSamples>> {
  const items: DecodedSamples[] = [];
  let error: Error | null = null;
  const decoder = new AudioDecoder({
    output(data) {
      items.push(readSamples(data));
      data.close();
    },
    error(reason) {
      error ??= reason;
    },
  });
  try {
    decoder.configure(config);
    for (const packet of packets) {
      while (!error && decoder.decodeQueueSize >= mostQueued) {
        await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
      }
      if (error) break;
      decoder.decode(new EncodedAudioChunk(packet));
    }
    if (!error) await decoder.flush();
  } catch (reason) {
    error ??= reason as Error;
  }
  if (decoder.state !== 'closed') decoder.close();
  return { items, error };
}

const arrays = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array };

function readSamples(data: AudioData): DecodedSamples {
  const { timestamp, sampleRate, numberOfChannels, numberOfFrames } = data;
  const [base, planar] = data.format!.split('-') as [keyof typeof arrays, string | undefined];
  const samples = new arrays[base](numberOfFrames * numberOfChannels);
  if (!planar) {
    data.copyTo(samples, { planeIndex: 0 });
  } else {
    const plane = new arrays[base](numberOfFrames);
    for (let channel = 0; channel < numberOfChannels; channel++) {
      data.copyTo(plane, { planeIndex: channel });
      for (let index = 0; index < numberOfFrames; index++) {
        samples[index * numberOfChannels + channel] = plane[index]!;
      }
    }
  }
  return { timestamp, sampleRate, numberOfChannels, samples };
}

/** All samples as f32, integers scaled as FFmpeg scales them: by a power of two, so without loss up to 24 bits. */
export function toFloats(runs: DecodedSamples[]): Float32Array {
  const floats = new Float32Array(runs.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of runs) {
    const [offset, scale] = scaleOf(samples);
    for (const sample of samples) floats[at++] = (sample - offset) * scale;
  }
  return floats;
}

function scaleOf(samples: DecodedSamples['samples']): [offset: number, scale: number] {
  if (samples instanceof Uint8Array) return [128, 2 ** -7];
  if (samples instanceof Int16Array) return [0, 2 ** -15];
  if (samples instanceof Int32Array) return [0, 2 ** -31];
  return [0, 1];
}

/** All samples as little-endian integers of `bits`, the left-shift undone that puts them at the top of their type. */
export function toIntegers(runs: DecodedSamples[], bits: number): Uint8Array {
  const size = Math.ceil(bits / 8);
  const count = runs.reduce((sum, { samples }) => sum + samples.length, 0);
  const bytes = Buffer.alloc(count * size);
  let at = 0;
  for (const { samples } of runs) {
    const shift = samples.BYTES_PER_ELEMENT * 8 - bits;
    for (const sample of samples) {
      bytes.writeIntLE(sample >> shift, at, size);
      at += size;
    }
  }
  return bytes;
}
