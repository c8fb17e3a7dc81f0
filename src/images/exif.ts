/** The orientation in EXIF metadata, which are a TIFF file: TIFF 6.0, section 2; Exif 2.32 (CIPA DC-008), 4.6.4 A. */
import { latin1 } from './byte-reader.ts';

export interface Orientation {
  /** Degrees clockwise. */
  rotation: 0 | 90 | 180 | 270;
  /** Left and right are exchanged after the rotation. */
  flip: boolean;
}

const upright: Orientation = { rotation: 0, flip: false };

/** By the tag's value: which sides of what is seen the stored row 0 and column 0 are. */
const orientations: Readonly<Record<number, Orientation>> = {
  1: upright,
  2: { rotation: 0, flip: true },
  3: { rotation: 180, flip: false },
  4: { rotation: 180, flip: true },
  5: { rotation: 90, flip: true },
  6: { rotation: 90, flip: false },
  7: { rotation: 270, flip: true },
  8: { rotation: 270, flip: false },
};

const orientationTag = 0x0112;
const typeShort = 3;
const entrySize = 12;
const exifPrefix = 'Exif\0\0';

/** What comes after the identifier of a JPEG's APP1 segment; undefined if the segment is of another kind. */
export const exifOfApp1 = (segment: Uint8Array): Uint8Array | undefined =>
  latin1(segment.subarray(0, exifPrefix.length)) === exifPrefix ? segment.subarray(exifPrefix.length) : undefined;

/** Never fails: a picture is shown as it is stored rather than not at all. */
export function orientationOfExif(exif: Uint8Array): Orientation {
  // WebP files often have the identifier of JPEG's segment in front.
  const tiff = exifOfApp1(exif) ?? exif;
  try {
    return orientations[readOrientationTag(tiff) ?? 1] ?? upright;
  } catch (error) {
    if (error instanceof RangeError) return upright;
    throw error;
  }
}

/** @throws {RangeError} if the directory is cut off. */
function readOrientationTag(tiff: Uint8Array): number | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const byteOrder = latin1(tiff.subarray(0, 2));
  if (byteOrder !== 'II' && byteOrder !== 'MM') return undefined;
  const littleEndian = byteOrder === 'II';
  if (view.getUint16(2, littleEndian) !== 42) return undefined;
  const directory = view.getUint32(4, littleEndian);
  const count = view.getUint16(directory, littleEndian);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * entrySize;
    if (view.getUint16(entry, littleEndian) !== orientationTag) continue;
    const isOneShort =
      view.getUint16(entry + 2, littleEndian) === typeShort && view.getUint32(entry + 4, littleEndian) === 1;
    return isOneShort ? view.getUint16(entry + 8, littleEndian) : undefined;
  }
  return undefined;
}
