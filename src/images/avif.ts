/** AVIF: https://aomediacodec.github.io/av1-avif/, on ISO/IEC 23008-12 (HEIF) and ISO/IEC 14496-12. */
import {
  alphaItemOf,
  type Extent,
  type GridDescription,
  type ItemTable,
  readGrid,
  readItemTable,
} from './avif-items.ts';
import {
  readColorSpace,
  readConfigObus,
  readOrientation,
  readSpatialExtents,
  temporalUnit,
} from './avif-properties.ts';
import { readSequence, type Sample, type Sequence, type SequenceTrack } from './avif-tracks.ts';
import { ByteReader, concatenate, latin1, readBoxHeader } from './byte-reader.ts';
import { checkCanvasSize, ImageError, type ImageFrame, type ImageTrackContents } from './image.ts';
import { IncrementalParser } from './incremental-parser.ts';
import { stillFrame } from './still.ts';

/** Where an item's data lie, and what its decoder has to know. */
class CodedItem {
  readonly configObus: Uint8Array | undefined;
  /** The file must have this many bytes before the item is there. */
  readonly fileEnd: number;
  readonly #location: readonly Extent[] | Uint8Array;
  #parts: Uint8Array[] | undefined;

  /** Of an item of type 'av01'. Alpha items may lack properties that the specification wants: they are not needed. */
  constructor(table: ItemTable, item: number) {
    if (table.types.get(item) !== 'av01') throw new ImageError(`an item of type '${table.types.get(item)}'`);
    this.#location = locate(table, item);
    this.fileEnd = this.#location instanceof Uint8Array ? 0 : endOf(this.#location);
    this.configObus = readConfigObus(table.properties.get(item) ?? []);
  }

  /** The item's pieces, out of a file that has them. */
  parts(file: Uint8Array): Uint8Array[] {
    this.#parts ??= this.#location instanceof Uint8Array ? [this.#location] : cut(this.#location, file);
    return this.#parts;
  }
}

interface Size {
  width: number;
  height: number;
}

interface CodedImage extends Size {
  color: CodedItem;
  alpha: CodedItem | undefined;
}

interface StillImage extends Size {
  /** One, or the cells of a grid. */
  images: CodedImage[];
  grid: GridDescription | undefined;
  isAlphaPremultiplied: boolean;
  /** The file must have this many bytes before all images are there. */
  fileEnd: number;
}

export class AvifParser extends IncrementalParser {
  /** Where the next box of the file begins. */
  #at = 0;
  #brands: ReadonlySet<string> | undefined;
  #table: ItemTable | undefined;
  #still: StillImage | undefined;
  #sequence: Sequence | undefined;
  #hasMovie = false;

  protected override step(data: Uint8Array): boolean {
    const isUnderWay = this.#readBox(data);
    if (!isUnderWay) this.#giveFrames(data);
    return isUnderWay;
  }

  #readBox(data: Uint8Array): boolean {
    const rest = data.subarray(Math.min(this.#at, data.length));
    if (this.#at === 0) checkSignature(data);
    const header = readBoxHeader(rest);
    // A box without a size is the last: pictures, or nothing of interest.
    if (!header || header.size === undefined) return false;
    const isOfInterest = !this.contents && ['ftyp', 'meta', 'moov'].includes(header.type);
    if (isOfInterest) {
      if (rest.length < header.size) return false;
      this.#readMetadata(header.type, rest.subarray(header.headerSize, header.size));
    }
    this.#at += header.size;
    return true;
  }

  #readMetadata(type: string, body: Uint8Array): void {
    if (type === 'ftyp') this.#brands ??= readBrands(body);
    else if (type === 'meta') this.#table ??= readItemTable(body);
    else if (!this.#hasMovie) {
      this.#hasMovie = true;
      this.#sequence = readSequence(body);
    }
    // What the brands announce must be there before anything can be said.
    const { avif, avis } = { avif: this.#brands!.has('avif'), avis: this.#brands!.has('avis') };
    if ((this.#table || !avif) && (this.#hasMovie || !avis)) this.#begin();
  }

  /** All is known but the pictures. */
  #begin(): void {
    this.#still = this.#readStill();
    const main = this.#sequence?.color ?? this.#still;
    if (!main) throw new ImageError('the file has neither an image nor a sequence');
    const properties = this.#table?.properties.get(this.#table.primary ?? -1) ?? [];
    const color = readColorSpace(properties);
    this.contents = {
      format: 'avif',
      width: main.width,
      height: main.height,
      ...(this.#sequence && !this.#still ? this.#sequence.color.orientation : readOrientation(properties)),
      hasAlpha: [this.#sequence?.alpha, ...(this.#still?.images.map(({ alpha }) => alpha) ?? [])].some(Boolean),
      colorSpace: this.#sequence ? (this.#sequence.color.colorSpace ?? color) : color,
      tracks: this.#makeTracks(),
      primaryTrack: this.#sequence && this.#still ? 1 : 0,
    };
  }

  /** The primary item; undefined if there is none that can be shown, but a sequence in its place. */
  #readStill(): StillImage | undefined {
    if (!this.#table) return undefined;
    try {
      return readStillImage(this.#table);
    } catch (error) {
      if (error instanceof ImageError && this.#sequence) return undefined;
      throw error;
    }
  }

  #makeTracks(): ImageTrackContents[] {
    const tracks: ImageTrackContents[] = [];
    if (this.#still) {
      const { isAlphaPremultiplied } = this.#still;
      tracks.push({ animated: false, repetitionCount: 0, frames: [], isAlphaPremultiplied });
    }
    if (this.#sequence) {
      const { color, isAlphaPremultiplied } = this.#sequence;
      // A sequence of one frame is shown once (Chromium: kAnimationNone).
      const animated = color.samples.length > 1;
      const repetitionCount = animated ? color.repetitionCount : 0;
      tracks.push({ animated, repetitionCount, frames: [], isAlphaPremultiplied });
    }
    return tracks;
  }

  /** Adds what has come in. */
  #giveFrames(data: Uint8Array): void {
    if (!this.contents) return;
    const { tracks } = this.contents;
    if (this.#still) giveStillFrame(this.#still, tracks[0]!, data);
    if (this.#sequence) giveSamples(this.#sequence, tracks.at(-1)!, data);
  }

  /** The box that the brands announced does not come: what is there has to do. */
  protected override end(data: Uint8Array): void {
    if (this.contents || (!this.#table && !this.#sequence)) return;
    this.#begin();
    this.#giveFrames(data);
  }
}

/** The file begins with a box 'ftyp' (ISO/IEC 14496-12, 4.3). */
function checkSignature(data: Uint8Array): void {
  const type = latin1(data.subarray(4, 8));
  if (!'ftyp'.startsWith(type)) throw new ImageError('not an AVIF file');
}

function readBrands(body: Uint8Array): ReadonlySet<string> {
  const reader = new ByteReader(body);
  const brands = new Set([reader.code()]);
  // minor_version
  reader.skip(4);
  while (reader.left >= 4) brands.add(reader.code());
  if (!brands.has('avif') && !brands.has('avis')) throw new ImageError('not an AVIF file');
  return brands;
}

// The still image

function readStillImage(table: ItemTable): StillImage {
  const still = readPrimaryItem(table);
  const fileEnd = still.images.reduce((end, { color, alpha }) => Math.max(end, color.fileEnd, alpha?.fileEnd ?? 0), 0);
  return { ...still, fileEnd };
}

function readPrimaryItem(table: ItemTable): Omit<StillImage, 'fileEnd'> {
  const { primary } = table;
  if (primary === undefined) throw new ImageError('the file has no primary item');
  const size = sizeOf(table, primary);
  const alpha = alphaItemOf(table, primary);
  const premultiplied = table.references.get('prem')?.get(primary) ?? [];
  const isAlphaPremultiplied = alpha !== undefined && premultiplied.includes(alpha);
  const rest = { ...size, isAlphaPremultiplied };
  switch (table.types.get(primary)) {
    case 'av01': {
      const color = colorItem(table, primary);
      const alphaItem = alpha === undefined ? undefined : new CodedItem(table, alpha);
      return { ...rest, grid: undefined, images: [{ ...size, color, alpha: alphaItem }] };
    }
    case 'grid':
      return { ...rest, ...readGridImage(table, primary, alpha, size) };
    default:
      throw new ImageError(`an item of type '${table.types.get(primary)}'`);
  }
}

function sizeOf(table: ItemTable, item: number): Size {
  const size = readSpatialExtents(table.properties.get(item) ?? []);
  if (!size) throw new ImageError('an item has no size');
  return size;
}

function colorItem(table: ItemTable, item: number): CodedItem {
  const coded = new CodedItem(table, item);
  if (!coded.configObus) throw new ImageError('an AV1 item has no configuration');
  return coded;
}

function locate(table: ItemTable, item: number): readonly Extent[] | Uint8Array {
  const location = table.locations.get(item);
  if (!location || location.extents.length === 0) throw new ImageError('an item has no data');
  const { method, extents } = location;
  // 0 would stand for all of the file.
  if (extents.some(({ length }) => length === 0)) throw new ImageError('an item has empty data');
  if (method === 0) return extents;
  if (method !== 1 || !table.idat) throw new ImageError('an item lies in another');
  if (endOf(extents) > table.idat.length) throw new ImageError("an item reaches beyond 'idat'");
  return concatenate(cut(extents, table.idat));
}

const endOf = (extents: readonly Extent[]): number =>
  extents.reduce((end, { offset, length }) => Math.max(end, offset + length), 0);

function cut(extents: readonly Extent[], data: Uint8Array): Uint8Array[] {
  // Extents that overlap could make much out of little.
  if (extents.reduce((sum, { length }) => sum + length, 0) > data.length) throw new ImageError('extents overlap');
  return extents.map(({ offset, length }) => data.subarray(offset, offset + length));
}

/** HEIF, 6.6.2.3 */
function readGridImage(
  table: ItemTable,
  item: number,
  alpha: number | undefined,
  size: Size,
): Pick<StillImage, 'images' | 'grid'> {
  const { grid, cells } = readGridItem(table, item);
  if (grid.width !== size.width || grid.height !== size.height) throw new ImageError('a grid is of two sizes');
  const alphaGrid = alpha === undefined ? undefined : readGridItem(table, alpha);
  if (alphaGrid && (alphaGrid.grid.rows !== grid.rows || alphaGrid.grid.columns !== grid.columns)) {
    throw new ImageError('the alpha plane has another grid');
  }
  // Any item can be named any number of times, and is looked at once.
  const colorImage = remembered((cell) => ({ ...sizeOf(table, cell), color: colorItem(table, cell) }));
  const ownAlpha = remembered((cell) => alphaItemOf(table, cell));
  const alphaItem = remembered((cell) => new CodedItem(table, cell));
  const images = cells.map((cell, index) => {
    const alphaCell = alphaGrid?.cells[index] ?? ownAlpha(cell);
    return { ...colorImage(cell), alpha: alphaCell === undefined ? undefined : alphaItem(alphaCell) };
  });
  checkCells(images, grid);
  return { grid, images };
}

function remembered<Result>(compute: (item: number) => Result): (item: number) => Result {
  const results = new Map<number, Result>();
  return (item) => {
    if (!results.has(item)) results.set(item, compute(item));
    return results.get(item)!;
  };
}

function readGridItem(table: ItemTable, item: number): { grid: GridDescription; cells: number[] } {
  if (table.types.get(item) !== 'grid') throw new ImageError('an alpha plane has no grid');
  const data = locate(table, item);
  if (!(data instanceof Uint8Array)) throw new ImageError('a grid is described outside the metadata');
  const grid = readGrid(new ByteReader(data));
  checkCanvasSize(grid.width, grid.height);
  const cells = table.references.get('dimg')?.get(item) ?? [];
  if (cells.length !== grid.rows * grid.columns) throw new ImageError('a grid lacks cells');
  return { grid, cells };
}

/** "All input images shall have exactly the same width and height", and cover the canvas. */
function checkCells(cells: readonly CodedImage[], { rows, columns, width, height }: GridDescription): void {
  const [first] = cells;
  const areEqual = cells.every((cell) => cell.width === first!.width && cell.height === first!.height);
  const cover = first!.width * columns >= width && first!.height * rows >= height;
  // The last row and column must show something, or a few bytes would keep a decoder busy for long.
  const isNeeded = first!.width * (columns - 1) < width && first!.height * (rows - 1) < height;
  if (!areEqual || !cover || !isNeeded) throw new ImageError('the cells of a grid do not fit');
}

function giveStillFrame(still: StillImage, track: ImageTrackContents, file: Uint8Array): void {
  if (track.frames.length > 0 || file.length < still.fileEnd) return;
  const frames = still.images.map((image) => codedFrame(image, file));
  if (!still.grid) {
    track.frames.push(frames[0]!);
    return;
  }
  const { rows, columns, width, height } = still.grid;
  track.grid = { rows, columns, cells: frames };
  track.frames.push(stillFrame(new Uint8Array(0), { width, height }));
}

function codedFrame({ color, alpha, width, height }: CodedImage, file: Uint8Array): ImageFrame {
  const colorParts = color.parts(file);
  const alphaParts = alpha?.parts(file);
  return lazyFrame(
    stillFrame(new Uint8Array(0), { width, height }),
    () => temporalUnit(colorParts, color.configObus),
    alphaParts && (() => temporalUnit(alphaParts, alpha?.configObus)),
  );
}

/** Data are put together when they are wanted: in memory they then are not there twice. */
function lazyFrame(frame: ImageFrame, data: () => Uint8Array, alpha: (() => Uint8Array) | undefined): ImageFrame {
  return Object.defineProperties(frame, {
    data: { get: data, enumerable: true },
    ...(alpha && { alpha: { get: alpha, enumerable: true } }),
  });
}

// The sequence

function giveSamples({ color, alpha }: Sequence, track: ImageTrackContents, file: Uint8Array): void {
  for (let index = track.frames.length; index < color.samples.length; index++) {
    const sample = color.samples[index]!;
    const alphaSample = alpha?.samples[index];
    const colorData = sampleData(color, sample, file);
    const alphaData = alpha && alphaSample && sampleData(alpha, alphaSample, file);
    if (!colorData || (alphaSample && !alphaData)) return;
    const isKey = sample.isSync && (alphaSample?.isSync ?? true);
    const frame = sampleFrame(color, sample, isKey, track.animated);
    track.frames.push(lazyFrame(frame, colorData, alphaData || undefined));
  }
}

/** undefined until the sample is there. */
function sampleData(track: SequenceTrack, sample: Sample, file: Uint8Array): (() => Uint8Array) | undefined {
  if (sample.offset + sample.size > file.length) return undefined;
  const data = file.subarray(sample.offset, sample.offset + sample.size);
  return () => temporalUnit([data], sample.isSync ? track.configObus : undefined);
}

function sampleFrame({ width, height, timescale }: SequenceTrack, sample: Sample, isKey: boolean, isTimed: boolean) {
  const microseconds = (time: number) => Math.floor((time * 1e6) / timescale);
  return {
    ...stillFrame(new Uint8Array(0), { width, height }),
    timestamp: microseconds(sample.time),
    duration: isTimed ? microseconds(sample.duration) : null,
    isKey,
  };
}
