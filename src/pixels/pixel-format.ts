/** Pixel formats of the specification (§9.9) and their arithmetic. */

export type PixelFormat =
  | 'I420'
  | 'I420P10'
  | 'I420P12'
  | 'I420A'
  | 'I420AP10'
  | 'I420AP12'
  | 'I422'
  | 'I422P10'
  | 'I422P12'
  | 'I422A'
  | 'I422AP10'
  | 'I422AP12'
  | 'I444'
  | 'I444P10'
  | 'I444P12'
  | 'I444A'
  | 'I444AP10'
  | 'I444AP12'
  | 'NV12'
  | 'RGBA'
  | 'RGBX'
  | 'BGRA'
  | 'BGRX';

/** How one plane of a format is sampled. */
export interface PlaneSampling {
  /** Bytes of one sample: of one pixel for RGB formats, of one U-V pair for NV12's second plane. */
  sampleBytes: number;
  /** Pixels of the picture that one sample covers, across and down. */
  horizontal: 1 | 2;
  vertical: 1 | 2;
}

const plane = (sampleBytes: number, horizontal: 1 | 2 = 1, vertical: 1 | 2 = 1): PlaneSampling => ({
  sampleBytes,
  horizontal,
  vertical,
});

function planar(horizontal: 1 | 2, vertical: 1 | 2, bytes: number, alpha: boolean): PlaneSampling[] {
  const planes = [plane(bytes), plane(bytes, horizontal, vertical), plane(bytes, horizontal, vertical)];
  return alpha ? [...planes, plane(bytes)] : planes;
}

function allPlanar(name: 'I420' | 'I422' | 'I444', horizontal: 1 | 2, vertical: 1 | 2) {
  return Object.fromEntries(
    ['', 'A'].flatMap((alpha) =>
      ['', 'P10', 'P12'].map((depth) => [
        `${name}${alpha}${depth}`,
        planar(horizontal, vertical, depth === '' ? 1 : 2, alpha === 'A'),
      ]),
    ),
  );
}

const sampling = {
  ...allPlanar('I420', 2, 2),
  ...allPlanar('I422', 2, 1),
  ...allPlanar('I444', 1, 1),
  NV12: [plane(1), plane(2, 2, 2)],
  RGBA: [plane(4)],
  RGBX: [plane(4)],
  BGRA: [plane(4)],
  BGRX: [plane(4)],
} as Record<PixelFormat, PlaneSampling[]>;

export const pixelFormats = Object.keys(sampling) as PixelFormat[];

export const planesOf = (format: PixelFormat): readonly PlaneSampling[] => sampling[format];

export const isRgb = (format: PixelFormat): boolean => planesOf(format).length === 1;

export const hasAlpha = (format: PixelFormat): boolean =>
  format === 'RGBA' || format === 'BGRA' || planesOf(format).length === 4;

export const bitDepthOf = (format: PixelFormat): 8 | 10 | 12 =>
  format.endsWith('P10') ? 10 : format.endsWith('P12') ? 12 : 8;

/** Bytes in one row of a plane of a picture of this width; odd sizes round up. */
export const rowBytes = (sampling: PlaneSampling, width: number): number =>
  Math.ceil(width / sampling.horizontal) * sampling.sampleBytes;

/** Rows in a plane of a picture of this height. */
export const rowCount = (sampling: PlaneSampling, height: number): number => Math.ceil(height / sampling.vertical);

/** "The equivalent opaque format": the same without alpha. */
export function opaqueFormatOf(format: PixelFormat): PixelFormat {
  if (isRgb(format)) return format.replace('A', 'X') as PixelFormat;
  return hasAlpha(format) ? (format.replace('A', '') as PixelFormat) : format;
}
