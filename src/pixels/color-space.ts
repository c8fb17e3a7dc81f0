/** Colour descriptions: the specification's names (§9.10 and on) and H.273's numbers. */

export type VideoColorPrimaries = 'bt709' | 'bt470bg' | 'smpte170m' | 'bt2020' | 'smpte432';
export type VideoTransferCharacteristics = 'bt709' | 'smpte170m' | 'iec61966-2-1' | 'linear' | 'pq' | 'hlg';
export type VideoMatrixCoefficients = 'rgb' | 'bt709' | 'bt470bg' | 'smpte170m' | 'bt2020-ncl';

export interface VideoColorSpaceInit {
  primaries?: VideoColorPrimaries | null | undefined;
  transfer?: VideoTransferCharacteristics | null | undefined;
  matrix?: VideoMatrixCoefficients | null | undefined;
  fullRange?: boolean | null | undefined;
}

export const primariesByNumber: Readonly<Record<number, VideoColorPrimaries>> = {
  1: 'bt709',
  5: 'bt470bg',
  6: 'smpte170m',
  9: 'bt2020',
  12: 'smpte432',
};
export const transferByNumber: Readonly<Record<number, VideoTransferCharacteristics>> = {
  1: 'bt709',
  6: 'smpte170m',
  8: 'linear',
  13: 'iec61966-2-1',
  16: 'pq',
  18: 'hlg',
};
export const matrixByNumber: Readonly<Record<number, VideoMatrixCoefficients>> = {
  0: 'rgb',
  1: 'bt709',
  5: 'bt470bg',
  6: 'smpte170m',
  9: 'bt2020-ncl',
};

/** The specification's description for code points of ITU-T H.273; unknown ones become null. */
export function colorSpaceFromH273(
  primaries: number,
  transfer: number,
  matrix: number,
  fullRange: boolean | null,
): VideoColorSpaceInit {
  return {
    primaries: primariesByNumber[primaries] ?? null,
    transfer: transferByNumber[transfer] ?? null,
    matrix: matrixByNumber[matrix] ?? null,
    fullRange,
  };
}
