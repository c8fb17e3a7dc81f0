/** H.264 / AVC: ITU-T H.264, ISO/IEC 14496-15, and its WebCodecs registration. */
import { BitReader } from './bits.ts';
import {
  annexBNalUnits,
  lengthPrefixedNalUnits,
  ParameterSetReader,
  rawByteSequence,
  toLengthPrefixed,
  withLengths,
} from './nal-units.ts';
import { type PictureDescription, readPictureDescription } from './vui.ts';

export interface AvcCodecString {
  /** profile_idc */
  profile: number;
  /** constraint_set flags byte */
  constraints: number;
  /** level_idc */
  level: number;
}

/** profile_idc of H.264, annex A, G and H, that a codec string may name; 144, High 4:4:4, has been withdrawn. */
const profiles: ReadonlySet<number> = new Set([44, 66, 77, 88, 100, 110, 118, 122, 128, 244]);

/** Limits of a level (table A-1): MaxFS in macroblocks, MaxDpbMbs, and MaxMBPS. */
const levels: Readonly<Record<number, { maxFrameSize: number; maxDpb: number }>> = {
  9: { maxFrameSize: 99, maxDpb: 396 },
  10: { maxFrameSize: 99, maxDpb: 396 },
  11: { maxFrameSize: 396, maxDpb: 900 },
  12: { maxFrameSize: 396, maxDpb: 2376 },
  13: { maxFrameSize: 396, maxDpb: 2376 },
  20: { maxFrameSize: 396, maxDpb: 2376 },
  21: { maxFrameSize: 792, maxDpb: 4752 },
  22: { maxFrameSize: 1620, maxDpb: 8100 },
  30: { maxFrameSize: 1620, maxDpb: 8100 },
  31: { maxFrameSize: 3600, maxDpb: 18000 },
  32: { maxFrameSize: 5120, maxDpb: 20480 },
  40: { maxFrameSize: 8192, maxDpb: 32768 },
  41: { maxFrameSize: 8192, maxDpb: 32768 },
  42: { maxFrameSize: 8704, maxDpb: 34816 },
  50: { maxFrameSize: 22080, maxDpb: 110400 },
  51: { maxFrameSize: 36864, maxDpb: 184320 },
  52: { maxFrameSize: 36864, maxDpb: 184320 },
  60: { maxFrameSize: 139264, maxDpb: 696320 },
  61: { maxFrameSize: 139264, maxDpb: 696320 },
  62: { maxFrameSize: 139264, maxDpb: 696320 },
};

/** `avc1.PPCCLL` and `avc3.PPCCLL` (RFC 6381, 3.3): undefined for anything else. */
export function parseAvcCodecString(codec: string): AvcCodecString | undefined {
  const match = /^avc[13]\.([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})$/.exec(codec);
  if (!match) return undefined;
  const [profile, constraints, level] = match.slice(1).map((hex) => Number.parseInt(hex, 16)) as [
    number,
    number,
    number,
  ];
  return profiles.has(profile) && level in levels ? { profile, constraints, level } : undefined;
}

const hex = (value: number): string => value.toString(16).padStart(2, '0');

export const formatAvcCodecString = ({ profile, constraints, level }: AvcCodecString): string =>
  `avc1.${hex(profile)}${hex(constraints)}${hex(level)}`;

/** Whether pictures of this size are allowed at the level (A.3.1, items f and g). */
export function isAvcLevelSufficient(stream: AvcCodecString & { width: number; height: number }): boolean {
  const { width, height } = stream;
  const limits = levels[stream.level];
  if (!limits) return false;
  const across = Math.ceil(width / 16);
  const down = Math.ceil(height / 16);
  const longest = Math.sqrt(limits.maxFrameSize * 8);
  return across * down <= limits.maxFrameSize && across <= longest && down <= longest;
}

// NAL units

export const nalType = {
  slice: 1,
  partitionA: 2,
  idrSlice: 5,
  sequenceParameterSet: 7,
  pictureParameterSet: 8,
  accessUnitDelimiter: 9,
} as const;

const typeOf = (unit: Uint8Array): number => unit[0]! & 31;

/** The NAL units of a packet: with lengths where there is a description, else a byte stream. */
function nalUnits(data: Uint8Array, description: Uint8Array | undefined): Uint8Array[] {
  if (!description?.length) return annexBNalUnits(data);
  return lengthPrefixedNalUnits(data, parseAvcDecoderConfigurationRecord(description).lengthSize);
}

/** Whether a chunk is an IDR picture; undefined if that cannot be told. */
export function isAvcKeyFrame(data: Uint8Array, description: Uint8Array | undefined): boolean | undefined {
  let types: number[];
  try {
    types = nalUnits(data, description).map(typeOf);
  } catch {
    return undefined;
  }
  if (types.includes(nalType.idrSlice)) return true;
  return types.some((type) => type === nalType.slice || type === nalType.partitionA) ? false : undefined;
}

// AVCDecoderConfigurationRecord: ISO/IEC 14496-15, 5.3.3.1.2

export interface AvcDecoderConfigurationRecord extends AvcCodecString {
  /** Bytes of a NAL unit's length: 1, 2 or 4. */
  lengthSize: number;
  sps: Uint8Array[];
  pps: Uint8Array[];
}

/** @throws {RangeError} if the record is cut off or of another version. */
export function parseAvcDecoderConfigurationRecord(bytes: Uint8Array): AvcDecoderConfigurationRecord {
  const reader = new BitReader(bytes);
  if (reader.bits(8) !== 1) throw new RangeError('not an AVCDecoderConfigurationRecord');
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  reader.skip(6);
  const lengthSize = reader.bits(2) + 1;
  reader.skip(3);
  const sets = new ParameterSetReader(bytes, 6);
  const sps = sets.sets(reader.bits(5));
  const pps = sets.sets(sets.number(1));
  return { profile, constraints, level, lengthSize, sps, pps };
}

/** Profiles whose records tell chroma format and bit depths as well. */
const hasChromaExtension = (profile: number): boolean => ![66, 77, 88].includes(profile);

/** A record for 4-byte lengths. @throws {RangeError} if there is no sequence parameter set. */
export function makeAvcDecoderConfigurationRecord(sps: readonly Uint8Array[], pps: readonly Uint8Array[]): Uint8Array {
  const first = sps[0];
  if (!first || first.length < 4) throw new RangeError('a record needs a sequence parameter set');
  const [, profile, constraints, level] = first as unknown as [number, number, number, number];
  const bytes = [1, profile, constraints, level, 0xfc | 3, 0xe0 | sps.length, ...withLengths(sps)];
  bytes.push(pps.length, ...withLengths(pps));
  if (hasChromaExtension(profile)) {
    const { chromaFormatIdc, bitDepthLuma, bitDepthChroma } = parseSequenceParameterSet(first);
    bytes.push(0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0);
  }
  return new Uint8Array(bytes);
}

/** A byte stream's access unit as a sample of format "avc": parameter sets and delimiters taken out. */
export function annexBToAvc(data: Uint8Array): { data: Uint8Array; sps: Uint8Array[]; pps: Uint8Array[] } {
  const units = annexBNalUnits(data);
  const ofType = (type: number) => units.filter((unit) => typeOf(unit) === type);
  const apart: readonly number[] = [
    nalType.sequenceParameterSet,
    nalType.pictureParameterSet,
    nalType.accessUnitDelimiter,
  ];
  const kept = units.filter((unit) => !apart.includes(typeOf(unit)));
  return {
    data: toLengthPrefixed(kept),
    sps: ofType(nalType.sequenceParameterSet),
    pps: ofType(nalType.pictureParameterSet),
  };
}

// Sequence parameter sets: H.264, 7.3.2.1.1 and E.1.1

export interface SequenceParameterSet extends AvcCodecString {
  chromaFormatIdc: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  picOrderCntType: number;
  maxNumRefFrames: number;
  /** Pixels, before cropping. */
  codedWidth: number;
  codedHeight: number;
  /** Pixels, after cropping. */
  width: number;
  height: number;
  vui: VideoUsabilityInformation | undefined;
}

export interface VideoUsabilityInformation extends PictureDescription {
  /** undefined without bitstream restrictions. */
  maxNumReorderFrames: number | undefined;
}

function skipScalingLists(reader: BitReader, chromaFormatIdc: number): void {
  const count = chromaFormatIdc === 3 ? 12 : 8;
  for (let list = 0; list < count; list++) {
    if (!reader.flag()) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + reader.signedExpGolomb() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

function skipPicOrderCnt(reader: BitReader, type: number): void {
  if (type === 0) reader.unsignedExpGolomb();
  if (type !== 1) return;
  reader.skip(1);
  reader.signedExpGolomb();
  reader.signedExpGolomb();
  const cycle = reader.unsignedExpGolomb();
  if (cycle > 255) throw new RangeError('too many reference frames in a cycle');
  for (let i = 0; i < cycle; i++) reader.signedExpGolomb();
}

/** @throws {RangeError} if the unit is cut off or impossible. */
export function parseSequenceParameterSet(nal: Uint8Array): SequenceParameterSet {
  const reader = new BitReader(rawByteSequence(nal));
  if ((reader.bits(8) & 31) !== nalType.sequenceParameterSet) throw new RangeError('not a sequence parameter set');
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  reader.unsignedExpGolomb();
  let chromaFormatIdc = 1;
  let bitDepthLuma = 8;
  let bitDepthChroma = 8;
  if (hasChromaExtension(profile)) {
    chromaFormatIdc = reader.unsignedExpGolomb();
    if (chromaFormatIdc > 3) throw new RangeError('unknown chroma format');
    if (chromaFormatIdc === 3) reader.skip(1);
    bitDepthLuma = 8 + reader.unsignedExpGolomb();
    bitDepthChroma = 8 + reader.unsignedExpGolomb();
    reader.skip(1);
    if (reader.flag()) skipScalingLists(reader, chromaFormatIdc);
  }
  reader.unsignedExpGolomb();
  const picOrderCntType = reader.unsignedExpGolomb();
  skipPicOrderCnt(reader, picOrderCntType);
  const maxNumRefFrames = reader.unsignedExpGolomb();
  reader.skip(1);
  const size = parseSize(reader, chromaFormatIdc);
  const vui = reader.flag() ? parseVui(reader) : undefined;
  return {
    profile,
    constraints,
    level,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    picOrderCntType,
    maxNumRefFrames,
    ...size,
    vui,
  };
}

function parseSize(reader: BitReader, chromaFormatIdc: number) {
  const codedWidth = 16 * (reader.unsignedExpGolomb() + 1);
  const mapUnits = reader.unsignedExpGolomb() + 1;
  const frameMbsOnly = reader.flag();
  const codedHeight = 16 * mapUnits * (frameMbsOnly ? 1 : 2);
  if (!frameMbsOnly) reader.skip(1);
  reader.skip(1);
  const crop = reader.flag() ? Array.from({ length: 4 }, () => reader.unsignedExpGolomb()) : [0, 0, 0, 0];
  const [left, right, top, bottom] = crop as [number, number, number, number];
  const unitX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
  const unitY = (chromaFormatIdc === 1 ? 2 : 1) * (frameMbsOnly ? 1 : 2);
  const width = codedWidth - unitX * (left + right);
  const height = codedHeight - unitY * (top + bottom);
  if (width <= 0 || height <= 0) throw new RangeError('nothing is left after cropping');
  return { codedWidth, codedHeight, width, height };
}

function skipHrdParameters(reader: BitReader): void {
  const count = reader.unsignedExpGolomb() + 1;
  if (count > 32) throw new RangeError('too many HRD schedules');
  reader.skip(8);
  for (let i = 0; i < count; i++) {
    reader.unsignedExpGolomb();
    reader.unsignedExpGolomb();
    reader.skip(1);
  }
  reader.skip(20);
}

function parseVui(reader: BitReader): VideoUsabilityInformation {
  const description = readPictureDescription(reader);
  if (reader.flag()) reader.skip(65);
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrdParameters(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrdParameters(reader);
  if (hasNalHrd || hasVclHrd) reader.skip(1);
  reader.skip(1);
  return { ...description, maxNumReorderFrames: parseReorderFrames(reader) };
}

function parseReorderFrames(reader: BitReader): number | undefined {
  if (!reader.flag()) return undefined;
  reader.skip(1);
  for (let i = 0; i < 4; i++) reader.unsignedExpGolomb();
  return reader.unsignedExpGolomb();
}

// Reordering

const mostReorderedFrames = 16;

/** How many pictures a decoder must hold back to give them out in order (C.4.5.3, E.2.1). */
export function reorderDepth(sps: SequenceParameterSet): number {
  const { profile, constraints, vui } = sps;
  if (vui?.maxNumReorderFrames !== undefined) return Math.min(vui.maxNumReorderFrames, mostReorderedFrames);
  // Output order is decoding order; Baseline has no B slices; intra profiles keep no reference.
  if (sps.picOrderCntType === 2 || profile === 66) return 0;
  const isIntraOnly = [44, 86, 100, 110, 122, 244].includes(profile) && (constraints & 0x10) !== 0;
  if (isIntraOnly) return 0;
  // Level 1b of Main and Extended is level_idc 11 with constraint_set3_flag.
  const level = sps.level === 11 && (constraints & 0x10) !== 0 ? 9 : sps.level;
  const { maxDpb } = levels[level] ?? { maxDpb: Number.POSITIVE_INFINITY };
  const frameSize = (sps.codedWidth / 16) * (sps.codedHeight / 16);
  return Math.min(Math.floor(maxDpb / frameSize), mostReorderedFrames);
}

/**
 * The same for a stream, by the sets of its description and its first packet (`avc3` has them in band); undefined if
 * neither has a usable one.
 */
export function reorderDepthOfStream(stream: {
  description?: Uint8Array | undefined;
  firstPacket?: Uint8Array | undefined;
}): number | undefined {
  const { description, firstPacket } = stream;
  try {
    const described = description?.length ? parseAvcDecoderConfigurationRecord(description).sps : [];
    const inBand = firstPacket
      ? nalUnits(firstPacket, description).filter((unit) => typeOf(unit) === nalType.sequenceParameterSet)
      : [];
    const depths = [...described, ...inBand].map((set) => reorderDepth(parseSequenceParameterSet(set)));
    return depths.length > 0 ? Math.max(...depths) : undefined;
  } catch {
    return undefined;
  }
}
