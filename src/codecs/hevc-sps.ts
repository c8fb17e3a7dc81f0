/** H.265 sequence parameter sets: ITU-T H.265, 7.3.2.2 and what belongs to it. */
import { BitReader } from './bits.ts';
import { rawByteSequence } from './nal-units.ts';
import { type PictureDescription, readPictureDescription } from './vui.ts';

/** profile_tier_level(), 7.3.3, the general part. */
export interface HevcProfileTierLevel {
  /** general_profile_space: 0, or 1 to 3 for the A, B and C of codec strings, which nothing uses. */
  profileSpace: number;
  tier: 'main' | 'high';
  /** general_profile_idc */
  profile: number;
  /** general_profile_compatibility_flag: that of profile 0 is the most significant of the 32 bits. */
  compatibility: number;
  /** Six bytes of flags, from general_progressive_source_flag on. */
  constraints: readonly number[];
  /** general_level_idc: level × 30. */
  levelIdc: number;
}

export interface HevcSequenceParameterSet extends HevcProfileTierLevel {
  /** sps_max_sub_layers_minus1 + 1 */
  temporalLayers: number;
  temporalIdNesting: boolean;
  chromaFormatIdc: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  /** Pixels, before cropping. */
  codedWidth: number;
  codedHeight: number;
  /** Pixels, inside the conformance window. */
  width: number;
  height: number;
  /** sps_max_num_reorder_pics of the highest temporal layer. */
  maxNumReorderPics: number;
  vui: HevcVideoUsabilityInformation | undefined;
}

export interface HevcVideoUsabilityInformation extends PictureDescription {
  /** min_spatial_segmentation_idc; 0, which promises nothing, where it is not there or comes after HRD parameters. */
  minSpatialSegmentation: number;
}

const sequenceParameterSet = 33;

/** @throws {RangeError} if the unit is cut off, impossible, or of a layer that depends on another. */
export function parseHevcSequenceParameterSet(nal: Uint8Array): HevcSequenceParameterSet {
  const reader = new BitReader(rawByteSequence(nal));
  reader.skip(1);
  if (reader.bits(6) !== sequenceParameterSet) throw new RangeError('not a sequence parameter set');
  if (reader.bits(6) !== 0) throw new RangeError('a sequence parameter set of an enhancement layer');
  reader.skip(3 + 4); // nuh_temporal_id_plus1, sps_video_parameter_set_id
  const temporalLayers = readTemporalLayers(reader);
  const temporalIdNesting = reader.flag();
  const profileTierLevel = readProfileTierLevel(reader);
  skipSubLayers(reader, temporalLayers);
  reader.unsignedExpGolomb(); // sps_seq_parameter_set_id
  const chromaFormatIdc = readChromaFormat(reader);
  const size = readSize(reader, chromaFormatIdc);
  const bitDepthLuma = readBitDepth(reader);
  const bitDepthChroma = readBitDepth(reader);
  const orderCountBits = readOrderCountBits(reader);
  const maxNumReorderPics = readReorderPics(reader, temporalLayers);
  skipCodingTools(reader);
  skipReferences(reader, orderCountBits);
  reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  const vui = reader.flag() ? readVui(reader) : undefined;
  return {
    ...profileTierLevel,
    temporalLayers,
    temporalIdNesting,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    ...size,
    maxNumReorderPics,
    vui,
  };
}

function readTemporalLayers(reader: BitReader): number {
  const layers = reader.bits(3) + 1;
  if (layers > 7) throw new RangeError('too many temporal layers');
  return layers;
}

/** The first 96 bits of profile_tier_level(), which HEVCDecoderConfigurationRecord has as well. */
export function readProfileTierLevel(reader: BitReader): HevcProfileTierLevel {
  const profileSpace = reader.bits(2);
  const tier = reader.flag() ? 'high' : 'main';
  const profile = reader.bits(5);
  const compatibility = reader.bits(32);
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  return { profileSpace, tier, profile, compatibility, constraints, levelIdc: reader.bits(8) };
}

/** Profiles and levels of the lower temporal layers. */
function skipSubLayers(reader: BitReader, temporalLayers: number): void {
  if (temporalLayers === 1) return;
  const sizes = Array.from({ length: temporalLayers - 1 }, () => (reader.flag() ? 88 : 0) + (reader.flag() ? 8 : 0));
  reader.skip(2 * (9 - temporalLayers)); // reserved_zero_2bits
  for (const size of sizes) reader.skip(size);
}

function readChromaFormat(reader: BitReader): number {
  const chromaFormatIdc = reader.unsignedExpGolomb();
  if (chromaFormatIdc > 3) throw new RangeError('unknown chroma format');
  if (chromaFormatIdc === 3) reader.skip(1); // separate_colour_plane_flag
  return chromaFormatIdc;
}

function readSize(reader: BitReader, chromaFormatIdc: number) {
  const codedWidth = reader.unsignedExpGolomb();
  const codedHeight = reader.unsignedExpGolomb();
  const window = reader.flag() ? Array.from({ length: 4 }, () => reader.unsignedExpGolomb()) : [0, 0, 0, 0];
  const [left, right, top, bottom] = window as [number, number, number, number];
  const unitX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
  const unitY = chromaFormatIdc === 1 ? 2 : 1;
  const width = codedWidth - unitX * (left + right);
  const height = codedHeight - unitY * (top + bottom);
  if (width <= 0 || height <= 0) throw new RangeError('nothing is left inside the conformance window');
  return { codedWidth, codedHeight, width, height };
}

function readBitDepth(reader: BitReader): number {
  const bitDepth = reader.unsignedExpGolomb() + 8;
  if (bitDepth > 16) throw new RangeError('impossible bit depth');
  return bitDepth;
}

function readOrderCountBits(reader: BitReader): number {
  const bits = reader.unsignedExpGolomb() + 4;
  if (bits > 16) throw new RangeError('impossible picture order count');
  return bits;
}

function readReorderPics(reader: BitReader, temporalLayers: number): number {
  const count = reader.flag() ? temporalLayers : 1; // sps_sub_layer_ordering_info_present_flag
  let reorderPics = 0;
  for (let i = 0; i < count; i++) {
    reader.unsignedExpGolomb(); // sps_max_dec_pic_buffering_minus1
    reorderPics = reader.unsignedExpGolomb();
    reader.unsignedExpGolomb(); // sps_max_latency_increase_plus1
  }
  return reorderPics;
}

function skipCodingTools(reader: BitReader): void {
  for (let i = 0; i < 6; i++) reader.unsignedExpGolomb(); // sizes of blocks and depths of hierarchies
  const hasScalingLists = reader.flag() && reader.flag();
  if (hasScalingLists) skipScalingLists(reader);
  reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (!reader.flag()) return; // pcm_enabled_flag
  reader.skip(8);
  reader.unsignedExpGolomb();
  reader.unsignedExpGolomb();
  reader.skip(1);
}

/** scaling_list_data(), 7.3.4. */
function skipScalingLists(reader: BitReader): void {
  for (let sizeId = 0; sizeId < 4; sizeId++) {
    const step = sizeId === 3 ? 3 : 1;
    for (let matrixId = 0; matrixId < 6; matrixId += step) skipScalingList(reader, sizeId);
  }
}

function skipScalingList(reader: BitReader, sizeId: number): void {
  const isCoded = reader.flag(); // scaling_list_pred_mode_flag
  if (!isCoded) {
    reader.unsignedExpGolomb(); // scaling_list_pred_matrix_id_delta
    return;
  }
  if (sizeId > 1) reader.signedExpGolomb(); // scaling_list_dc_coef_minus8
  const coefficients = Math.min(64, 1 << (4 + 2 * sizeId));
  for (let i = 0; i < coefficients; i++) reader.signedExpGolomb();
}

function skipReferences(reader: BitReader, orderCountBits: number): void {
  const shortTermSets = reader.unsignedExpGolomb();
  if (shortTermSets > 64) throw new RangeError('too many short-term reference picture sets');
  let set: number[] | undefined;
  for (let i = 0; i < shortTermSets; i++) set = readShortTermSet(reader, set);
  if (!reader.flag()) return; // long_term_ref_pics_present_flag
  const longTermPictures = reader.unsignedExpGolomb();
  if (longTermPictures > 32) throw new RangeError('too many long-term reference pictures');
  reader.skip(longTermPictures * (orderCountBits + 1));
}

const mostReferences = 16;

/**
 * st_ref_pic_set(), 7.3.7, given the set before: the pictures' distances in picture order count, those before the
 * picture first, the nearest first. How long a set is that is predicted from another depends on them.
 */
function readShortTermSet(reader: BitReader, before: readonly number[] | undefined): number[] {
  const isPredicted = before !== undefined && reader.flag(); // inter_ref_pic_set_prediction_flag
  const distances = isPredicted ? readPredictedSet(reader, before) : readExplicitSet(reader);
  if (distances.length > mostReferences) throw new RangeError('too many reference pictures');
  return distances;
}

/** Equations 7-61 and 7-62. */
function readPredictedSet(reader: BitReader, before: readonly number[]): number[] {
  const sign = reader.flag() ? -1 : 1; // delta_rps_sign
  const delta = sign * (reader.unsignedExpGolomb() + 1); // abs_delta_rps_minus1
  const distances = [...before, 0]
    .map((distance) => distance + delta)
    // used_by_curr_pic_flag, or else use_delta_flag; the picture itself is no reference
    .filter((distance) => (reader.flag() || reader.flag()) && distance !== 0);
  const negative = distances.filter((distance) => distance < 0).sort((a, b) => b - a);
  const positive = distances.filter((distance) => distance > 0).sort((a, b) => a - b);
  return [...negative, ...positive];
}

function readExplicitSet(reader: BitReader): number[] {
  const negative = reader.unsignedExpGolomb();
  const positive = reader.unsignedExpGolomb();
  return [...readDistances(reader, negative, -1), ...readDistances(reader, positive, 1)];
}

function readDistances(reader: BitReader, count: number, sign: number): number[] {
  if (count > mostReferences) throw new RangeError('too many reference pictures');
  let distance = 0;
  return Array.from({ length: count }, () => {
    distance += sign * (reader.unsignedExpGolomb() + 1); // delta_poc_s0_minus1, delta_poc_s1_minus1
    reader.skip(1); // used_by_curr_pic_flag
    return distance;
  });
}

/** vui_parameters(), E.2.1. */
function readVui(reader: BitReader): HevcVideoUsabilityInformation {
  const description = readPictureDescription(reader);
  reader.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) for (let i = 0; i < 4; i++) reader.unsignedExpGolomb(); // default display window
  const hasHrd = readTiming(reader);
  return { ...description, minSpatialSegmentation: hasHrd ? 0 : readSegmentation(reader) };
}

/** Whether HRD parameters follow. */
function readTiming(reader: BitReader): boolean {
  if (!reader.flag()) return false; // vui_timing_info_present_flag
  reader.skip(64); // vui_num_units_in_tick, vui_time_scale
  if (reader.flag()) reader.unsignedExpGolomb(); // vui_num_ticks_poc_diff_one_minus1
  return reader.flag(); // vui_hrd_parameters_present_flag
}

function readSegmentation(reader: BitReader): number {
  if (!reader.flag()) return 0; // bitstream_restriction_flag
  reader.skip(3); // tiles_fixed_structure_flag and two more
  const segmentation = reader.unsignedExpGolomb();
  if (segmentation > 4095) throw new RangeError('impossible spatial segmentation');
  return segmentation;
}
