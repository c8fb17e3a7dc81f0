/** VP9: its bitstream specification, the VP codec ISO media file format binding, and its WebCodecs registration. */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import { BitReader } from './bits.ts';

export interface Vp9CodecString {
  profile: number;
  /** Level × 10. */
  level: number;
  bitDepth: 8 | 10 | 12;
  chroma: '420' | '422' | '440' | '444';
  colorSpace: VideoColorSpaceInit | undefined;
}

const levels: ReadonlySet<number> = new Set([10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 52, 60, 61, 62]);
const chromaSubsamplings = ['420', '420', '422', '444', '440'] as const;

/** `vp09.PP.LL.DD`, or with all of `.CC.cp.tc.mc.FF`; undefined for anything else. */
export function parseVp9CodecString(codec: string): Vp9CodecString | undefined {
  const match = /^vp09\.(\d\d)\.(\d\d)\.(\d\d)(?:\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d))?$/.exec(codec);
  if (!match) return undefined;
  const [profile, level, bitDepth, ...rest] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (profile === undefined || profile > 3 || !levels.has(level!) || ![8, 10, 12].includes(bitDepth!)) return undefined;
  // Profiles 0 and 1 have 8 bits per sample, 2 and 3 have more.
  if ((bitDepth === 8) !== profile < 2) return undefined;
  const [subsampling, primaries, transfer, matrix, range] = rest;
  const isLong = subsampling !== undefined;
  const chroma = isLong ? chromaSubsamplings[subsampling] : profile % 2 === 0 ? '420' : '444';
  // Profiles 0 and 2 are 4:2:0, 1 and 3 are everything else.
  if (!chroma || (chroma === '420') !== (profile % 2 === 0)) return undefined;
  if (isLong && (range! > 1 || (matrix === 0 && chroma !== '444'))) return undefined;
  return {
    profile,
    level: level!,
    bitDepth: bitDepth as 8 | 10 | 12,
    chroma,
    colorSpace: isLong ? colorSpaceFromH273(primaries!, transfer!, matrix!, range === 1) : undefined,
  };
}

/** Whether a chunk begins with a key frame (uncompressed_header(), 6.2); undefined if that cannot be told. */
export function isVp9KeyFrame(data: Uint8Array): boolean | undefined {
  if (data.length === 0) return undefined;
  try {
    const reader = new BitReader(data.subarray(0, 8));
    // frame_marker
    if (reader.bits(2) !== 2) return false;
    const profile = reader.bits(1) + 2 * reader.bits(1);
    if (profile === 3) reader.skip(1);
    const showExistingFrame = reader.flag();
    if (showExistingFrame) return false;
    const isNonKey = reader.flag();
    return !isNonKey;
  } catch {
    return undefined;
  }
}

/**
 * The quantizer index, base_q_idx 0 to 255, that each of libvpx's 64 quantizers stands for: steps of 4, then of
 * 5 to 8 where they are coarse.
 */
const quantizerIndex = [
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 104, 108, 112,
  116, 120, 124, 128, 132, 136, 140, 144, 148, 152, 156, 160, 164, 168, 172, 176, 180, 184, 188, 192, 196, 200, 204,
  208, 212, 216, 220, 224, 228, 232, 236, 240, 244, 249, 255,
];

/** The quantizer, 0 to 63, nearest to a quantizer index of 0 to 255. */
export function vp9QuantizerFromIndex(index: number): number {
  let best = 0;
  for (const [quantizer, candidate] of quantizerIndex.entries()) {
    if (Math.abs(candidate - index) < Math.abs(quantizerIndex[best]! - index)) best = quantizer;
  }
  return best;
}
