/** Reads raw H.264 byte streams (Annex B): cuts them into access units. */
import { BitReader } from './bit-reader.ts';
import type { StreamPacket, VideoStream } from './stream.ts';

const nalType = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 };

/** A raw stream has no clock: its access units count in coding order, one per frame at 25 Hz. */
const frameDuration = 40_000;

export function readAnnexB(bytes: Uint8Array): VideoStream {
  const packets: StreamPacket[] = [];
  let codec = 'avc1.42001e';
  for (const unit of splitAccessUnits(bytes)) {
    const sps = packets.length === 0 && unit.nals.find((nal) => typeOf(nal) === nalType.sps);
    if (sps) codec = `avc1.${Buffer.from(sps.subarray(1, 4)).toString('hex')}`;
    packets.push({
      type: unit.nals.some((nal) => typeOf(nal) === nalType.idr) ? 'key' : 'delta',
      timestamp: packets.length * frameDuration,
      data: bytes.subarray(unit.start, unit.end),
    });
  }
  return { kind: 'video', config: { codec }, packets, hasPresentationTimes: false };
}

interface AccessUnit {
  /** Where it lies in the stream, start codes included. */
  start: number;
  end: number;
  nals: Uint8Array[];
}

/** The first NAL unit of an access unit and the first slice of a picture, by 7.4.1.2.3 and 7.4.1.2.4. */
function splitAccessUnits(bytes: Uint8Array): AccessUnit[] {
  const units: AccessUnit[] = [];
  const parameters = new ParameterSets();
  let unit: AccessUnit | null = null;
  let slice: SliceHeader | null = null;

  for (const { start, end, nal } of splitNalUnits(bytes)) {
    parameters.take(nal);
    const header = isFirstPartOfSlice(nal) ? parameters.parseSliceHeader(nal) : null;
    const begins = header ? slice !== null && isOtherPicture(slice, header) : slice !== null && opensUnit(typeOf(nal));
    if (!unit || begins) {
      unit = { start, end, nals: [] };
      units.push(unit);
      slice = null;
    }
    unit.nals.push(nal);
    unit.end = end;
    slice = header ?? slice;
  }
  return units;
}

function opensUnit(type: number): boolean {
  return (type >= nalType.sei && type <= nalType.delimiter) || (type >= 14 && type <= 18);
}

function typeOf(nal: Uint8Array): number {
  return nal[0]! & 31;
}

function isFirstPartOfSlice(nal: Uint8Array): boolean {
  const type = typeOf(nal);
  return type === nalType.slice || type === nalType.partitionA || type === nalType.idr;
}

export function* splitNalUnits(bytes: Uint8Array): Generator<{ start: number; end: number; nal: Uint8Array }> {
  let start = nextStartCode(bytes, 0);
  while (start < bytes.length) {
    const payload = start + 3;
    const end = nextStartCode(bytes, payload);
    if (payload < end) yield { start, end, nal: bytes.subarray(payload, end) };
    start = end;
  }
}

/** The place of the next 00 00 01, or the length. */
function nextStartCode(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(1, from + 2); at !== -1; at = bytes.indexOf(1, at + 1)) {
    if (bytes[at - 1] === 0 && bytes[at - 2] === 0 && at - 2 >= from) return at - 2;
  }
  return bytes.length;
}

interface SequenceParameters {
  hasSeparatePlanes: boolean;
  frameNumberBits: number;
  orderType: number;
  orderBits: number;
  orderDeltaIsZero: boolean;
  hasFramesOnly: boolean;
}

interface PictureParameters {
  sequence: number;
  hasFieldOrder: boolean;
}

/** Each of these tells pictures apart, except that reference counts only as zero or not. */
interface SliceHeader {
  frameNumber: number;
  pictureParameters: number;
  sequence: number;
  isField: boolean;
  isBottom: boolean;
  isReference: boolean;
  idrPicture: number | null;
  order: number;
  orderDelta0: number;
  orderDelta1: number;
}

function isOtherPicture(one: SliceHeader, other: SliceHeader): boolean {
  return (Object.keys(one) as (keyof SliceHeader)[]).some((key) => one[key] !== other[key]);
}

class ParameterSets {
  #sequences = new Map<number, SequenceParameters>();
  #pictures = new Map<number, PictureParameters>();

  take(nal: Uint8Array): void {
    if (typeOf(nal) === nalType.sps) this.#takeSequence(new BitReader(removeEmulation(nal)));
    if (typeOf(nal) === nalType.pps) this.#takePicture(new BitReader(removeEmulation(nal)));
  }

  #takeSequence(reader: BitReader): void {
    reader.bits(8);
    const profile = reader.bits(8);
    reader.bits(16);
    const id = reader.unsigned();
    const hasSeparatePlanes = highProfiles.has(profile) && skipChromaFormat(reader);
    const frameNumberBits = reader.unsigned() + 4;
    const orderType = reader.unsigned();
    let orderBits = 0;
    let orderDeltaIsZero = false;
    if (orderType === 0) {
      orderBits = reader.unsigned() + 4;
    } else if (orderType === 1) {
      orderDeltaIsZero = reader.flag();
      reader.signed();
      reader.signed();
      for (let left = reader.unsigned(); left > 0; left--) reader.signed();
    }
    reader.unsigned();
    reader.flag();
    reader.unsigned();
    reader.unsigned();
    const hasFramesOnly = reader.flag();
    this.#sequences.set(id, {
      hasSeparatePlanes,
      frameNumberBits,
      orderType,
      orderBits,
      orderDeltaIsZero,
      hasFramesOnly,
    });
  }

  #takePicture(reader: BitReader): void {
    reader.bits(8);
    const id = reader.unsigned();
    const sequence = reader.unsigned();
    reader.flag();
    this.#pictures.set(id, { sequence, hasFieldOrder: reader.flag() });
  }

  /** Null where the parameter sets are missing: a damaged stream. */
  parseSliceHeader(nal: Uint8Array): SliceHeader | null {
    const reader = new BitReader(removeEmulation(nal.subarray(0, 64)));
    reader.bits(8);
    reader.unsigned();
    reader.unsigned();
    const pictureParameters = reader.unsigned();
    const picture = this.#pictures.get(pictureParameters);
    const sequence = picture && this.#sequences.get(picture.sequence);
    if (!picture || !sequence) return null;

    if (sequence.hasSeparatePlanes) reader.bits(2);
    const frameNumber = reader.bits(sequence.frameNumberBits);
    const isField = !sequence.hasFramesOnly && reader.flag();
    const isBottom = isField && reader.flag();
    const idrPicture = typeOf(nal) === nalType.idr ? reader.unsigned() : null;
    const hasSecondDelta = picture.hasFieldOrder && !isField;
    let [order, orderDelta0, orderDelta1] = [0, 0, 0];
    if (sequence.orderType === 0) {
      order = reader.bits(sequence.orderBits);
      if (hasSecondDelta) orderDelta0 = reader.signed();
    } else if (sequence.orderType === 1 && !sequence.orderDeltaIsZero) {
      orderDelta0 = reader.signed();
      if (hasSecondDelta) orderDelta1 = reader.signed();
    }
    return {
      frameNumber,
      pictureParameters,
      sequence: picture.sequence,
      isField,
      isBottom,
      isReference: (nal[0]! & 0x60) !== 0,
      idrPicture,
      order,
      orderDelta0,
      orderDelta1,
    };
  }
}

/** The profiles whose SPS names the chroma format and may hold scaling lists. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Returns separate_colour_plane_flag. */
function skipChromaFormat(reader: BitReader): boolean {
  const chromaFormat = reader.unsigned();
  const hasSeparatePlanes = chromaFormat === 3 && reader.flag();
  reader.unsigned();
  reader.unsigned();
  reader.flag();
  if (reader.flag()) {
    for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list++) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return hasSeparatePlanes;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  for (let index = 0; index < size && last !== 0; index++) {
    last = (last + reader.signed() + 256) % 256;
  }
}

/** Without the emulation prevention bytes: the 3 in 00 00 03. */
function removeEmulation(nal: Uint8Array): Uint8Array {
  return nal.filter((byte, index) => byte !== 3 || index < 2 || nal[index - 1] !== 0 || nal[index - 2] !== 0);
}
