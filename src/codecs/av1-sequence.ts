/** AV1 sequence headers: AV1 bitstream specification, 5.5. */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import { BitReader } from './bits.ts';

export interface Av1OperatingPoint {
  /** operating_point_idc: the temporal layers in bits 0 to 7, the spatial ones in bits 8 to 11; 0 for all. */
  layers: number;
  /** seq_level_idx: 4 × (X − 2) + Y for level X.Y; 31 for no limit. */
  levelIndex: number;
  tier: 'main' | 'high';
}

export interface Av1SequenceHeader extends Av1ColorConfig {
  /** seq_profile: 0 Main, 1 High, 2 Professional. */
  profile: number;
  stillPicture: boolean;
  /** Frames have no header of their own to speak of: each is a shown key frame. */
  reducedStillPictureHeader: boolean;
  /** At least one; the first is what decoders choose. */
  operatingPoints: Av1OperatingPoint[];
  /** Pixels: the largest that frames may be. */
  maxFrameWidth: number;
  maxFrameHeight: number;
  filmGrainParamsPresent: boolean;
}

/** color_config(), 5.5.2. */
export interface Av1ColorConfig {
  bitDepth: 8 | 10 | 12;
  chroma: '400' | '420' | '422' | '444';
  /** chroma_sample_position: 0 unknown, 1 vertical, 2 colocated. */
  chromaSamplePosition: number;
  colorSpace: VideoColorSpaceInit;
}

/** The payload of an OBU_SEQUENCE_HEADER. @throws {RangeError} if it is cut off or impossible. */
export function parseAv1SequenceHeader(payload: Uint8Array): Av1SequenceHeader {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  if (profile > 2) throw new RangeError('unknown AV1 profile');
  const stillPicture = reader.flag();
  const reducedStillPictureHeader = reader.flag();
  const operatingPoints = reducedStillPictureHeader
    ? [{ layers: 0, levelIndex: reader.bits(5), tier: 'main' as const }]
    : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const maxFrameWidth = reader.bits(widthBits) + 1;
  const maxFrameHeight = reader.bits(heightBits) + 1;
  if (!reducedStillPictureHeader && reader.flag()) reader.skip(7); // frame_id_numbers_present_flag, lengths of numbers
  reader.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!reducedStillPictureHeader) skipInterTools(reader);
  reader.skip(3); // enable_superres, enable_cdef, enable_restoration
  const color = readColorConfig(reader, profile);
  return {
    profile,
    stillPicture,
    reducedStillPictureHeader,
    operatingPoints,
    maxFrameWidth,
    maxFrameHeight,
    ...color,
    filmGrainParamsPresent: reader.flag(),
  };
}

function readOperatingPoints(reader: BitReader): Av1OperatingPoint[] {
  const delayBits = reader.flag() ? readTimingInfo(reader) : undefined;
  const hasInitialDelay = reader.flag(); // initial_display_delay_present_flag
  const count = reader.bits(5) + 1;
  return Array.from({ length: count }, () => {
    const layers = reader.bits(12);
    const levelIndex = reader.bits(5);
    const tier = levelIndex > 7 && reader.flag() ? 'high' : 'main';
    // decoder_model_present_for_this_op: operating_parameters_info()
    if (delayBits !== undefined && reader.flag()) reader.skip(2 * delayBits + 1);
    if (hasInitialDelay && reader.flag()) reader.skip(4);
    return { layers, levelIndex, tier };
  });
}

/** timing_info() and decoder_model_info(); the bits of a decoder model's delays, undefined where there is none. */
function readTimingInfo(reader: BitReader): number | undefined {
  reader.skip(64); // num_units_in_display_tick, time_scale
  // equal_picture_interval: uvlc(), which is Exp-Golomb up to 31 leading zeros; more are not valid here.
  if (reader.flag()) reader.unsignedExpGolomb();
  if (!reader.flag()) return undefined; // decoder_model_info_present_flag
  const delayBits = reader.bits(5) + 1;
  reader.skip(32 + 5 + 5);
  return delayBits;
}

const selectScreenContentTools = 2;

function skipInterTools(reader: BitReader): void {
  reader.skip(4); // enable_interintra_compound to enable_dual_filter
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
  const screenContentTools = reader.flag() ? selectScreenContentTools : reader.bits(1);
  if (screenContentTools > 0 && !reader.flag()) reader.skip(1); // seq_force_integer_mv
  if (hasOrderHint) reader.skip(3); // order_hint_bits_minus_1
}

const unspecified = 2;

function readColorConfig(reader: BitReader, profile: number): Av1ColorConfig {
  const bitDepth = readBitDepth(reader, profile);
  const isMonochrome = profile !== 1 && reader.flag();
  const numbers = reader.flag()
    ? ([reader.bits(8), reader.bits(8), reader.bits(8)] as const)
    : ([unspecified, unspecified, unspecified] as const);
  const [primaries, transfer, matrix] = numbers;
  const colorSpace = (isFullRange: boolean) => colorSpaceFromH273(primaries, transfer, matrix, isFullRange);
  if (isMonochrome) {
    return { bitDepth, chroma: '400', chromaSamplePosition: 0, colorSpace: colorSpace(reader.flag()) };
  }
  // BT.709 primaries, the sRGB curve and the identity matrix leave no choice.
  const isSrgb = primaries === 1 && transfer === 13 && matrix === 0;
  if (isSrgb && profile === 0) throw new RangeError('RGB in the Main profile of AV1');
  const isFullRange = isSrgb || reader.flag();
  const chroma = isSrgb ? '444' : readChroma(reader, profile, bitDepth);
  const chromaSamplePosition = chroma === '420' ? reader.bits(2) : 0;
  reader.skip(1); // separate_uv_delta_q
  return { bitDepth, chroma, chromaSamplePosition, colorSpace: colorSpace(isFullRange) };
}

function readBitDepth(reader: BitReader, profile: number): 8 | 10 | 12 {
  if (!reader.flag()) return 8; // high_bitdepth
  return profile === 2 && reader.flag() ? 12 : 10; // twelve_bit
}

function readChroma(reader: BitReader, profile: number, bitDepth: number): '420' | '422' | '444' {
  if (profile === 0) return '420';
  if (profile === 1) return '444';
  if (bitDepth < 12) return '422';
  const subsamplingX = reader.flag();
  if (!subsamplingX) return '444';
  return reader.flag() ? '420' : '422';
}
