/** A round trip through each kind of codec, and what it ran on: the same in pages and workers. */
import { engineDescription } from 'everycodec';
import { decodeAudio, decodeVideo, encodeAudio, encodeVideo } from '../test/support/coding.ts';
import { bytesOf, makeAudio, makeFrame, makePixels, psnr } from '../test/support/pictures.ts';

export const videoCodecs = ['avc1.42e01f', 'hvc1.1.6.L93.B0', 'vp8', 'vp09.00.10.08', 'av01.0.04M.08'];
export const frameCount = 5;
const [width, height] = [320, 240];

export interface RoundTrip {
  isIsolated: boolean;
  engine: string;
  /** By codec, dB of each frame that came out. */
  quality: Record<string, number[]>;
  /** Frames of sound that came out for a second of 48 kHz. */
  audioFrames: number;
}

async function videoQuality(codec: string): Promise<number[]> {
  const frames = Array.from({ length: frameCount }, (_, index) => makeFrame(width, height, index));
  const { chunks, metadata } = await encodeVideo({ codec, width, height, bitrate: 1_000_000 }, frames);
  const quality: number[] = [];
  for (const [index, frame] of (await decodeVideo(metadata[0]!.decoderConfig!, chunks)).entries()) {
    quality.push(psnr(await bytesOf(frame), makePixels(width, height, index)));
    frame.close();
  }
  return quality;
}

async function countAudioFrames(): Promise<number> {
  const inputs = Array.from({ length: 50 }, (_, index) => makeAudio(48_000, 2, 960, index * 960));
  const config = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 };
  const { chunks, metadata } = await encodeAudio(config, inputs);
  const outputs = await decodeAudio(metadata[0]!.decoderConfig!, chunks);
  return outputs.reduce((sum, { numberOfFrames }) => sum + numberOfFrames, 0);
}

export async function roundTrip(): Promise<RoundTrip> {
  const quality: RoundTrip['quality'] = {};
  for (const codec of videoCodecs) quality[codec] = await videoQuality(codec);
  return {
    isIsolated: globalThis.crossOriginIsolated,
    engine: engineDescription(),
    quality,
    audioFrames: await countAudioFrames(),
  };
}
