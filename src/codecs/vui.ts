/** What the video usability information of H.264 (E.1.1) and H.265 (E.2.1) have in common. */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import type { BitReader } from './bits.ts';

export interface SampleAspectRatio {
  width: number;
  height: number;
}

/** Table E-1 of either standard, by aspect_ratio_idc − 1. */
const sampleAspectRatios = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
] as const;
const extendedSar = 255;

export interface PictureDescription {
  sampleAspectRatio: SampleAspectRatio | undefined;
  colorSpace: VideoColorSpaceInit | undefined;
}

/** Reads what VUI begins with, up to and including the place of chroma samples. */
export function readPictureDescription(reader: BitReader): PictureDescription {
  const sampleAspectRatio = readAspectRatio(reader);
  if (reader.flag()) reader.skip(1); // overscan_appropriate_flag
  const colorSpace = readVideoSignalType(reader);
  if (reader.flag()) {
    reader.unsignedExpGolomb(); // chroma_sample_loc_type_top_field
    reader.unsignedExpGolomb(); // chroma_sample_loc_type_bottom_field
  }
  return { sampleAspectRatio, colorSpace };
}

function readAspectRatio(reader: BitReader): SampleAspectRatio | undefined {
  if (!reader.flag()) return undefined;
  const index = reader.bits(8);
  if (index === extendedSar) return { width: reader.bits(16), height: reader.bits(16) };
  const ratio = sampleAspectRatios[index - 1];
  return ratio && { width: ratio[0], height: ratio[1] };
}

function readVideoSignalType(reader: BitReader): VideoColorSpaceInit | undefined {
  if (!reader.flag()) return undefined;
  reader.skip(3); // video_format
  const fullRange = reader.flag();
  if (!reader.flag()) return colorSpaceFromH273(2, 2, 2, fullRange);
  return colorSpaceFromH273(reader.bits(8), reader.bits(8), reader.bits(8), fullRange);
}
