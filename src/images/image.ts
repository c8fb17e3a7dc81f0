/**
 * What a parser of an image format finds in a file, before anything is decoded.
 *
 * Sizes are pixels, times µs. A parser never decodes pixels: it says where the encoded frames lie, where they go on
 * the canvas, and when they are shown.
 */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';

/** How one encoded image becomes pixels: a decoder of the pack `image`, or AV1 for AVIF. */
export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'avif';

/** One frame as it is stored. */
export interface ImageFrame {
  /**
   * A complete image of the track's format in its simplest form: the JPEG, BMP or still WebP file; for APNG a PNG file
   * of this frame alone; for animated WebP and for GIF a still file of this frame alone;
   * for AVIF the AV1 temporal unit (with av1C's configOBUs in front where the data have no sequence header).
   */
  data: Uint8Array;
  /** AVIF: the alpha plane's own AV1 temporal unit. */
  alpha?: Uint8Array | undefined;
  /** Where the frame goes on the canvas. */
  x: number;
  y: number;
  width: number;
  height: number;
  blend: 'source' | 'over';
  dispose: 'none' | 'background' | 'previous';
  /** µs from the beginning of the animation; 0 for a still image. */
  timestamp: number;
  /** µs, null for a still image. */
  duration: number | null;
  /** AVIF sequences: decoding can begin here. Other formats: the frame covers all that came before. */
  isKey: boolean;
  /** The file ended within this frame: `data` is what there is of it, made such that a decoder shows the beginning. */
  isCut?: boolean | undefined;
}

export interface ImageTrackContents {
  animated: boolean;
  /** Times the animation is repeated after it was shown once: 0 once, Infinity for ever. */
  repetitionCount: number;
  /** The frames whose data are there, in order of presentation. Grows while data arrive. */
  frames: ImageFrame[];
  /** AVIF still image of cells: each cell is decoded by itself, row by row. Undefined elsewhere. */
  grid?: ImageGrid | undefined;
  /** AVIF: the colours were multiplied by alpha before they were encoded ('prem'). */
  isAlphaPremultiplied?: boolean | undefined;
}

/** The track's one frame then only tells size and time: its `data` are empty. */
export interface ImageGrid {
  rows: number;
  columns: number;
  /** As they are stored; those at the right and at the bottom may reach beyond the canvas. */
  cells: ImageFrame[];
}

export interface ImageContents {
  format: ImageFormat;
  /** Of the canvas, as stored: before rotation. */
  width: number;
  height: number;
  /** Degrees clockwise, then the mirror image: EXIF orientation, AVIF irot and imir. */
  rotation: 0 | 90 | 180 | 270;
  flip: boolean;
  hasAlpha: boolean;
  /** What the container says of the colours (PNG sRGB/cICP, AVIF nclx …); undefined: as the codec's data say. */
  colorSpace: VideoColorSpaceInit | undefined;
  /** Chromium's choice first: AVIF with a still image and a sequence has two tracks, all else one. */
  tracks: ImageTrackContents[];
  /** The track to be selected at first when an animation is preferred, when a still image is, and by default. */
  primaryTrack: number;
}

/** The file is not what it says it is, or is damaged. The class turns it into an EncodingError. */
export class ImageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageError';
  }
}

/**
 * The largest canvas in pixels: 8192 × 8192, or 256 MiB of RGBA. libavif and so Chromium allow four times as much; here
 * a decoder, a canvas and what it gives out must fit into the 2 GiB of a module.
 */
export const maximumPixels = 2 ** 26;

/** The longest side that JPEG, PNG as browsers read it, GIF and WebP can have. */
const maximumSide = 65535;

/** @throws {ImageError} if no canvas can have this size. */
export function checkCanvasSize(width: number, height: number): void {
  const isSide = (side: number) => Number.isInteger(side) && side > 0 && side <= maximumSide;
  if (!isSide(width) || !isSide(height)) throw new ImageError(`an image cannot measure ${width} × ${height} pixels`);
  if (width * height > maximumPixels) throw new ImageError(`an image of ${width} × ${height} pixels is too large`);
}

/** Reads one file while it arrives. */
export interface ImageParser {
  /** undefined until the format's header is there. The object is the same each time; its frames grow. */
  readonly contents: ImageContents | undefined;
  /**
   * Looks at what has come so far. `data` always begins with the first byte of the file and only grows;
   * the parser goes on where it stopped, and keeps views of `data`'s buffer only through `frames`.
   * With `complete`, no more will come: whatever is cut off is then given as far as it can be decoded (a JPEG or
   * PNG without its end), or left out.
   *
   * @throws {ImageError} if it can never become an image. What was in `contents` before stays valid.
   */
  read(data: Uint8Array, complete: boolean): void;
}
