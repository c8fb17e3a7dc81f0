/** What AVIF files say about their images: ISO/IEC 23008-12 (HEIF) 6.5, ISO/IEC 14496-12 12.1.5, AV1-ISOBMFF 2.3. */
import { colorSpaceFromH273, type VideoColorSpaceInit } from '../pixels/color-space.ts';
import { type Box, ByteReader, boxOf, concatenate, latin1, readFullBox } from './byte-reader.ts';
import type { Orientation } from './exif.ts';
import { checkCanvasSize, ImageError } from './image.ts';

const alphaTypes: readonly string[] = ['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1'];

/** Of 'ispe': pixels before rotation. */
export function readSpatialExtents(properties: readonly Box[]): { width: number; height: number } | undefined {
  const box = boxOf(properties, 'ispe');
  if (!box) return undefined;
  const { reader } = readFullBox(box.body);
  const width = reader.u32();
  const height = reader.u32();
  checkCanvasSize(width, height);
  return { width, height };
}

/** Of 'colr' with code points. ICC profiles are not looked at; several boxes are allowed, one of each kind. */
export function readColorSpace(properties: readonly Box[]): VideoColorSpaceInit | undefined {
  for (const { body } of properties.filter(({ type }) => type === 'colr')) {
    const reader = new ByteReader(body);
    if (reader.code() !== 'nclx') continue;
    return colorSpaceFromH273(reader.u16(), reader.u16(), reader.u16(), reader.u8() >= 0x80);
  }
  return undefined;
}

/** Of 'irot' (quarters anticlockwise) and then 'imir' (0: top and bottom change places, 1: left and right). */
export function readOrientation(properties: readonly Box[]): Orientation {
  const quarters = (boxOf(properties, 'irot')?.body[0] ?? 0) & 3;
  const mirror = boxOf(properties, 'imir')?.body[0];
  // Top and bottom change places: half a turn, then left and right.
  const halfTurn = mirror !== undefined && (mirror & 1) === 0 ? 180 : 0;
  const rotation = ((4 - quarters) * 90 + halfTurn) % 360;
  return { rotation: rotation as Orientation['rotation'], flip: mirror !== undefined };
}

/** Whether 'auxC' (of an item) or 'auxi' (of a sample entry) says that this is an alpha plane. */
export function isAlpha(auxiliaryType: Box): boolean {
  const { reader } = readFullBox(auxiliaryType.body);
  const longest = 64;
  const text = latin1(reader.bytes(Math.min(reader.left, longest)));
  return alphaTypes.includes(text.split('\0', 1)[0]!);
}

/** The configOBUs of 'av1C'; undefined if there is none. */
export function readConfigObus(properties: readonly Box[]): Uint8Array | undefined {
  const box = boxOf(properties, 'av1C');
  if (!box) return undefined;
  const reader = new ByteReader(box.body);
  const [marker, version] = [box.body[0]! >> 7, box.body[0]! & 127];
  if (marker !== 1 || version !== 1) throw new ImageError('an AV1 configuration of an unknown version');
  return reader.skip(4).bytes();
}

/** AV1, 6.2.2: obu_type */
const obuType = { sequenceHeader: 1, frameHeader: 3, frame: 6 } as const;

/** Whether a sequence header comes before the first frame (AV1, 5.3 and 4.10.5). */
export function hasSequenceHeader(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; ) {
    const header = data[at]!;
    const type = (header >> 3) & 15;
    if (type === obuType.sequenceHeader) return true;
    const hasSize = (header & 2) !== 0;
    if (!hasSize || type === obuType.frame || type === obuType.frameHeader) return false;
    at += header & 4 ? 2 : 1;
    let size = 0;
    let i = 0;
    do size += (data[at + i]! & 127) * 2 ** (7 * i);
    while (data[at + i++]! >= 128 && i < 8);
    // NaN behind the end of the data, which ends the loop.
    at += i + size;
  }
  return false;
}

/** A temporal unit out of its pieces, for a decoder that knows of no container. */
export function temporalUnit(parts: readonly Uint8Array[], configObus: Uint8Array | undefined): Uint8Array {
  const data = concatenate(parts);
  return configObus?.length && !hasSequenceHeader(data) ? concatenate([configObus, data]) : data;
}
