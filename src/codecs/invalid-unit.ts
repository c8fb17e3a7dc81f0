import type { VideoDecoderParameters } from '../engine/engine.ts';

/** forbidden_bit of an OBU, forbidden_zero_bit of a NAL unit. */
const forbiddenBit = 0x80;

/** Whether a packet begins with a unit that is none: dav1d and FFmpeg's HEVC decoder would pass over it in silence. */
export function beginsWithInvalidUnit({ codec, description }: VideoDecoderParameters, data: Uint8Array): boolean {
  if (codec === 'av1') return (data[0]! & forbiddenBit) !== 0;
  if (codec !== 'hevc' || description?.length) return false;
  const startCodeEnd = data.indexOf(1, 2) + 1;
  return (data[startCodeEnd]! & forbiddenBit) !== 0;
}
