/** HEVCDecoderConfigurationRecord and the samples it is for: ISO/IEC 14496-15, 8.3.3.1.2 */
import { BitReader, BitWriter } from './bits.ts';
import { hevcNalType, hevcNalTypeOf } from './hevc.ts';
import { type HevcProfileTierLevel, parseHevcSequenceParameterSet, readProfileTierLevel } from './hevc-sps.ts';
import { annexBNalUnits, ParameterSetReader, toLengthPrefixed, withLengths } from './nal-units.ts';

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
  const ofType = (type: number) => units.filter((unit) => hevcNalTypeOf(unit) === type);
  const apart: readonly number[] = [
    hevcNalType.videoParameterSet,
    hevcNalType.sequenceParameterSet,
    hevcNalType.pictureParameterSet,
    hevcNalType.accessUnitDelimiter,
  ];
  return {
    data: toLengthPrefixed(units.filter((unit) => !apart.includes(hevcNalTypeOf(unit)))),
    vps: ofType(hevcNalType.videoParameterSet),
    sps: ofType(hevcNalType.sequenceParameterSet),
    pps: ofType(hevcNalType.pictureParameterSet),
  };
}
