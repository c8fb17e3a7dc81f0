/**
 * YUV to RGB in fixed point that fits lanes of 16 bits, so that SIMD and plain code give the same to the bit.
 *
 * A luma sample is brought to 15 bits, a chroma sample to 16 with its sign, whatever the depth. Multiplied by a
 * coefficient, rounded and shifted right by 15, it is its share of red, green or blue in sixty-fourths of a step of
 * 8 bits. The shares' sum is at most 0.03 steps off the exact value; what exceeds 16 bits is far beyond white.
 */
import type { VideoMatrixCoefficients } from './color-space.ts';

/** Bits of fraction in the sum of the shares. */
export const shareBits = 6;
/** Bits of fraction of the indices that go into a change of colours, so that it does not show bands. */
export const indexBits = 4;
/** Linear light is looked up for this many values. */
export const indexCount = 255 * 2 ** indexBits + 1;

export interface YuvMatrix {
  depth: number;
  luma: number;
  redV: number;
  greenU: number;
  greenV: number;
  blueU: number;
  /** What is added to luma's share: black is zero, and rounding. */
  lumaBias: number;
  /** The same for red's and blue's shares, which do without luma's where the planes are green, blue and red. */
  chromaBias: number;
  isGbr: boolean;
}

/** Weights of red and blue in luma (H.273, table 4). */
const lumaWeights: Readonly<Record<Exclude<VideoMatrixCoefficients, 'rgb'>, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  'bt2020-ncl': [0.2627, 0.0593],
};

/** What `i16x8.q15mulr_sat_s` does. */
const multiply = (sample: number, coefficient: number): number => (sample * coefficient + 0x4000) >> 15;

const topLuma = (sample: number, depth: number): number => sample << (15 - depth);
const topChroma = (sample: number, depth: number): number => (sample - 2 ** (depth - 1)) << (16 - depth);

/** `finest`: bits of fraction that are wanted of the result; rounding goes to them. */
export function yuvMatrix(
  matrix: VideoMatrixCoefficients,
  fullRange: boolean,
  depth: number,
  finest: number,
): YuvMatrix {
  const size = 2 ** depth;
  const step = size / 256;
  const black = fullRange ? 0 : 16 * step;
  // Steps of 8 bits per step of the sample.
  const lumaUnit = 255 / (fullRange ? size - 1 : 219 * step);
  const chromaUnit = 255 / (fullRange ? size - 1 : 224 * step);
  const rounding = 2 ** (shareBits - finest - 1);
  const coefficient = (scale: number) => Math.round(scale * 2 ** (shareBits + depth - 1));
  const luma = Math.round(lumaUnit * 2 ** (shareBits + depth));
  const common = { depth, luma, lumaBias: rounding - multiply(topLuma(black, depth), luma) };
  if (matrix === 'rgb') {
    // H.273, MatrixCoefficients 0: Y, U and V are green, blue and red, all with the range of luma.
    const own = coefficient(lumaUnit);
    const chromaBias = rounding - multiply(topChroma(black, depth), own);
    return { ...common, redV: own, greenU: 0, greenV: 0, blueU: own, chromaBias, isGbr: true };
  }
  const [red, blue] = lumaWeights[matrix];
  const green = 1 - red - blue;
  return {
    ...common,
    redV: coefficient(2 * (1 - red) * chromaUnit),
    greenU: coefficient((-2 * blue * (1 - blue) * chromaUnit) / green),
    greenV: coefficient((-2 * red * (1 - red) * chromaUnit) / green),
    blueU: coefficient(2 * (1 - blue) * chromaUnit),
    chromaBias: 0,
    isGbr: false,
  };
}

/** The shares of every value of a sample. */
export interface YuvTables {
  luma: Int32Array;
  redV: Int32Array;
  greenU: Int32Array;
  greenV: Int32Array;
  blueU: Int32Array;
}

export function yuvTables(matrix: YuvMatrix): YuvTables {
  const { depth, lumaBias, chromaBias } = matrix;
  const table = (top: typeof topLuma, coefficient: number, bias: number) =>
    Int32Array.from({ length: 2 ** depth }, (_, value) => multiply(top(value, depth), coefficient) + bias);
  return {
    luma: table(topLuma, matrix.luma, lumaBias),
    redV: table(topChroma, matrix.redV, chromaBias),
    greenU: table(topChroma, matrix.greenU, 0),
    greenV: table(topChroma, matrix.greenV, 0),
    blueU: table(topChroma, matrix.blueU, chromaBias),
  };
}
