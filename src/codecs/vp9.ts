/** VP9: its bitstream specification, the VP codec ISO media file format binding, and its WebCodecs registration. */
import { colorSpaceFromH273, type VideoColorSpaceInit, type VideoMatrixCoefficients } from '../pixels/color-space.ts';
import { BitReader, BitWriter } from './bits.ts';

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

/**
 * `vp09.PP.LL.DD`, and of `.CC.cp.tc.mc.FF` as much as there is; undefined for anything else. The binding wants all of
 * these or none; Chromium takes any number, and web-platform-tests have `vp09.01.10.08.03`.
 */
export function parseVp9CodecString(codec: string): Vp9CodecString | undefined {
  const match = /^vp09\.(\d\d)\.(\d\d)\.(\d\d)((?:\.\d\d){0,5})$/.exec(codec);
  if (!match) return undefined;
  const [profile, level, bitDepth] = match.slice(1, 4).map(Number) as [number, number, number];
  if (profile > 3 || !levels.has(level) || !isBitDepth(bitDepth)) return undefined;
  // Profiles 0 and 1 have 8 bits per sample, 2 and 3 have more.
  if ((bitDepth === 8) !== profile < 2) return undefined;
  const [subsampling, ...color] = match[4]!.split('.').slice(1).map(Number);
  // The binding's default, 4:2:0, is for profiles that have it.
  const chroma = subsampling !== undefined ? chromaSubsamplings[subsampling] : profile % 2 === 0 ? '420' : '444';
  // Profiles 0 and 2 are 4:2:0, 1 and 3 are everything else.
  if (!chroma || (chroma === '420') !== (profile % 2 === 0)) return undefined;
  // What is left out is BT.709 and limited range.
  const [primaries = 1, transfer = 1, matrix = 1, range = 0] = color;
  if (range > 1 || (matrix === 0 && chroma !== '444')) return undefined;
  const colorSpace = color.length > 0 ? colorSpaceFromH273(primaries, transfer, matrix, range === 1) : undefined;
  return { profile, level, bitDepth, chroma, colorSpace };
}

const isBitDepth = (value: number): value is 8 | 10 | 12 => value === 8 || value === 10 || value === 12;

// VPCodecConfigurationRecord: VP Codec ISO Media File Format Binding

export interface VpCodecConfigurationRecord {
  profile: number;
  /** Level × 10. */
  level: number;
  bitDepth: 8 | 10 | 12;
  /** 0 4:2:0 vertical, 1 4:2:0 colocated with luma, 2 4:2:2, 3 4:4:4, 4 4:4:0. */
  chromaSubsampling: number;
  videoFullRangeFlag: boolean;
  /** Of ITU-T H.273. */
  colourPrimaries: number;
  transferCharacteristics: number;
  matrixCoefficients: number;
}

/** What a vpcC box holds behind its version and flags. @throws {RangeError} if it is cut off or impossible. */
export function parseVpCodecConfigurationRecord(bytes: Uint8Array): VpCodecConfigurationRecord {
  const reader = new BitReader(bytes);
  const profile = reader.bits(8);
  const level = reader.bits(8);
  const bitDepth = reader.bits(4);
  const chromaSubsampling = reader.bits(3);
  const videoFullRangeFlag = reader.flag();
  const colourPrimaries = reader.bits(8);
  const transferCharacteristics = reader.bits(8);
  const matrixCoefficients = reader.bits(8);
  reader.skip(16); // codecInitializationDataSize, 0 for VP8 and VP9
  if (profile > 3 || !isBitDepth(bitDepth) || !chromaSubsamplings[chromaSubsampling]) {
    throw new RangeError('the VPCodecConfigurationRecord describes no VP9');
  }
  return {
    profile,
    level,
    bitDepth,
    chromaSubsampling,
    videoFullRangeFlag,
    colourPrimaries,
    transferCharacteristics,
    matrixCoefficients,
  };
}

export function makeVpCodecConfigurationRecord(record: VpCodecConfigurationRecord): Uint8Array {
  return new BitWriter()
    .bits(record.profile, 8)
    .bits(record.level, 8)
    .bits(record.bitDepth, 4)
    .bits(record.chromaSubsampling, 3)
    .bits(Number(record.videoFullRangeFlag), 1)
    .bits(record.colourPrimaries, 8)
    .bits(record.transferCharacteristics, 8)
    .bits(record.matrixCoefficients, 8)
    .bits(0, 16) // codecInitializationDataSize
    .bytes();
}

// Frames: VP9 bitstream specification, 6.2 and annex B

/** Whether a chunk begins with a key frame (uncompressed_header(), 6.2); undefined if that cannot be told. */
export function isVp9KeyFrame(data: Uint8Array): boolean | undefined {
  if (data.length === 0) return undefined;
  try {
    const reader = new BitReader(data);
    if (reader.bits(2) !== frameMarker) return false;
    readProfile(reader);
    if (reader.flag()) return false; // show_existing_frame
    return !reader.flag(); // frame_type
  } catch {
    return undefined;
  }
}

const frameMarker = 2;
const syncCode = 0x498342;

function readProfile(reader: BitReader): number {
  const profile = reader.bits(1) + 2 * reader.bits(1);
  if (profile === 3) reader.skip(1); // reserved_zero
  return profile;
}

export interface Vp9FrameHeader {
  profile: number;
  /** Nothing is coded: a frame from before is shown. */
  showExistingFrame: boolean;
  isKey: boolean;
  isIntraOnly: boolean;
  /** show_frame; others are only there to be referred to. */
  isShown: boolean;
  /** What follows is undefined for frames that take it from those before. */
  format: Vp9FrameFormat | undefined;
}

export interface Vp9FrameFormat {
  bitDepth: 8 | 10 | 12;
  chroma: '420' | '422' | '440' | '444';
  colorSpace: VideoColorSpaceInit;
  /** Pixels, as coded. */
  width: number;
  height: number;
  /** Pixels, as the encoder wants them shown. */
  renderWidth: number;
  renderHeight: number;
}

/** The uncompressed_header() of a frame, as far as its size. @throws {RangeError} if it is malformed or cut off. */
export function parseVp9FrameHeader(frame: Uint8Array): Vp9FrameHeader {
  const reader = new BitReader(frame);
  if (reader.bits(2) !== frameMarker) throw new RangeError('not a VP9 frame');
  const profile = readProfile(reader);
  const showExistingFrame = reader.flag();
  if (showExistingFrame) {
    return { profile, showExistingFrame, isKey: false, isIntraOnly: false, isShown: true, format: undefined };
  }
  const isKey = !reader.flag();
  const isShown = reader.flag();
  const isErrorResilient = reader.flag();
  const isIntraOnly = !isKey && !isShown && reader.flag();
  if (!isKey && !isErrorResilient) reader.skip(2); // reset_frame_context
  const format = isKey || isIntraOnly ? readFormat(reader, profile, isKey) : undefined;
  return { profile, showExistingFrame, isKey, isIntraOnly, isShown, format };
}

function readFormat(reader: BitReader, profile: number, isKey: boolean): Vp9FrameFormat {
  if (reader.bits(24) !== syncCode) throw new RangeError('a VP9 frame lacks its sync code');
  // An intra-only frame of profile 0 is always of this kind.
  const color = isKey || profile > 0 ? readColorConfig(reader, profile) : bt601;
  if (!isKey) reader.skip(8); // refresh_frame_flags
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  const [renderWidth, renderHeight] = reader.flag() ? [reader.bits(16) + 1, reader.bits(16) + 1] : [width, height];
  return { ...color, width, height, renderWidth, renderHeight };
}

type ColorConfig = Pick<Vp9FrameFormat, 'bitDepth' | 'chroma' | 'colorSpace'>;

/** matrix_coefficients of H.273 by color_space, table 7.2. */
const matrices = [2, 5, 1, 6, 7, 9, 2, 0] as const;
const unspecified = 2;
const rgb = 7;

/** What else the Recommendations say that color_space names; BT.2020's own transfer has no name in WebCodecs. */
const recommendations: Readonly<Partial<Record<VideoMatrixCoefficients, VideoColorSpaceInit>>> = {
  rgb: { primaries: 'bt709', transfer: 'iec61966-2-1' },
  bt709: { primaries: 'bt709', transfer: 'bt709' },
  bt470bg: { primaries: 'bt470bg', transfer: 'smpte170m' },
  smpte170m: { primaries: 'smpte170m', transfer: 'smpte170m' },
  'bt2020-ncl': { primaries: 'bt2020' },
};

/** A colour space of which a decoder tells no more than the matrix and the range. */
export const completeVp9ColorSpace = (colorSpace: VideoColorSpaceInit): VideoColorSpaceInit =>
  colorSpace.matrix ? { ...colorSpace, ...recommendations[colorSpace.matrix] } : colorSpace;

const colorSpaceOf = (colorSpace: number, isFullRange: boolean) =>
  completeVp9ColorSpace(colorSpaceFromH273(unspecified, unspecified, matrices[colorSpace]!, isFullRange));

const bt601: ColorConfig = { bitDepth: 8, chroma: '420', colorSpace: colorSpaceOf(1, false) };

/** color_config(), 6.2.2. */
function readColorConfig(reader: BitReader, profile: number): ColorConfig {
  const bitDepth = profile < 2 ? 8 : reader.flag() ? 12 : 10;
  const colorSpace = reader.bits(3);
  const isRgb = colorSpace === rgb;
  const isFullRange = isRgb || reader.flag();
  const hasSubsampling = profile % 2 === 1;
  if (isRgb && !hasSubsampling) throw new RangeError('RGB in a VP9 profile of 4:2:0');
  const chroma = isRgb ? '444' : hasSubsampling ? readChroma(reader) : '420';
  if (hasSubsampling) reader.skip(1); // reserved_zero
  return { bitDepth, chroma, colorSpace: colorSpaceOf(colorSpace, isFullRange) };
}

function readChroma(reader: BitReader): '422' | '440' | '444' {
  const chroma = (['444', '440', '422'] as const)[reader.bits(2)];
  if (!chroma) throw new RangeError('4:2:0 in a VP9 profile of other formats');
  return chroma;
}

/** The frames of a chunk, by the superframe index at its end (annex B). @throws {RangeError} for impossible sizes. */
export function vp9Frames(data: Uint8Array): Uint8Array[] {
  const marker = data[data.length - 1] ?? 0;
  const sizeBytes = ((marker >> 3) & 3) + 1;
  const count = (marker & 7) + 1;
  const indexStart = data.length - (2 + sizeBytes * count);
  const hasIndex = marker >> 5 === 0b110 && indexStart >= 0 && data[indexStart] === marker;
  if (!hasIndex) return data.length > 0 ? [data] : [];
  const frames: Uint8Array[] = [];
  let begin = 0;
  for (let i = 0; i < count; i++) {
    let size = 0;
    // Little endian.
    for (let j = sizeBytes - 1; j >= 0; j--) size = size * 256 + data[indexStart + 1 + i * sizeBytes + j]!;
    if (size > indexStart - begin) throw new RangeError('a frame reaches beyond its superframe');
    if (size > 0) frames.push(data.subarray(begin, begin + size));
    begin += size;
  }
  return frames;
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
