/** From the colours of a picture to those of a canvas: transfer characteristics and primaries. */
import type { VideoColorPrimaries, VideoColorSpaceInit, VideoTransferCharacteristics } from './color-space.ts';

/** https://html.spec.whatwg.org/#predefinedcolorspace */
export type PredefinedColorSpace = 'srgb' | 'display-p3';

type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** How to bring encoded RGB to the target's: by tables, as most of the work is in curves. */
export interface GamutTransform {
  /** Linear light of an encoded value of 0 to `linear.length` − 1; 1 is the target's white. */
  linear: Float32Array;
  /** Rows; 32-bit floats all. */
  matrix: Matrix3;
  /** The target's 8-bit value of linear light of 0 to 1, in `encodingSteps` steps. */
  encoding: Uint8Array;
}

export const encodingSteps = 65535;

type Gamut = 'bt709' | 'bt2020' | 'p3';

/** Browsers show both standards of BT.601 with the primaries of BT.709. */
const gamutOf: Readonly<Record<VideoColorPrimaries, Gamut>> = {
  bt709: 'bt709',
  bt470bg: 'bt709',
  smpte170m: 'bt709',
  bt2020: 'bt2020',
  smpte432: 'p3',
};
const targetGamut: Readonly<Record<PredefinedColorSpace, Gamut>> = { srgb: 'bt709', 'display-p3': 'p3' };

/** Linear RGB to XYZ, white D65, computed from the chromaticities of H.273, table 2. */
const toXyz: Readonly<Record<Gamut, Matrix3>> = {
  bt709: [0.4123908, 0.3575843, 0.1804808, 0.212639, 0.7151687, 0.0721923, 0.0193308, 0.1191948, 0.9505322],
  bt2020: [0.636958, 0.1446169, 0.168881, 0.2627002, 0.6779981, 0.0593017, 0, 0.0280727, 1.0609851],
  p3: [0.4865709, 0.2656677, 0.1982173, 0.2289746, 0.6917385, 0.0792869, 0, 0.0451134, 1.0439444],
};
const fromXyz: Readonly<Record<PredefinedColorSpace, Matrix3>> = {
  srgb: [3.2409699, -1.5373832, -0.4986108, -0.9692436, 1.8759675, 0.0415551, 0.0556301, -0.203977, 1.0569715],
  'display-p3': [2.4934969, -0.9313836, -0.4027108, -0.829489, 1.7626641, 0.0236247, 0.0358458, -0.0761724, 0.9568845],
};

function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  return Array.from({ length: 9 }, (_, index) => {
    const row = 3 * Math.floor(index / 3);
    const column = index % 3;
    return Math.fround(a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!);
  }) as unknown as Matrix3;
}

const srgbToLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const linearToSrgb = (value: number): number =>
  value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;

/** Diffuse white of pictures with high dynamic range, cd/m² (ITU-R BT.2408); what is brighter is clipped. */
const diffuseWhite = 203;

/** ITU-R BT.2100, table 4: the reference EOTF of PQ. */
function pqToLinear(value: number): number {
  const root = value ** (1 / 78.84375);
  const light = (Math.max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125);
  return (10_000 / diffuseWhite) * light;
}

/** ITU-R BT.2100, table 5: the inverse OETF of HLG, and the OOTF of a display of 1000 cd/m², per component. */
function hlgToLinear(value: number): number {
  const scene = value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12;
  return (1000 / diffuseWhite) * scene ** 1.2;
}

/** Encoded to linear light. The camera curves are shown through sRGB's, as browsers do. */
const toLinear: Readonly<Record<VideoTransferCharacteristics, (value: number) => number>> = {
  bt709: srgbToLinear,
  smpte170m: srgbToLinear,
  'iec61966-2-1': srgbToLinear,
  linear: (value) => value,
  pq: pqToLinear,
  hlg: hlgToLinear,
};

const linearTables = new Map<string, Float32Array>();

function linearTable(transfer: VideoTransferCharacteristics, size: number): Float32Array {
  const key = `${transfer} ${size}`;
  const known = linearTables.get(key);
  if (known) return known;
  const table = Float32Array.from({ length: size }, (_, index) => toLinear[transfer](index / (size - 1)));
  linearTables.set(key, table);
  return table;
}

let encodingTable: Uint8Array | undefined;

function makeEncodingTable(): Uint8Array {
  const table = new Uint8Array(encodingSteps + 1);
  for (let index = 0; index <= encodingSteps; index++) {
    table[index] = Math.round(255 * linearToSrgb(index / encodingSteps));
  }
  return table;
}

/**
 * The transform of encoded values of 0 to `size` − 1; undefined where source and target show them alike.
 * What a picture does not say is taken to be as in the target sRGB.
 */
export function gamutTransform(
  { primaries, transfer }: VideoColorSpaceInit,
  target: PredefinedColorSpace,
  size: number,
): GamutTransform | undefined {
  const gamut = gamutOf[primaries ?? 'bt709'];
  const curve = transfer ?? 'bt709';
  if (gamut === targetGamut[target] && toLinear[curve] === srgbToLinear) return undefined;
  encodingTable ??= makeEncodingTable();
  return {
    linear: linearTable(curve, size),
    matrix: multiply(fromXyz[target], toXyz[gamut]),
    encoding: encodingTable,
  };
}
