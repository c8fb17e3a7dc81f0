/** Decoded pictures as both engines' native code describes them. */
import { colorSpaceFromH273 } from '../pixels/color-space.ts';
import { Picture, type PictureInit, type PlaneLayout } from '../pixels/picture.ts';
import { pixelFormats, planesOf, rowCount } from '../pixels/pixel-format.ts';
import type { DecodedPicture } from './engine.ts';

/** A structure DecodedFrame (emscripten/glue/decoded-frame.h) as it is: no message is cheaper than an array of numbers. */
export type DecodedFrameNumbers = [
  timestamp: number,
  duration: number,
  slot: number,
  format: number,
  width: number,
  height: number,
  primaries: number,
  transfer: number,
  matrix: number,
  fullRange: number,
  planeCount: number,
  plane0: number,
  plane1: number,
  plane2: number,
  plane3: number,
  stride0: number,
  stride1: number,
  stride2: number,
  stride3: number,
];

/** Where a structure's addresses begin, and its strides. */
const [firstPlane, firstStride] = [11, 15];

export const planeOf = (frame: ArrayLike<number>, index: number): PlaneLayout => ({
  offset: frame[firstPlane + index]!,
  stride: frame[firstStride + index]!,
});

export function movePlane(frame: DecodedFrameNumbers, index: number, { offset, stride }: PlaneLayout): void {
  frame[firstPlane + index] = offset;
  frame[firstStride + index] = stride;
}

/** Where the last plane ends, bytes. */
export function endOf(frame: DecodedFrameNumbers): number {
  const [, , , format, , height] = frame;
  const ends = planesOf(pixelFormats[format]!).map((plane, index) => {
    const { offset, stride } = planeOf(frame, index);
    return offset + stride * rowCount(plane, height);
  });
  return Math.max(...ends);
}

/** The picture of a frame whose planes lie in `buffer`. */
export function decodedPicture(
  frame: DecodedFrameNumbers | [...DecodedFrameNumbers, number],
  memory: Pick<PictureInit, 'buffer' | 'load' | 'convert' | 'onFree'>,
): DecodedPicture {
  const [timestamp, duration, , formatNumber, width, height, primaries, transfer, matrix, fullRange] = frame;
  const format = pixelFormats[formatNumber]!;
  const planes = planesOf(format).map((_, index) => planeOf(frame, index));
  return {
    picture: new Picture({ format, codedWidth: width, codedHeight: height, planes, ...memory }),
    visibleRect: { x: 0, y: 0, width, height },
    timestamp,
    duration: duration < 0 ? null : duration,
    colorSpace: colorSpaceFromH273(primaries, transfer, matrix, fullRange < 0 ? null : fullRange === 1),
  };
}
