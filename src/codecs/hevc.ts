/** H.265 / HEVC: ITU-T H.265, ISO/IEC 14496-15, and its WebCodecs registration. */
import type { HevcProfileTierLevel } from './hevc-sps.ts';
import { annexBNalUnits, lengthPrefixedNalUnits } from './nal-units.ts';

export interface HevcCodecString extends HevcProfileTierLevel {
  /** Level × 10. */
  level: number;
  /** What the profile and its constraint flags allow at most; the stream may have less. */
  bitDepth: 8 | 10 | 12;
  chroma: '400' | '420' | '422' | '444';
}

type Format = Pick<HevcCodecString, 'bitDepth' | 'chroma'>;

/** MaxLumaPs by general_level_idc, table A.8: the most luma samples of a picture. 8.5, for stills, has no limit. */
const levels: Readonly<Record<number, number>> = {
  30: 36864,
  60: 122880,
  63: 245760,
  90: 552960,
  93: 983040,
  120: 2228224,
  123: 2228224,
  150: 8912896,
  153: 8912896,
  156: 8912896,
  180: 35651584,
  183: 35651584,
  186: 35651584,
  189: 80216064,
  210: 142606336,
  213: 142606336,
  216: 142606336,
  255: Number.POSITIVE_INFINITY,
};

/** The format range extensions (A.3.5): what can be decoded of them depends on the constraint flags. */
const rangeExtensions = 4;

/**
 * What can be decoded of the other profiles of annexes A and G: Main, Main 10, Main Still Picture and Multiview Main
 * (its base view). FFmpeg has no screen content coding (9, 11), no CABAC bypass alignment (5), and no scalability (7,
 * 10) or depth (8).
 */
const formats: Readonly<Record<number, Format>> = {
  1: { bitDepth: 8, chroma: '420' },
  2: { bitDepth: 10, chroma: '420' },
  3: { bitDepth: 8, chroma: '420' },
  6: { bitDepth: 8, chroma: '420' },
};

/** By the flags of A.3.5, table A.2; undefined for 14 and 16 bits, which FFmpeg does not decode. */
function rangeExtensionsFormat(constraints: readonly number[]): Format | undefined {
  const [first = 0, second = 0] = constraints;
  // Strings may leave zero bytes out, and some leave out all: such a one does not tell.
  if ((first & 0x0f) === 0 && second === 0) return { bitDepth: 12, chroma: '444' };
  // general_max_8bit, _10bit and _12bit_constraint_flag
  const bitDepth = first & 2 ? 8 : first & 4 ? 10 : first & 8 ? 12 : undefined;
  if (!bitDepth) return undefined;
  // general_max_monochrome, _420chroma and _422chroma_constraint_flag
  const chroma = second & 0x40 ? '400' : second & 0x80 ? '420' : first & 1 ? '422' : '444';
  return { bitDepth, chroma };
}

/** The order of the 32 flags is reversed in strings: ISO/IEC 14496-15, E.3. */
function reverseBits(value: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed = reversed * 2 + ((value >>> i) & 1);
  return reversed;
}

const constraintBytes = 6;

/**
 * `hvc1` or `hev1`, then profile, compatibility flags, tier and level, and up to six bytes of constraint flags
 * (ISO/IEC 14496-15, E.3), of a profile that can be decoded; undefined for anything else.
 */
export function parseHevcCodecString(codec: string): HevcCodecString | undefined {
  const match =
    /^(?:hvc1|hev1)\.([ABC]?)(\d{1,2})\.([0-9a-fA-F]{1,8})\.([LH])(\d{1,3})((?:\.[0-9a-fA-F]{1,2}){0,6})$/.exec(codec);
  if (!match) return undefined;
  const [space, profileIdc, flags, tier, level, bytes] = match.slice(1) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const given = bytes.split('.').slice(1);
  const constraints = Array.from({ length: constraintBytes }, (_, i) => Number.parseInt(given[i] ?? '0', 16));
  const profile = Number(profileIdc);
  const levelIdc = Number(level);
  const format = profile === rangeExtensions ? rangeExtensionsFormat(constraints) : formats[profile];
  // "Decoders shall ignore the CVS when general_profile_space is not equal to 0", H.265, 7.4.4.
  if (!format || space !== '' || !(levelIdc in levels)) return undefined;
  return {
    profileSpace: 0,
    tier: tier === 'H' ? 'high' : 'main',
    profile,
    compatibility: reverseBits(Number.parseInt(flags, 16)),
    constraints,
    levelIdc,
    level: Math.round(levelIdc / 3),
    ...format,
  };
}

/** Trailing zero bytes of constraint flags are left out. */
export function formatHevcCodecString(stream: HevcProfileTierLevel): string {
  const { profileSpace, profile, compatibility, tier, levelIdc, constraints } = stream;
  const last = constraints.findLastIndex((byte) => byte !== 0);
  const hex = (value: number) => value.toString(16).toUpperCase();
  return [
    'hvc1',
    ['', 'A', 'B', 'C'][profileSpace]! + profile,
    hex(reverseBits(compatibility)),
    (tier === 'high' ? 'H' : 'L') + levelIdc,
    ...constraints.slice(0, last + 1).map(hex),
  ].join('.');
}

/** Whether pictures of this size are allowed at the level (A.4.1, items a to c). */
export function isHevcLevelSufficient(stream: { levelIdc: number; width: number; height: number }): boolean {
  const { levelIdc, width, height } = stream;
  const largest = levels[levelIdc] ?? 0;
  const longest = Math.sqrt(largest * 8);
  return width * height <= largest && width <= longest && height <= longest;
}

// NAL units: H.265, 7.3.1 and table 7-1

export const hevcNalType = {
  firstRandomAccess: 16,
  cleanRandomAccess: 21,
  lastVideoCodingLayer: 31,
  videoParameterSet: 32,
  sequenceParameterSet: 33,
  pictureParameterSet: 34,
  accessUnitDelimiter: 35,
} as const;

export const hevcNalTypeOf = (unit: Uint8Array): number => (unit[0]! >> 1) & 63;

/** Whether the unit belongs to the base layer (nuh_layer_id). */
const isBaseLayer = (unit: Uint8Array): boolean => unit.length > 1 && (unit[0]! & 1) === 0 && unit[1]! >> 3 === 0;

/** Where a decoder configuration record has lengthSizeMinusOne, in the last bits of a byte (hevc-record.ts). */
const lengthSizeAt = 21;

/** Whether a chunk is an IDR, BLA or CRA picture; undefined if that cannot be told. */
export function isHevcKeyFrame(data: Uint8Array, description: Uint8Array | undefined): boolean | undefined {
  // Only version 1 of the record is known.
  if (description?.length && (description[0] !== 1 || description.length <= lengthSizeAt)) return undefined;
  let units: Uint8Array[];
  try {
    units = description?.length
      ? lengthPrefixedNalUnits(data, (description[lengthSizeAt]! & 3) + 1)
      : annexBNalUnits(data);
  } catch {
    return undefined;
  }
  const slices = units
    .filter(isBaseLayer)
    .map(hevcNalTypeOf)
    .filter((type) => type <= hevcNalType.lastVideoCodingLayer);
  if (slices.length === 0) return undefined;
  return slices.some((type) => type >= hevcNalType.firstRandomAccess && type <= hevcNalType.cleanRandomAccess);
}
