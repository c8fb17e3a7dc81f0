/** Pictures of ours as VideoFrames of the runtime's, and the other way round. */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { convertPictureNow } from '../pixels/convert.ts';
import { computeLayout, copyPlanes } from '../pixels/layout.ts';
import type { Picture, PlaneLayout } from '../pixels/picture.ts';
import { allocatePicture } from '../pixels/picture-pool.ts';
import { hasAlpha, type PixelFormat, pixelFormats, planesOf, rowCount } from '../pixels/pixel-format.ts';
import { sharedMemoryWorks } from '../platform/shared-memory.ts';
import { readImage } from '../webcodecs/image-source.ts';
import { pictureOf, type VideoFrame } from '../webcodecs/video-frame.ts';
import type { NativeVideoFrame } from './native-classes.ts';
import { nativeClasses } from './native-classes.ts';

type Content = NonNullable<ReturnType<typeof pictureOf>>;

/** What the runtime's VideoFrame is made of. */
interface Pixels {
  format: PixelFormat;
  codedWidth: number;
  codedHeight: number;
  data: Uint8Array;
  /** Absent where the planes are tightly packed. */
  layout?: PlaneLayout[];
  colorSpace: VideoColorSpaceInit;
}

/** Whether the runtime's VideoFrame finds planes where `layout` says, and in shared memory: Firefox 153 does not. */
let readsInPlace = false;

const side = 4;

/** Finds that out with a small frame of padded planes; to be awaited before frames are made. */
export async function probeLayout(): Promise<void> {
  const memory = sharedMemoryWorks() ? new SharedArrayBuffer(100) : new ArrayBuffer(100);
  const data = new Uint8Array(memory);
  data.set(data.map((_, index) => index));
  const planes = [
    { offset: 3, stride: 7 },
    { offset: 40, stride: 5 },
    { offset: 70, stride: 3 },
  ];
  try {
    const frame = new nativeClasses.VideoFrame!(data as Uint8Array<ArrayBuffer>, {
      format: 'I420',
      codedWidth: side,
      codedHeight: side,
      timestamp: 0,
      layout: planes,
    });
    const read = new Uint8Array(frame.allocationSize());
    const layout = await frame.copyTo(read);
    frame.close();
    readsInPlace = planes.every(({ offset, stride }, index) => {
      const size = index === 0 ? side : side / 2;
      const at = layout[index]!;
      return Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size)] as const).every(
        ([x, y]) => read[at.offset + y * at.stride + x] === offset + y * stride + x,
      );
    });
  } catch {
    readsInPlace = false;
  }
}

/** The bytes of a picture where they lie; undefined where memory ends within the last row. */
function pixelsInPlace({ picture, colorSpace }: Content): Pixels | undefined {
  const { format, planes, codedWidth, codedHeight, buffer } = picture;
  // "planeSize be the product of … destinationStride and … sourceHeight": all of the last row counts.
  const ends = planesOf(format).map((plane, index) => {
    const { offset, stride } = planes[index]!;
    return offset + stride * rowCount(plane, codedHeight);
  });
  const begin = Math.min(...planes.map(({ offset }) => offset));
  const end = Math.max(...ends);
  if (end > buffer.byteLength) return undefined;
  return {
    format,
    codedWidth,
    codedHeight,
    data: new Uint8Array(buffer, begin, end - begin),
    layout: planes.map(({ offset, stride }) => ({ offset: offset - begin, stride })),
    colorSpace,
  };
}

/** A copy of a picture's bytes; it has even sides, where the format has fewer samples of chroma. */
function packedPixels({ picture, colorSpace }: Content): Pixels {
  const { format, planes, codedWidth, codedHeight } = picture;
  const [horizontal, vertical] = planesOf(format).reduce(
    (most, plane) => [Math.max(most[0]!, plane.horizontal), Math.max(most[1]!, plane.vertical)],
    [1, 1],
  );
  const width = Math.ceil(codedWidth / horizontal!) * horizontal!;
  const height = Math.ceil(codedHeight / vertical!) * vertical!;
  const visible = computeLayout({ x: 0, y: 0, width: codedWidth, height: codedHeight }, format, undefined);
  const whole = computeLayout({ x: 0, y: 0, width, height }, format, undefined);
  const places = visible.planes.map((plane, index) => {
    const { destinationOffset, destinationStride } = whole.planes[index]!;
    return { ...plane, destinationOffset, destinationStride };
  });
  const data = new Uint8Array(whole.allocationSize);
  copyPlanes(new Uint8Array(picture.buffer), planes, { ...visible, planes: places }, data);
  return { format, codedWidth: width, codedHeight: height, data, colorSpace };
}

const sRgb: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  matrix: 'rgb',
  fullRange: true,
};

/** Eight bits of sRGB, for formats that the runtime's VideoFrame does not know. */
function convertedPixels({ picture, colorSpace }: Content): Pixels {
  const { codedWidth, codedHeight } = picture;
  const format = hasAlpha(picture.format) ? 'RGBA' : 'RGBX';
  const stride = 4 * codedWidth;
  const data = new Uint8Array(stride * codedHeight);
  const rect = { x: 0, y: 0, width: codedWidth, height: codedHeight };
  convertPictureNow(picture, colorSpace, rect, { format, colorSpace: 'srgb', bytes: data, offset: 0, stride });
  return { format, codedWidth, codedHeight, data, colorSpace: sRgb };
}

function construct(frame: VideoFrame, content: Content, pixels: Pixels): NativeVideoFrame {
  const { visibleRect, displayWidth, displayHeight, rotation, flip } = content;
  const { data, ...described } = pixels;
  const { timestamp, duration } = frame;
  const shown = { visibleRect, displayWidth, displayHeight, rotation, flip };
  const init = { ...described, ...shown, timestamp, duration: duration ?? undefined };
  // The types know neither all formats nor orientation, nor shared memory.
  return new nativeClasses.VideoFrame!(data as Uint8Array<ArrayBuffer>, init as unknown as VideoFrameBufferInit);
}

/** Formats that the runtime's VideoFrame turned out not to know. */
const refused = new Set<PixelFormat>();

/** A VideoFrame of the runtime's that shows what ours shows, which stays open. */
export function makeNativeFrame(frame: VideoFrame): NativeVideoFrame {
  const content = pictureOf(frame)!;
  const { format } = content.picture;
  if (!refused.has(format)) {
    try {
      return construct(frame, content, (readsInPlace && pixelsInPlace(content)) || packedPixels(content));
    } catch (error) {
      // "If init is not a valid VideoFrameBufferInit, throw a TypeError"; Firefox and WebKit: NotSupportedError.
      if (!['TypeError', 'NotSupportedError'].includes((error as Error).name)) throw error;
      refused.add(format);
    }
  }
  return construct(frame, content, convertedPixels(content));
}

export interface ReadPicture {
  /** Its one reference passes to the caller. */
  picture: Picture;
  visibleRect: { x: number; y: number; width: number; height: number };
  /** Only where it is another than the frame's. */
  colorSpace?: VideoColorSpaceInit;
}

const isKnown = (format: string | null): format is PixelFormat => (pixelFormats as readonly unknown[]).includes(format);

/** The visible part of a frame of the runtime's, in this format. */
async function copyPixels(frame: NativeVideoFrame, format: PixelFormat): Promise<Picture> {
  const { width, height } = frame.visibleRect!;
  const { picture, bytes } = allocatePicture(format, width, height);
  const { planes } = computeLayout({ x: 0, y: 0, width, height }, format, undefined);
  const layout = planes.map(({ destinationOffset: offset, destinationStride: stride }) => ({ offset, stride }));
  const options = { layout, ...(frame.format !== format && { format }) };
  try {
    await frame.copyTo(bytes as Uint8Array<ArrayBuffer>, options as VideoFrameCopyToOptions);
    return picture;
  } catch (error) {
    picture.release();
    throw error;
  }
}

/** Reads the pixels of a frame of the runtime's, as they are where that is possible, else as RGB. */
export async function readNativeFrame(frame: NativeVideoFrame): Promise<ReadPicture> {
  const { format } = frame;
  const attempts = [
    () => (isKnown(format) ? copyPixels(frame, format) : Promise.reject()),
    () => copyPixels(frame, 'RGBA'),
    // Safari's copyTo() converts nothing.
    async () => readImage(frame).picture,
  ];
  let picture: Picture | undefined;
  for (const attempt of attempts) picture ??= await attempt().catch(() => undefined);
  if (!picture) throw new Error(`the pixels of a frame of format ${format} could not be read`);
  const visibleRect = { x: 0, y: 0, width: picture.codedWidth, height: picture.codedHeight };
  return { picture, visibleRect, ...(picture.format !== format && { colorSpace: sRgb }) };
}
