/** FLAC: the description, `fLaC` and metadata blocks (RFC 9639 §6, §8), and frame headers (§9.1). */
import { BitReader } from './bits.ts';

/** STREAMINFO, RFC 9639 §8.2. */
export interface FlacStreamInfo {
  /** Samples per channel in a frame. */
  minBlockSize: number;
  maxBlockSize: number;
  sampleRate: number;
  channels: number;
  bitsPerSample: number;
  /** Samples per channel, 0 where unknown. */
  totalSamples: number;
}

const marker = [0x66, 0x4c, 0x61, 0x43]; // "fLaC"
const streamInfoBytes = 34;
const streamInfoStart = 8;

/** Reads the STREAMINFO, which comes first, out of a description; what follows it may be cut short. */
export function parseFlacDescription(bytes: Uint8Array): FlacStreamInfo {
  if (marker.some((byte, i) => bytes[i] !== byte)) throw new RangeError('The FLAC description lacks its fLaC marker.');
  if (bytes.length < streamInfoStart + streamInfoBytes) throw new RangeError('The FLAC description is too short.');
  const reader = new BitReader(bytes.subarray(marker.length));
  reader.skip(1); // last-metadata-block flag
  if (reader.bits(7) !== 0 || reader.bits(24) !== streamInfoBytes) {
    throw new RangeError('The FLAC description does not start with STREAMINFO.');
  }
  const minBlockSize = reader.bits(16);
  const maxBlockSize = reader.bits(16);
  reader.skip(48); // frame sizes
  const sampleRate = reader.bits(20);
  const channels = reader.bits(3) + 1;
  const bitsPerSample = reader.bits(5) + 1;
  const totalSamples = reader.bits(4) * 2 ** 32 + reader.bits(32);
  if (maxBlockSize < 16 || minBlockSize > maxBlockSize) throw new RangeError('STREAMINFO has impossible block sizes.');
  if (sampleRate === 0) throw new RangeError('STREAMINFO has no sample rate.');
  if (bitsPerSample < 4) throw new RangeError('STREAMINFO has an impossible sample size.');
  return { minBlockSize, maxBlockSize, sampleRate, channels, bitsPerSample, totalSamples };
}

/** The description around the 34 bytes of a STREAMINFO. */
export function makeFlacDescription(streamInfo: Uint8Array): Uint8Array {
  if (streamInfo.length !== streamInfoBytes) throw new RangeError('STREAMINFO has 34 bytes.');
  const lastBlock = 0x80;
  return Uint8Array.from([...marker, lastBlock, 0, 0, streamInfoBytes, ...streamInfo]);
}

/** Samples per channel in a frame, out of its header (RFC 9639 §9.1); undefined where that is malformed. */
export function flacFrameBlockSize(data: Uint8Array): number | undefined {
  if (data.length < 5 || data[0] !== 0xff || (data[1]! & 0xfe) !== 0xf8) return undefined;
  const code = data[2]! >> 4;
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 144 << code;
  if (code >= 8) return 1 << code;
  // Codes 6 and 7: the size is behind the coded number, whose first byte tells its length as in UTF-8.
  const ones = Math.clz32(~data[4]! << 24);
  if (ones === 1 || ones > 7) return undefined;
  const position = 4 + Math.max(ones, 1);
  const high = data[position];
  const low = data[position + 1];
  if (code === 6) return high === undefined ? undefined : high + 1;
  return high === undefined || low === undefined ? undefined : high * 256 + low + 1;
}
