/**
 * Reads raw MP3 frames, without containers or tags. mediabunny's reader looks for tags and skips what
 * surprises it, which loses frames of conformance vectors.
 */
import type { AudioStream, StreamPacket } from './stream.ts';

interface FrameHeader {
  /** Bytes; 0 in the free format, where only the distance to the next frame tells. */
  size: number;
  sampleRate: number;
  numberOfChannels: number;
  samples: number;
  padding: number;
  /** The bits that all frames of one stream share. */
  signature: number;
}

export function readMp3Frames(bytes: Uint8Array): AudioStream {
  const packets: StreamPacket[] = [];
  let first: FrameHeader | null = null;
  let samples = 0;
  for (let at = 0; at + 4 <= bytes.length; ) {
    const header = parseHeader(bytes, at);
    if (!header || (first && header.signature !== first.signature)) {
      at++;
      continue;
    }
    first ??= header;
    const size = header.size || distanceToNext(bytes, at, header);
    packets.push({
      type: 'key',
      timestamp: Math.round((samples / header.sampleRate) * 1e6),
      duration: Math.round((header.samples / header.sampleRate) * 1e6),
      data: bytes.subarray(at, at + size),
    });
    samples += header.samples;
    at += size;
  }
  const { sampleRate, numberOfChannels } = first ?? { sampleRate: 44_100, numberOfChannels: 2 };
  return { kind: 'audio', config: { codec: 'mp3', sampleRate, numberOfChannels }, packets };
}

// kbit/s of layer III by bitrate index, for MPEG-1 and for MPEG-2 and 2.5.
const bitrates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitrates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRates = [44_100, 48_000, 32_000];

function parseHeader(bytes: Uint8Array, at: number): FrameHeader | null {
  const [sync, second, third, fourth] = bytes.subarray(at, at + 4) as unknown as [number, number, number, number];
  if (sync !== 0xff || (second & 0xe0) !== 0xe0) return null;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const bitrateIndex = third >> 4;
  const rateIndex = (third >> 2) & 3;
  if (version === 1 || layer !== 1 || bitrateIndex === 15 || rateIndex === 3) return null;
  const isMpeg1 = version === 3;
  const sampleRate = sampleRates[rateIndex]! / { 3: 1, 2: 2, 0: 4 }[version as 0 | 2 | 3];
  const bitrate = (isMpeg1 ? bitrates1 : bitrates2)[bitrateIndex]! * 1000;
  const padding = (third >> 1) & 1;
  return {
    size: bitrate ? Math.floor(((isMpeg1 ? 144 : 72) * bitrate) / sampleRate) + padding : 0,
    sampleRate,
    numberOfChannels: fourth >> 6 === 3 ? 1 : 2,
    samples: isMpeg1 ? 1152 : 576,
    padding,
    signature: ((second & 0xfe) << 8) | (third & 0x0c),
  };
}

function distanceToNext(bytes: Uint8Array, at: number, { signature }: FrameHeader): number {
  for (let next = at + 24; next + 4 <= bytes.length; next++) {
    if (parseHeader(bytes, next)?.signature === signature) return next - at;
  }
  return bytes.length - at;
}
