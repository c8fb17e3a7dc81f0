/** The parsers of the image formats. */
import { AvifParser } from './avif.ts';
import { BmpParser } from './bmp.ts';
import { GifParser } from './gif.ts';
import type { ImageFormat, ImageParser } from './image.ts';
import { JpegParser } from './jpeg.ts';
import { PngParser } from './png.ts';
import { WebpParser } from './webp.ts';

const parsers: Readonly<Record<ImageFormat, new () => ImageParser>> = {
  jpeg: JpegParser,
  png: PngParser,
  gif: GifParser,
  webp: WebpParser,
  avif: AvifParser,
  bmp: BmpParser,
};

export const createImageParser = (format: ImageFormat): ImageParser => new parsers[format]();
