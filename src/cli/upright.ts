import { VideoFrame } from '../index.ts';

/** Turns pictures for containers that cannot say "rotated"; both in the order turn, then mirror. */
export interface Orientation {
  /** Degrees clockwise. */
  rotation: 0 | 90 | 180 | 270;
  /** Mirrored horizontally. */
  flip: boolean;
}

interface Plane {
  data: Uint8Array | Uint16Array;
  width: number;
  height: number;
}

/** A frame with its pixels turned upright. The given frame is closed. */
export async function turnUpright(frame: VideoFrame, { rotation, flip }: Orientation): Promise<VideoFrame> {
  if (rotation === 0 && !flip) return frame;
  const { format, timestamp, duration, colorSpace, displayWidth, displayHeight } = frame;
  const { width, height } = frame.visibleRect!;
  const subsampling = /^I(420|444)(P1[02])?$/.exec(format ?? '')?.[1];
  if (!format || !subsampling) {
    frame.close();
    throw new Error(`pictures of format ${format} cannot be turned`);
  }
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  frame.close();

  const samples = format.includes('P') ? new Uint16Array(bytes.buffer) : bytes;
  const turned = planesOf(samples, width, height, subsampling === '420').map((plane) => turn(plane, rotation, flip));
  const sideways = rotation % 180 !== 0;
  return new VideoFrame(concatenate(turned), {
    format,
    codedWidth: turned[0]!.width,
    codedHeight: turned[0]!.height,
    displayWidth: sideways ? displayHeight : displayWidth,
    displayHeight: sideways ? displayWidth : displayHeight,
    timestamp,
    duration: duration ?? undefined,
    colorSpace: colorSpace.toJSON(),
  });
}

function planesOf(samples: Uint8Array | Uint16Array, width: number, height: number, halved: boolean): Plane[] {
  const chroma = halved ? [(width + 1) >> 1, (height + 1) >> 1] : [width, height];
  let offset = 0;
  return [[width, height], chroma, chroma].map(([planeWidth, planeHeight]) => {
    const length = planeWidth! * planeHeight!;
    const data = samples.subarray(offset, offset + length);
    offset += length;
    return { data, width: planeWidth!, height: planeHeight! };
  });
}

function turn({ data, width, height }: Plane, rotation: number, flip: boolean): Plane {
  const sideways = rotation % 180 !== 0;
  const [newWidth, newHeight] = sideways ? [height, width] : [width, height];
  const turned = data.slice();
  // Where the pixel at (0, 0) of the turned plane comes from, and the steps in the old one as x and y grow.
  const start = { 0: 0, 90: (height - 1) * width, 180: height * width - 1, 270: width - 1 }[rotation]!;
  const stepX = { 0: 1, 90: -width, 180: -1, 270: width }[rotation]!;
  const stepY = { 0: width, 90: 1, 180: -width, 270: -1 }[rotation]!;
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const column = flip ? newWidth - 1 - x : x;
      turned[y * newWidth + column] = data[start + x * stepX + y * stepY]!;
    }
  }
  return { data: turned, width: newWidth, height: newHeight };
}

function concatenate(planes: Plane[]): Uint8Array {
  return Buffer.concat(planes.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}
