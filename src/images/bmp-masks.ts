/** BMP files whose colour masks FFmpeg's decoder does not know, rewritten with those that everybody knows. */

const fileHeaderSize = 14;
const infoHeaderSize = 40;
/** A BITMAPV3INFOHEADER has the masks of red, green, blue and alpha. */
const v3HeaderSize = 56;
const bitFields = 3;
const alphaBitFields = 6;

/** Red, green and blue as FFmpeg's decoder knows them; alpha is what is left. */
const knownMasks: Readonly<Record<number, readonly string[]>> = {
  32: ['ff000000,ff0000,ff00', 'ff0000,ff00,ff', 'ff00,ff0000,ff000000', 'ff,ff00,ff0000'],
  16: ['f800,7e0,1f', '7c00,3e0,1f', 'f00,f0,f'],
};

export interface MaskedBmp {
  width: number;
  height: number;
  bitCount: number;
  compression: number;
  /** Where the pixels begin. */
  offset: number;
  headerSize: number;
}

/** Where a mask's bits begin, and the greatest value that they hold. */
function channelOf(mask: number): { mask: number; shift: number; greatest: number } {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  return { mask, shift, greatest: mask >>> shift };
}

function masksOf(view: DataView, { headerSize, compression }: MaskedBmp): number[] {
  const begin = fileHeaderSize + infoHeaderSize;
  const hasAlphaMask = compression === alphaBitFields || headerSize >= v3HeaderSize;
  const masks = [0, 4, 8].map((at) => view.getUint32(begin + at, true));
  return [...masks, hasAlphaMask ? view.getUint32(begin + 12, true) : 0];
}

function writeHeader(target: DataView, source: DataView, hasAlpha: boolean): void {
  const size = fileHeaderSize + v3HeaderSize;
  target.setUint16(0, 0x424d);
  target.setUint32(2, target.byteLength, true);
  target.setUint32(10, size, true);
  for (let at = fileHeaderSize; at < fileHeaderSize + infoHeaderSize; at += 2) {
    target.setUint16(at, source.getUint16(at, true), true);
  }
  target.setUint32(fileHeaderSize, v3HeaderSize, true);
  target.setUint16(28, 32, true);
  target.setUint32(30, bitFields, true);
  for (const [index, mask] of [0xff0000, 0xff00, 0xff, hasAlpha ? 0xff000000 : 0].entries()) {
    target.setUint32(fileHeaderSize + infoHeaderSize + 4 * index, mask, true);
  }
}

/** The file itself, or one of 32 bits per pixel whose bytes are blue, green, red and alpha. */
export function withKnownMasks(data: Uint8Array, bmp: MaskedBmp): Uint8Array {
  const { width, height, bitCount, compression, offset } = bmp;
  const known = knownMasks[bitCount];
  if (!known || (compression !== bitFields && compression !== alphaBitFields)) return data;
  const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const masks = masksOf(source, bmp);
  const colors = masks
    .slice(0, 3)
    .map((mask) => mask.toString(16))
    .join();
  if (compression === bitFields && known.includes(colors) && (bitCount === 32 || masks[3] === 0)) return data;

  const rewritten = new Uint8Array(fileHeaderSize + v3HeaderSize + 4 * width * height);
  writeHeader(new DataView(rewritten.buffer), source, masks[3] !== 0);
  const [red, green, blue, alpha] = masks.map(channelOf);
  const bytes = bitCount / 8;
  const stride = Math.ceil((width * bytes) / 4) * 4;
  let out = fileHeaderSize + v3HeaderSize;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = offset + y * stride + x * bytes;
      const pixel =
        at + bytes > data.length ? 0 : bytes === 4 ? source.getUint32(at, true) : source.getUint16(at, true);
      for (const channel of [blue, green, red, alpha]) {
        const { mask, shift, greatest } = channel!;
        rewritten[out++] = greatest ? Math.round((((pixel & mask) >>> shift) * 255) / greatest) : 255;
      }
    }
  }
  return rewritten;
}
