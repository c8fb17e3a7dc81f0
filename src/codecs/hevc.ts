/** H.265 / HEVC: ITU-T H.265, ISO/IEC 14496-15, and its WebCodecs registration. */
import { BitReader, BitWriter } from './bits.ts';
import { type HevcProfileTierLevel, parseHevcSequenceParameterSet, readProfileTierLevel } from './hevc-sps.ts';
import {
  annexBNalUnits,
  lengthPrefixedNalUnits,
  ParameterSetReader,
  toLengthPrefixed,
  withLengths,
} from './nal-units.ts';

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

const typeOf = (unit: Uint8Array): number => (unit[0]! >> 1) & 63;

/** Whether the unit belongs to the base layer (nuh_layer_id). */
const isBaseLayer = (unit: Uint8Array): boolean => unit.length > 1 && (unit[0]! & 1) === 0 && unit[1]! >> 3 === 0;

/** Whether a chunk is an IDR, BLA or CRA picture; undefined if that cannot be told. */
export function isHevcKeyFrame(data: Uint8Array, description: Uint8Array | undefined): boolean | undefined {
  let units: Uint8Array[];
  try {
    units = description?.length
      ? lengthPrefixedNalUnits(data, parseHevcDecoderConfigurationRecord(description).lengthSize)
      : annexBNalUnits(data);
  } catch {
    return undefined;
  }
  const slices = units
    .filter(isBaseLayer)
    .map(typeOf)
    .filter((type) => type <= hevcNalType.lastVideoCodingLayer);
  if (slices.length === 0) return undefined;
  return slices.some((type) => type >= hevcNalType.firstRandomAccess && type <= hevcNalType.cleanRandomAccess);
}

// HEVCDecoderConfigurationRecord: ISO/IEC 14496-15, 8.3.3.1.2

export interface HevcParameterSets {
  vps: readonly Uint8Array[];
  sps: readonly Uint8Array[];
  pps: readonly Uint8Array[];
}

export interface HevcNalUnitArray {
  /** Whether all units of the type are here and none in the samples. */
  isComplete: boolean;
  type: number;
  units: Uint8Array[];
}

export interface HevcDecoderConfigurationRecord extends HevcProfileTierLevel, HevcParameterSets {
  /** min_spatial_segmentation_idc */
  minSpatialSegmentation: number;
  chromaFormatIdc: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  /** 0 where unknown. */
  temporalLayers: number;
  temporalIdNesting: boolean;
  /** Bytes of a NAL unit's length: 1, 2 or 4. */
  lengthSize: number;
  /** All of them, SEI as well, in the record's order. */
  arrays: HevcNalUnitArray[];
}

const fixedBytes = 23;

/** @throws {RangeError} if the record is cut off or of another version. */
export function parseHevcDecoderConfigurationRecord(bytes: Uint8Array): HevcDecoderConfigurationRecord {
  const reader = new BitReader(bytes.subarray(0, fixedBytes));
  if (reader.bits(8) !== 1) throw new RangeError('not an HEVCDecoderConfigurationRecord');
  const profileTierLevel = readProfileTierLevel(reader);
  reader.skip(4);
  const minSpatialSegmentation = reader.bits(12);
  reader.skip(6 + 2); // reserved, parallelismType
  reader.skip(6);
  const chromaFormatIdc = reader.bits(2);
  reader.skip(5);
  const bitDepthLuma = reader.bits(3) + 8;
  reader.skip(5);
  const bitDepthChroma = reader.bits(3) + 8;
  reader.skip(16 + 2); // avgFrameRate, constantFrameRate
  const temporalLayers = reader.bits(3);
  const temporalIdNesting = reader.flag();
  const lengthSize = reader.bits(2) + 1;
  const arrays = readArrays(new ParameterSetReader(bytes, fixedBytes), reader.bits(8));
  const unitsOfType = (type: number) => arrays.flatMap((array) => (array.type === type ? array.units : []));
  return {
    ...profileTierLevel,
    minSpatialSegmentation,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    temporalLayers,
    temporalIdNesting,
    lengthSize,
    arrays,
    vps: unitsOfType(hevcNalType.videoParameterSet),
    sps: unitsOfType(hevcNalType.sequenceParameterSet),
    pps: unitsOfType(hevcNalType.pictureParameterSet),
  };
}

function readArrays(reader: ParameterSetReader, count: number): HevcNalUnitArray[] {
  return Array.from({ length: count }, () => {
    const header = reader.number(1);
    return { isComplete: header >= 0x80, type: header & 63, units: reader.sets(reader.number(2)) };
  });
}

/**
 * A record for 4-byte lengths and samples without parameter sets, `hvc1`.
 *
 * @throws {RangeError} if there is no sequence parameter set.
 */
export function makeHevcDecoderConfigurationRecord({ vps, sps, pps }: HevcParameterSets): Uint8Array {
  if (!sps[0]) throw new RangeError('a record needs a sequence parameter set');
  const set = parseHevcSequenceParameterSet(sps[0]);
  const header = new BitWriter()
    .bits(1, 8) // configurationVersion
    .bits(set.profileSpace, 2)
    .bits(Number(set.tier === 'high'), 1)
    .bits(set.profile, 5)
    .bits(set.compatibility, 32);
  for (const byte of set.constraints) header.bits(byte, 8);
  header
    .bits(set.levelIdc, 8)
    .bits(0xf, 4)
    .bits(set.vui?.minSpatialSegmentation ?? 0, 12)
    .bits(0x3f, 6)
    .bits(0, 2) // parallelismType: unknown
    .bits(0x3f, 6)
    .bits(set.chromaFormatIdc, 2)
    .bits(0x1f, 5)
    .bits(set.bitDepthLuma - 8, 3)
    .bits(0x1f, 5)
    .bits(set.bitDepthChroma - 8, 3)
    .bits(0, 16 + 2) // avgFrameRate, constantFrameRate: unknown
    .bits(set.temporalLayers, 3)
    .bits(Number(set.temporalIdNesting), 1)
    .bits(4 - 1, 2); // lengthSizeMinusOne
  const arrays = (
    [
      [hevcNalType.videoParameterSet, vps],
      [hevcNalType.sequenceParameterSet, sps],
      [hevcNalType.pictureParameterSet, pps],
    ] as const
  ).filter(([, units]) => units.length > 0);
  const isComplete = 0x80;
  const body = arrays.flatMap(([type, units]) => [
    isComplete | type,
    units.length >> 8,
    units.length & 255,
    ...withLengths(units),
  ]);
  return Uint8Array.from([...header.bytes(), arrays.length, ...body]);
}

/** A byte stream's access unit as a sample of format "hevc": parameter sets and delimiters taken out. */
export function annexBToHevc(data: Uint8Array): {
  data: Uint8Array;
  vps: Uint8Array[];
  sps: Uint8Array[];
  pps: Uint8Array[];
} {
  const units = annexBNalUnits(data);
  const ofType = (type: number) => units.filter((unit) => typeOf(unit) === type);
  const apart: readonly number[] = [
    hevcNalType.videoParameterSet,
    hevcNalType.sequenceParameterSet,
    hevcNalType.pictureParameterSet,
    hevcNalType.accessUnitDelimiter,
  ];
  return {
    data: toLengthPrefixed(units.filter((unit) => !apart.includes(typeOf(unit)))),
    vps: ofType(hevcNalType.videoParameterSet),
    sps: ofType(hevcNalType.sequenceParameterSet),
    pps: ofType(hevcNalType.pictureParameterSet),
  };
}
