/** The bytes that FFmpeg has for a picture in its own pixel formats, made from ours. */

export interface ImagePixels {
  format: string;
  width: number;
  height: number;
  bytes: Uint8Array;
  rgba: Uint8Array;
}

type Convert = (image: ImagePixels) => Uint8Array[];

/** One component after the other, or interleaved in another order. */
const interleaved =
  (...order: number[]): Convert =>
  ({ rgba }) => [
    Uint8Array.from({ length: (rgba.length / 4) * order.length }, (_, at) => {
      const component = order[at % order.length]!;
      return rgba[4 * Math.floor(at / order.length) + component]!;
    }),
  ];

const planar =
  (...order: number[]): Convert =>
  ({ rgba }) => [
    Buffer.concat(
      order.map((component) => Uint8Array.from({ length: rgba.length / 4 }, (_, at) => rgba[4 * at + component]!)),
    ),
  ];

const asItIs: Convert = ({ bytes }) => [bytes];
const lumaAlone: Convert = ({ bytes, width, height }) => [bytes.subarray(0, width * height)];

/** Our 4:4:4 with every second row of chroma. */
const with440: Convert = ({ bytes, width, height }) => {
  const size = width * height;
  const rows = (begin: number) =>
    Array.from({ length: height / 2 }, (_, row) =>
      bytes.subarray(begin + 2 * row * width, begin + (2 * row + 1) * width),
    );
  return [Buffer.concat([bytes.subarray(0, size), ...rows(size), ...rows(2 * size)])];
};

/** Our 12 bits at the top of 16. */
const with16Bits: Convert = ({ bytes }) => {
  const samples = new Uint16Array(bytes.slice().buffer).map((sample) => sample << 4);
  return [new Uint8Array(samples.buffer)];
};

/** CMYK that FFmpeg made 4:4:4 of, with a fourth plane that is all opaque. */
const withOpaquePlane: Convert = ({ bytes, width, height }) => [
  Buffer.concat([bytes, new Uint8Array(width * height).fill(255)]),
];

/** FFmpeg's demuxer gives the colours of an AVIF alone; the alpha plane is as large as luma, and the last. */
const withOrWithoutAlpha: Convert = ({ bytes, format, width, height }) => {
  const alphaSize = width * height * (format.includes('P1') ? 2 : 1);
  return [format.includes('A') ? bytes.subarray(0, bytes.length - alphaSize) : bytes];
};

/**
 * FFmpeg's transparent pixels of GIF are white, and what is disposed of gets the background's colour. Ours, like those
 * of browsers, are transparent black.
 */
const withBackground =
  (background: number[] | undefined): Convert =>
  (image) => {
    const [bgra] = interleaved(2, 1, 0, 3)(image) as [Uint8Array];
    const filled = (pixel: number[]) => {
      const copy = bgra.slice();
      for (let at = 0; at < copy.length; at += 4) if (copy[at + 3] === 0) copy.set(pixel, at);
      return copy;
    };
    const [red, green, blue] = background ?? [255, 255, 255];
    return [bgra, filled([255, 255, 255, 0]), filled([blue!, green!, red!, 255])];
  };

const formats: Readonly<Record<string, Convert>> = {
  yuvj420p: asItIs,
  yuv420p: asItIs,
  yuva420p: asItIs,
  yuv444p: asItIs,
  avif: withOrWithoutAlpha,
  yuvj440p: with440,
  yuv420p16le: with16Bits,
  yuva444p: withOpaquePlane,
  gray: lumaAlone,
  gbrp: planar(1, 2, 0),
  rgb24: interleaved(0, 1, 2),
  bgr24: interleaved(2, 1, 0),
  rgba: interleaved(0, 1, 2, 3),
  argb: interleaved(3, 0, 1, 2),
};

/** undefined for a format that is not known here. `background`: of a GIF. */
export const framesLike = (format: string, background?: number[]): Convert | undefined =>
  format === 'bgra' ? withBackground(background) : formats[format];
