/** The image formats by MIME type. */
import type { ImageFormat } from './image.ts';

/** As in Chromium's list of types (blink/common/mime_util), without icons. There is no sniffing: the type decides. */
const formats: ReadonlyMap<string, ImageFormat> = new Map([
  ['image/jpeg', 'jpeg'],
  ['image/pjpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/png', 'png'],
  ['image/x-png', 'png'],
  ['image/apng', 'png'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/avif', 'avif'],
  ['image/bmp', 'bmp'],
]);

/** In any case of letters; a type with parameters is not known. */
export const imageFormatOfType = (mimeType: string): ImageFormat | undefined => formats.get(mimeType.toLowerCase());
