/**
 * The WebCodecs codec registry: which codec strings name which codec, and what can be told of packets and descriptions
 * before a decoder sees them. Strings are compared exactly: no trimming, no case folding.
 */
import type { AudioCodecName, VideoCodecName } from '../engine/engine.ts';
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { audioObjectType } from './aac-object-type.ts';
import { isAv1KeyFrame, parseAv1CodecString } from './av1.ts';
import { isAvcKeyFrame, parseAvcCodecString } from './avc.ts';
import { isHevcKeyFrame, parseHevcCodecString } from './hevc.ts';
import { isPcmCodecName } from './pcm.ts';
import { isVp8KeyFrame } from './vp8.ts';
import { isVp9KeyFrame, parseVp9CodecString } from './vp9.ts';

export type ParsedVideoCodec = {
  codec: VideoCodecName;
  /** profile_idc of H.264 and H.265, the profile of VP9 and AV1, 0 for VP8. */
  profile: number;
  /** H.264: the byte of constraint flags, else 0. */
  constraints: number;
  /** Level × 10, 0 for VP8. */
  level: number;
  /** H.265 and AV1 only. */
  tier?: 'main' | 'high';
  /** What the string says, or for H.264 and H.265 what its profile is there for; the stream itself may differ. */
  bitDepth: 8 | 10 | 12;
  /** 400: no colour. */
  chroma: '400' | '420' | '422' | '444' | '440';
  /** Only where the string tells. */
  colorSpace?: VideoColorSpaceInit | undefined;
};

export type ParsedAudioCodec = {
  codec: AudioCodecName;
  /** AAC: the audio object type of ISO/IEC 14496-3 that the string names. */
  objectType?: number;
};

/** What the H.264 profiles beyond 8-bit 4:2:0 are there for, ITU-T H.264 §A.2. */
const avcFormats: Readonly<Record<number, Pick<ParsedVideoCodec, 'bitDepth' | 'chroma'>>> = {
  110: { bitDepth: 10, chroma: '420' },
  122: { bitDepth: 10, chroma: '422' },
  244: { bitDepth: 8, chroma: '444' },
  44: { bitDepth: 8, chroma: '444' },
};

/** undefined: unknown, ambiguous or malformed, hence not supported. */
export function parseVideoCodec(codec: string): ParsedVideoCodec | undefined {
  if (codec === 'vp8') return { codec: 'vp8', profile: 0, constraints: 0, level: 0, bitDepth: 8, chroma: '420' };
  const vp9 = parseVp9CodecString(codec);
  if (vp9) return { codec: 'vp9', constraints: 0, ...vp9 };
  const av1 = parseAv1CodecString(codec);
  if (av1) return { codec: 'av1', constraints: 0, ...av1 };
  return parseAvc(codec) ?? parseHevc(codec);
}

function parseAvc(codec: string): ParsedVideoCodec | undefined {
  const avc = parseAvcCodecString(codec);
  if (!avc) return undefined;
  const { bitDepth, chroma } = avcFormats[avc.profile] ?? { bitDepth: 8, chroma: '420' };
  return { codec: 'avc', ...avc, bitDepth, chroma };
}

function parseHevc(codec: string): ParsedVideoCodec | undefined {
  const hevc = parseHevcCodecString(codec);
  if (!hevc) return undefined;
  const { profile, level, tier, bitDepth, chroma } = hevc;
  return { codec: 'hevc', profile, constraints: 0, level, tier, bitDepth, chroma };
}

/** Codec strings of the AAC and MP3 registrations; RFC 6381 §3.3 for `mp4a`. */
const mp4AudioCodecs: ReadonlyMap<string, ParsedAudioCodec> = new Map([
  ['mp4a.40.2', { codec: 'aac', objectType: audioObjectType.lc }],
  ['mp4a.40.02', { codec: 'aac', objectType: audioObjectType.lc }],
  ['mp4a.40.5', { codec: 'aac', objectType: audioObjectType.sbr }],
  ['mp4a.40.05', { codec: 'aac', objectType: audioObjectType.sbr }],
  ['mp4a.40.29', { codec: 'aac', objectType: audioObjectType.ps }],
  ['mp4a.40.42', { codec: 'aac', objectType: audioObjectType.usac }],
  ['mp4a.67', { codec: 'aac', objectType: audioObjectType.lc }],
  ['mp4a.69', { codec: 'mp3' }],
  ['mp4a.6B', { codec: 'mp3' }],
]);
const plainAudioCodecs: ReadonlySet<string> = new Set<AudioCodecName>([
  'opus',
  'mp3',
  'flac',
  'vorbis',
  'alaw',
  'ulaw',
]);

/** undefined: unknown, ambiguous or malformed, hence not supported. */
export function parseAudioCodec(codec: string): ParsedAudioCodec | undefined {
  if (plainAudioCodecs.has(codec) || isPcmCodecName(codec)) return { codec: codec as AudioCodecName };
  const parsed = mp4AudioCodecs.get(codec);
  return parsed && { ...parsed };
}

/**
 * Whether decoding can start at the packet: H.264 IDR, H.265 IDR, BLA and CRA (with lengths where there is a
 * description, else Annex B), key frames of VP8, VP9 and AV1. undefined: it cannot be told.
 */
export function videoPacketIsKey(
  codec: VideoCodecName,
  data: Uint8Array,
  description?: Uint8Array,
): boolean | undefined {
  switch (codec) {
    case 'avc':
      return isAvcKeyFrame(data, description);
    case 'hevc':
      return isHevcKeyFrame(data, description);
    case 'vp8':
      return isVp8KeyFrame(data);
    case 'vp9':
      return isVp9KeyFrame(data);
    case 'av1':
      return isAv1KeyFrame(data);
  }
}
