/** Linear PCM, interleaved, little endian (WebCodecs linear PCM registration). Any length of whole samples; no description. */
import type { PcmCodecName } from '../engine/engine.ts';
import type { SampleType } from '../samples/sample-format.ts';

/** Bytes of one sample in a packet. */
export const pcmBytesPerSample: Readonly<Record<PcmCodecName, number>> = {
  'pcm-u8': 1,
  'pcm-s16': 2,
  'pcm-s24': 3,
  'pcm-s32': 4,
  'pcm-f32': 4,
};

/** What a packet is decoded to; 24 bits become the upper bits of 32. */
export const pcmSampleType: Readonly<Record<PcmCodecName, SampleType>> = {
  'pcm-u8': 'u8',
  'pcm-s16': 's16',
  'pcm-s24': 's32',
  'pcm-s32': 's32',
  'pcm-f32': 'f32',
};

export const isPcmCodecName = (name: string): name is PcmCodecName => Object.hasOwn(pcmBytesPerSample, name);
