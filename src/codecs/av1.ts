/** AV1: its bitstream specification, its binding to the ISO media file format, and its WebCodecs registration. */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import { type Av1SequenceHeader, parseAv1SequenceHeader } from './av1-sequence.ts';
import { BitReader, BitWriter } from './bits.ts';

export interface Av1CodecString {
  /** seq_profile: 0 Main, 1 High, 2 Professional. */
  profile: number;
  /** Level × 10; "maximum parameters", which know no limit, count as 9.3. */
  level: number;
  tier: 'main' | 'high';
  bitDepth: 8 | 10 | 12;
  chroma: '400' | '420' | '422' | '444';
  /** Only where the string tells. */
  colorSpace: VideoColorSpaceInit | undefined;
}

const lastLevelIndex = 23;
const maximumParameters = 31;

/** Level × 10 of seq_level_idx, annex A.3. */
const levelOf = (index: number): number => 10 * (2 + (index >> 2)) + (index & 3);

type Chroma = Av1CodecString['chroma'];

/** Which formats a profile has: AV1 bitstream specification, 6.4.1. */
function isFormatOfProfile(profile: number, bitDepth: number, chroma: Chroma): boolean {
  if (profile === 0) return bitDepth < 12 && (chroma === '420' || chroma === '400');
  if (profile === 1) return bitDepth < 12 && chroma === '444';
  return bitDepth === 12 || chroma === '422' || chroma === '400';
}

/** The format that is meant where a string does not tell: 4:2:0 where the profile has it. */
function defaultChroma(profile: number, bitDepth: number): Chroma {
  if (profile === 1) return '444';
  return isFormatOfProfile(profile, bitDepth, '420') ? '420' : '422';
}

/** subsampling_x, subsampling_y and chroma_sample_position as three digits; undefined where impossible. */
function chromaOf(digits: string): Chroma | undefined {
  if (/^11[0-3]$/.test(digits)) return '420';
  return digits === '100' ? '422' : digits === '000' ? '444' : undefined;
}

/**
 * `av01.P.LLT.DD`, and of `.M.CCC.cp.tc.mc.F` as much as there is (AV1 in ISOBMFF, §5); undefined for anything else.
 * The binding wants all of these or none; Chromium takes any number, and web-platform-tests have `av01.1.04M.08.0.000`.
 */
export function parseAv1CodecString(codec: string): Av1CodecString | undefined {
  const match =
    /^av01\.([0-2])\.(\d\d)([MH])\.(08|10|12)(?:\.([01])(?:\.(\d{3})(?:\.(\d\d)(?:\.(\d\d)(?:\.(\d\d)(?:\.([01]))?)?)?)?)?)?$/.exec(
      codec,
    );
  if (!match) return undefined;
  const [profileDigit, levelDigits, tier, depthDigits] = match.slice(1, 5) as [string, string, string, string];
  const [monochrome, subsampling, ...color] = match.slice(5) as (string | undefined)[];
  const profile = Number(profileDigit);
  const levelIndex = Number(levelDigits);
  const bitDepth = Number(depthDigits) as 8 | 10 | 12;
  if (levelIndex > lastLevelIndex && levelIndex !== maximumParameters) return undefined;
  const coded = subsampling === undefined ? defaultChroma(profile, bitDepth) : chromaOf(subsampling);
  // Pictures without colour are signalled as 4:2:0.
  const chroma = monochrome === '1' ? (coded === '420' || subsampling === undefined ? '400' : undefined) : coded;
  if (!chroma || !isFormatOfProfile(profile, bitDepth, chroma)) return undefined;
  const colorSpace = colorSpaceOf(color);
  // The identity matrix is for 4:4:4 only.
  if (colorSpace?.matrix === 'rgb' && chroma !== '444') return undefined;
  return {
    profile,
    level: levelOf(levelIndex),
    tier: tier === 'H' ? 'high' : 'main',
    bitDepth,
    chroma,
    colorSpace,
  };
}

/** What is left out is BT.709 and limited range, the binding's defaults. */
function colorSpaceOf(fields: readonly (string | undefined)[]): VideoColorSpaceInit | undefined {
  if (fields[0] === undefined) return undefined;
  const [primaries = 1, transfer = 1, matrix = 1, range = 0] = fields.map((field) =>
    field === undefined ? undefined : Number(field),
  );
  return colorSpaceFromH273(primaries, transfer, matrix, range === 1);
}

const digits = (value: number): string => String(value).padStart(2, '0');

/** Its short form. */
export function formatAv1CodecString(header: Av1SequenceHeader): string {
  const { levelIndex, tier } = header.operatingPoints[0]!;
  const tierLetter = tier === 'high' ? 'H' : 'M';
  return `av01.${header.profile}.${digits(levelIndex)}${tierLetter}.${digits(header.bitDepth)}`;
}

// Open bitstream units: AV1 bitstream specification, 5.3

export const obuType = { sequenceHeader: 1, temporalDelimiter: 2, frameHeader: 3, frame: 6 } as const;

export interface Obu {
  type: number;
  /** Header and size included. */
  bytes: Uint8Array;
  payload: Uint8Array;
}

const longestLeb128 = 8;

/** leb128(), 4.10.5. @throws {RangeError} if it is cut off, too long or beyond 32 bits. */
function readLeb128(data: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < longestLeb128; i++) {
    const byte = data[at + i];
    if (byte === undefined) throw new RangeError('an OBU size is cut off');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (value > 0xffffffff) break;
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw new RangeError('an OBU size is too large');
}

/** The OBUs of a temporal unit, one by one. @throws {RangeError} where they are malformed or cut off. */
export function* obusOf(data: Uint8Array): Generator<Obu, void, undefined> {
  for (let at = 0; at < data.length; ) {
    const begin = at;
    const header = data[at++]!;
    if (header & 0x80) throw new RangeError('an OBU sets the forbidden bit');
    const hasExtension = (header & 4) !== 0;
    const hasSize = (header & 2) !== 0;
    if (hasExtension) at++;
    // Only the last one may leave its size out.
    const { value, end } = hasSize ? readLeb128(data, at) : { value: data.length - at, end: at };
    if (value < 0 || value > data.length - end) throw new RangeError('an OBU reaches beyond the data');
    at = end + value;
    yield { type: (header >> 3) & 15, bytes: data.subarray(begin, at), payload: data.subarray(end, at) };
  }
}

/** The OBU with a size field, as descriptions must have it. */
function withSize({ type, bytes, payload }: Obu): Uint8Array {
  if (bytes[0]! & 2) return bytes;
  const size: number[] = [];
  let left = payload.length;
  do {
    size.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  const hasExtension = (bytes[0]! & 4) !== 0;
  const header = (type << 3) | (hasExtension ? 4 : 0) | 2;
  return Uint8Array.from([header, ...(hasExtension ? [bytes[1]!] : []), ...size, ...payload]);
}

/** The first sequence header of a temporal unit, as an OBU with a size field. @throws {RangeError} if malformed. */
export function av1SequenceHeaderObu(data: Uint8Array): Uint8Array | undefined {
  for (const obu of obusOf(data)) if (obu.type === obuType.sequenceHeader) return withSize(obu);
  return undefined;
}

/** The temporal unit as chunks and files have it: without temporal delimiters. @throws {RangeError} if malformed. */
export function withoutTemporalDelimiters(data: Uint8Array): Uint8Array {
  const obus = [...obusOf(data)];
  const kept = obus.filter(({ type }) => type !== obuType.temporalDelimiter).map(({ bytes }) => bytes);
  if (kept.length === obus.length) return data;
  const unit = new Uint8Array(kept.reduce((size, bytes) => size + bytes.length, 0));
  let at = 0;
  for (const bytes of kept) {
    unit.set(bytes, at);
    at += bytes.length;
  }
  return unit;
}

/** frame_type and what stands before it, 5.9.2, for streams with whole headers. */
function isShownKeyFrame(payload: Uint8Array): boolean {
  const reader = new BitReader(payload);
  const showExistingFrame = reader.flag();
  if (showExistingFrame) return false;
  const keyFrame = 0;
  const isKey = reader.bits(2) === keyFrame;
  return isKey && reader.flag(); // show_frame
}

/**
 * Whether decoding can start at a temporal unit: whether it begins with a shown key frame and has a sequence header;
 * undefined if that cannot be told, such as for a key frame whose sequence header came before.
 */
export function isAv1KeyFrame(data: Uint8Array): boolean | undefined {
  let header: Av1SequenceHeader | undefined;
  try {
    for (const { type, payload } of obusOf(data)) {
      if (type === obuType.sequenceHeader) header = parseAv1SequenceHeader(payload);
      if (type !== obuType.frameHeader && type !== obuType.frame) continue;
      if (header?.reducedStillPictureHeader) return true;
      if (!isShownKeyFrame(payload)) return false;
      return header ? true : undefined;
    }
  } catch {
    // Malformed: it cannot be told.
  }
  return undefined;
}

// AV1CodecConfigurationRecord: AV1 in ISOBMFF, 2.3.3

export interface Av1CodecConfigurationRecord {
  /** seq_profile */
  profile: number;
  /** seq_level_idx_0 */
  levelIndex: number;
  tier: 'main' | 'high';
  bitDepth: 8 | 10 | 12;
  chroma: Chroma;
  chromaSamplePosition: number;
  /** Frames; undefined where the record does not tell. */
  initialPresentationDelay: number | undefined;
  /** A sequence header and metadata, or nothing. */
  configObus: Uint8Array;
}

/** @throws {RangeError} if the record is cut off or of another version. */
export function parseAv1CodecConfigurationRecord(bytes: Uint8Array): Av1CodecConfigurationRecord {
  const reader = new BitReader(bytes);
  if (reader.bits(8) !== 0x81) throw new RangeError('not an AV1CodecConfigurationRecord');
  const profile = reader.bits(3);
  const levelIndex = reader.bits(5);
  const tier = reader.flag() ? 'high' : 'main';
  const isHigh = reader.flag();
  const bitDepth = reader.flag() ? 12 : isHigh ? 10 : 8;
  const isMonochrome = reader.flag();
  const subsampling = reader.bits(2);
  const chromaSamplePosition = reader.bits(2);
  reader.skip(3);
  const hasDelay = reader.flag();
  const delay = reader.bits(4) + 1;
  const chroma = isMonochrome ? '400' : chromaOfSubsampling[subsampling];
  if (!chroma) throw new RangeError('AV1 has no 4:4:0');
  return {
    profile,
    levelIndex,
    tier,
    bitDepth,
    chroma,
    chromaSamplePosition,
    initialPresentationDelay: hasDelay ? delay : undefined,
    configObus: bytes.subarray(4),
  };
}

/** By subsampling_x × 2 + subsampling_y. */
const chromaOfSubsampling: readonly (Chroma | undefined)[] = ['444', undefined, '422', '420'];

/** A record around a sequence header OBU, of which it repeats the most. @throws {RangeError} if that is malformed. */
export function makeAv1CodecConfigurationRecord(sequenceHeaderObu: Uint8Array): Uint8Array {
  const [obu] = obusOf(sequenceHeaderObu);
  if (obu?.type !== obuType.sequenceHeader) throw new RangeError('a record needs a sequence header');
  const header = parseAv1SequenceHeader(obu.payload);
  const { levelIndex, tier } = header.operatingPoints[0]!;
  const subsampling = header.chroma === '400' ? 3 : chromaOfSubsampling.indexOf(header.chroma);
  const fixed = new BitWriter()
    .bits(0x81, 8) // marker, version
    .bits(header.profile, 3)
    .bits(levelIndex, 5)
    .bits(Number(tier === 'high'), 1)
    .bits(Number(header.bitDepth > 8), 1)
    .bits(Number(header.bitDepth === 12), 1)
    .bits(Number(header.chroma === '400'), 1)
    .bits(subsampling, 2)
    .bits(header.chromaSamplePosition, 2)
    .bits(0, 8) // no initial_presentation_delay
    .bytes();
  return Uint8Array.from([...fixed, ...withSize(obu)]);
}
