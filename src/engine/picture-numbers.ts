/** Pictures to encode as both engines' native code takes them. */
import { matrixByNumber, primariesByNumber, transferByNumber } from '../pixels/color-space.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../pixels/pixel-format.ts';
import type { PictureToEncode } from './engine.ts';

const unspecified = 2;

/** H.273's code points by the specification's names. */
const numbersOf = (names: Readonly<Record<number, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(names).map(([number, name]) => [name, Number(number)]));
const primaryNumbers = numbersOf(primariesByNumber);
const transferNumbers = numbersOf(transferByNumber);
const matrixNumbers = numbersOf(matrixByNumber);

/** All of a structure SourcePicture (emscripten/glue/video-encoder.h) but its planes. */
export interface PictureNumbers {
  /** Index in `pixelFormats`. */
  format: number;
  width: number;
  height: number;
  timestamp: number;
  /** µs, negative if unknown. */
  duration: number;
  /** H.273 code points. */
  primaries: number;
  transfer: number;
  matrix: number;
  fullRange: boolean;
  keyFrame: boolean;
  /** -1: by rate control. */
  quantizer: number;
}

export function pictureNumbers(input: PictureToEncode): PictureNumbers {
  const { picture, visibleRect, colorSpace, timestamp, duration, keyFrame, quantizer } = input;
  return {
    format: pixelFormats.indexOf(picture.format),
    width: visibleRect.width,
    height: visibleRect.height,
    timestamp,
    duration: duration ?? -1,
    primaries: primaryNumbers[colorSpace.primaries ?? ''] ?? unspecified,
    transfer: transferNumbers[colorSpace.transfer ?? ''] ?? unspecified,
    matrix: matrixNumbers[colorSpace.matrix ?? ''] ?? unspecified,
    fullRange: colorSpace.fullRange ?? false,
    keyFrame,
    quantizer: quantizer ?? -1,
  };
}

/** Where the visible part of each plane begins and ends. */
export function visiblePlanes({ picture, visibleRect: { x, y, width, height } }: PictureToEncode) {
  return planesOf(picture.format).map((plane, index) => {
    const { offset, stride } = picture.planes[index]!;
    const begin =
      offset + Math.floor(y / plane.vertical) * stride + Math.floor(x / plane.horizontal) * plane.sampleBytes;
    return { begin, stride, end: begin + stride * (rowCount(plane, height) - 1) + rowBytes(plane, width) };
  });
}
