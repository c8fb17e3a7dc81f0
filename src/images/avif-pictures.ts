/** Decoded pictures of AVIF put together: colour with alpha, and cells to one picture. */
import { type DecodedPicture, EngineError } from '../engine/engine.ts';
import { copyRows } from '../pixels/layout.ts';
import type { Picture } from '../pixels/picture.ts';
import { allocatePicture } from '../pixels/picture-pool.ts';
import { bitDepthOf, isRgb, type PixelFormat, planesOf, rowBytes, rowCount } from '../pixels/pixel-format.ts';

interface Size {
  width: number;
  height: number;
}

/** Samples of 8 bits, or of more in 16. */
type Row = Uint8Array | Uint16Array;

const formatsWithAlpha: readonly PixelFormat[] = ['I420', 'I422', 'I444'].flatMap((name) =>
  ['', 'P10', 'P12'].map((depth) => `${name}A${depth}` as PixelFormat),
);

/** e.g. I420P10 → I420AP10. @throws {EngineError} for formats that AV1 does not have. */
function formatWithAlpha(format: PixelFormat): PixelFormat {
  const name = format.replace(/^(I4\d\d)/, '$1A') as PixelFormat;
  if (!formatsWithAlpha.includes(name)) throw new EngineError('coding', `no alpha can be added to ${format}`);
  return name;
}

/** The part of a decoded picture that the file wants. @throws {EngineError} if the picture is smaller. */
export function cropped(decoded: DecodedPicture, { width, height }: Size): DecodedPicture {
  const { visibleRect } = decoded;
  if (visibleRect.width < width || visibleRect.height < height) {
    throw new EngineError('coding', `the picture is smaller than the ${width} × ${height} pixels that the file tells`);
  }
  return { ...decoded, visibleRect: { x: visibleRect.x, y: visibleRect.y, width, height } };
}

/** One picture out of two of equal visible sizes; both remain the caller's. */
export function withAlpha(color: DecodedPicture, alpha: DecodedPicture, isPremultiplied: boolean): DecodedPicture {
  const { width, height } = color.visibleRect;
  const format = formatWithAlpha(color.picture.format);
  if (isRgb(alpha.picture.format)) throw new EngineError('coding', 'the alpha plane is no AV1 picture');
  const { picture, bytes } = allocatePicture(format, width, height);
  copyPicture(color, { picture, bytes }, { x: 0, y: 0 }, color.visibleRect);
  convertAlpha(alpha, picture, color.visibleRect);
  if (isPremultiplied) unpremultiply(picture, color.colorSpace);
  return { ...color, picture, visibleRect: { x: 0, y: 0, width, height } };
}

/** Row by row, cut at the right and at the bottom. The cells remain the caller's. */
export function joined(cells: readonly DecodedPicture[], columns: number, canvas: Size): DecodedPicture {
  const first = cells[0]!;
  const { format } = first.picture;
  const cell = first.visibleRect;
  const isAligned = planesOf(format).every(
    ({ horizontal, vertical }) => cell.width % horizontal === 0 && cell.height % vertical === 0,
  );
  const fit = cells.every(
    ({ picture, visibleRect }) =>
      picture.format === format && visibleRect.width === cell.width && visibleRect.height === cell.height,
  );
  if (!fit || (cells.length > 1 && !isAligned)) throw new EngineError('coding', 'the cells do not fit together');
  const target = allocatePicture(format, canvas.width, canvas.height);
  for (const [index, decoded] of cells.entries()) {
    const x = (index % columns) * cell.width;
    const y = Math.floor(index / columns) * cell.height;
    const size = { width: Math.min(cell.width, canvas.width - x), height: Math.min(cell.height, canvas.height - y) };
    copyPicture(decoded, target, { x, y }, size);
  }
  return { ...first, picture: target.picture, visibleRect: { x: 0, y: 0, ...canvas } };
}

/** Copies the planes that both have; positions are multiples of what a sample covers. */
function copyPicture(
  { picture: source, visibleRect }: DecodedPicture,
  { picture: target, bytes }: { picture: Picture; bytes: Uint8Array },
  { x, y }: { x: number; y: number },
  size: Size,
): void {
  const sourceBytes = new Uint8Array(source.buffer);
  const samplings = planesOf(target.format);
  for (const [index, from] of source.planes.entries()) {
    const sampling = samplings[index]!;
    const to = target.planes[index]!;
    const at = (plane: { offset: number; stride: number }, left: number, top: number) =>
      plane.offset +
      Math.floor(top / sampling.vertical) * plane.stride +
      Math.floor(left / sampling.horizontal) * sampling.sampleBytes;
    copyRows(sourceBytes, at(from, visibleRect.x, visibleRect.y), from.stride, bytes, at(to, x, y), to.stride, {
      sourceWidthBytes: rowBytes(sampling, size.width),
      sourceHeight: rowCount(sampling, size.height),
    });
  }
}

function rowOf(picture: Picture, plane: number, x: number, y: number, width: number): Row {
  const { offset, stride } = picture.planes[plane]!;
  const begin = offset + y * stride;
  return bitDepthOf(picture.format) === 8
    ? new Uint8Array(picture.buffer, begin + x, width)
    : new Uint16Array(picture.buffer, begin + 2 * x, width);
}

/** The luma of the alpha picture becomes the fourth plane: of full range, and of as many bits as the colours. */
function convertAlpha(alpha: DecodedPicture, target: Picture, { width, height }: Size): void {
  const { x, y } = alpha.visibleRect;
  const table = alphaTable(bitDepthOf(alpha.picture.format), bitDepthOf(target.format), alpha.colorSpace.fullRange);
  for (let line = 0; line < height; line++) {
    const source = rowOf(alpha.picture, 0, x, y + line, width);
    const row = rowOf(target, 3, 0, line, width);
    for (let i = 0; i < width; i++) row[i] = table[source[i]!]!;
  }
}

/** Alpha of the target's depth by the value that was decoded (ITU-T H.273, 8.3: limited luma is 16 to 235). */
function alphaTable(depth: number, targetDepth: number, fullRange: boolean | null | undefined): Uint16Array {
  const step = 2 ** (depth - 8);
  const [black, white] = fullRange === false ? [16 * step, 235 * step] : [0, 2 ** depth - 1];
  const largest = 2 ** targetDepth - 1;
  return Uint16Array.from({ length: 2 ** depth }, (_, value) => {
    const opacity = (value - black!) / (white! - black!);
    return Math.round(Math.min(1, Math.max(0, opacity)) * largest);
  });
}

/**
 * Divides the colours by alpha. R'G'B' times alpha is, as the conversion is linear, Y'CbCr times alpha, counted from
 * black and from grey.
 */
function unpremultiply(picture: Picture, colorSpace: DecodedPicture['colorSpace']): void {
  const { codedWidth, codedHeight, format } = picture;
  const unit = 2 ** (bitDepthOf(format) - 8);
  const black = colorSpace.fullRange === false ? 16 * unit : 0;
  const isRgbMatrix = colorSpace.matrix === 'rgb';
  for (const [plane, { horizontal, vertical }] of planesOf(format).slice(0, 3).entries()) {
    const zero = plane === 0 || isRgbMatrix ? black : 128 * unit;
    const width = Math.ceil(codedWidth / horizontal);
    for (let line = 0; line < Math.ceil(codedHeight / vertical); line++) {
      // Of the pixels that share a sample of chroma the first stands for all.
      const alpha = rowOf(picture, 3, 0, line * vertical, codedWidth);
      divideRow(rowOf(picture, plane, 0, line, width), alpha, horizontal, zero, 256 * unit - 1);
    }
  }
}

function divideRow(row: Row, alpha: Row, horizontal: number, zero: number, largest: number): void {
  for (let i = 0; i < row.length; i++) {
    const opacity = alpha[i * horizontal]!;
    if (opacity === 0 || opacity === largest) continue;
    const value = zero + ((row[i]! - zero) * largest) / opacity;
    row[i] = Math.round(Math.min(largest, Math.max(0, value)));
  }
}
