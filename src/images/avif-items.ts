/** The items of an AVIF file: ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12 (HEIF), 6. */
import { isAlpha } from './avif-properties.ts';
import { type Box, ByteReader, boxesIn, boxOf, readFullBox } from './byte-reader.ts';
import { ImageError } from './image.ts';

/** Bytes of the file, or of the box 'idat'. */
export interface Extent {
  offset: number;
  length: number;
}

export interface ItemLocation {
  /** construction_method: 0, offsets into the file; 1, into 'idat'; 2, into another item. */
  method: number;
  extents: Extent[];
}

/** The box 'meta' taken apart. Numbers of items are the file's. */
export interface ItemTable {
  primary: number | undefined;
  /** Four-character codes. */
  types: ReadonlyMap<number, string>;
  locations: ReadonlyMap<number, ItemLocation>;
  properties: ReadonlyMap<number, Box[]>;
  /** By type of reference and item that refers: the items referred to. */
  references: ReadonlyMap<string, ReadonlyMap<number, number[]>>;
  /** By item: those that are auxiliary to it. */
  auxiliaries: ReadonlyMap<number, number[]>;
  idat: Uint8Array | undefined;
}

/** @throws {ImageError} if the box is damaged. */
export function readItemTable(meta: Uint8Array): ItemTable {
  const boxes = boxesIn(readFullBox(meta).reader.bytes());
  const handler = boxOf(boxes, 'hdlr');
  if (!handler || readFullBox(handler.body).reader.skip(4).code() !== 'pict') {
    throw new ImageError('the metadata are not those of pictures');
  }
  const references = readReferences(boxOf(boxes, 'iref')?.body);
  return {
    primary: readPrimaryItem(boxOf(boxes, 'pitm')?.body),
    types: readItemTypes(boxOf(boxes, 'iinf')?.body),
    locations: readLocations(boxOf(boxes, 'iloc')?.body),
    properties: readProperties(boxOf(boxes, 'iprp')?.body),
    references,
    auxiliaries: reversed(references.get('auxl')),
    idat: boxOf(boxes, 'idat')?.body,
  };
}

/** 8.11.4 */
function readPrimaryItem(body: Uint8Array | undefined): number | undefined {
  if (!body) return undefined;
  const { version, reader } = readFullBox(body);
  return version === 0 ? reader.u16() : reader.u32();
}

/** 8.11.6: the count is not needed, the box ends where its entries do. */
function readItemTypes(body: Uint8Array | undefined): Map<number, string> {
  const types = new Map<number, string>();
  if (!body) return types;
  const { version, reader } = readFullBox(body);
  reader.skip(version === 0 ? 2 : 4);
  for (const entry of boxesIn(reader.bytes())) {
    if (entry.type !== 'infe') continue;
    const { version: entryVersion, reader: entryReader } = readFullBox(entry.body);
    // Earlier versions have MIME types in the place of codes.
    if (entryVersion < 2) continue;
    const item = entryVersion === 2 ? entryReader.u16() : entryReader.u32();
    types.set(item, entryReader.skip(2).code());
  }
  return types;
}

/** 8.11.3 */
function readLocations(body: Uint8Array | undefined): Map<number, ItemLocation> {
  const locations = new Map<number, ItemLocation>();
  if (!body) return locations;
  const { version, reader } = readFullBox(body);
  if (version > 2) throw new ImageError(`item locations of version ${version}`);
  const sizes = reader.u16();
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version === 0 ? 0 : sizes & 15;
  const count = version < 2 ? reader.u16() : reader.u32();
  for (let i = 0; i < count; i++) {
    const item = version < 2 ? reader.u16() : reader.u32();
    const method = version === 0 ? 0 : reader.u16() & 15;
    // data_reference_index: anything but this file is not for the web.
    if (reader.u16() !== 0) throw new ImageError('an item lies in another file');
    const base = reader.unsigned(baseSize);
    const extents = readExtents(reader, base, { offsetSize, lengthSize, indexSize });
    if (!locations.has(item)) locations.set(item, { method, extents });
  }
  return locations;
}

function readExtents(
  reader: ByteReader,
  base: number,
  { offsetSize, lengthSize, indexSize }: { offsetSize: number; lengthSize: number; indexSize: number },
): Extent[] {
  const count = reader.u16();
  // A count must stand for bytes that are there: extents without offset and length would be for free.
  if (count > 1 && lengthSize === 0) throw new ImageError('extents have no lengths');
  const extents: Extent[] = [];
  for (let i = 0; i < count; i++) {
    reader.unsigned(indexSize);
    const offset = base + reader.unsigned(offsetSize);
    extents.push({ offset, length: reader.unsigned(lengthSize) });
  }
  return extents;
}

/** 8.11.14, of HEIF 9.3 before: which of the properties belong to which item, by numbers from 1 on. */
function readProperties(body: Uint8Array | undefined): Map<number, Box[]> {
  const byItem = new Map<number, Box[]>();
  if (!body) return byItem;
  const boxes = boxesIn(body);
  const all = boxesIn(boxOf(boxes, 'ipco')?.body ?? new Uint8Array(0));
  // One box 'ipma' of each version and flags is allowed; early writers wrote one for each item.
  for (const box of boxes.filter(({ type }) => type === 'ipma')) {
    const { version, flags, reader } = readFullBox(box.body);
    const count = reader.u32();
    for (let i = 0; i < count; i++) {
      const item = version < 1 ? reader.u16() : reader.u32();
      const properties = readAssociations(reader, (flags & 1) !== 0, all);
      const known = byItem.get(item);
      if (known) known.push(...properties);
      else byItem.set(item, properties);
    }
  }
  return byItem;
}

function readAssociations(reader: ByteReader, isWide: boolean, all: readonly Box[]): Box[] {
  const properties: Box[] = [];
  const count = reader.u8();
  for (let i = 0; i < count; i++) {
    // Without the bit that says "essential".
    const index = isWide ? reader.u16() & 0x7fff : reader.u8() & 0x7f;
    if (index === 0) continue;
    const property = all[index - 1];
    if (!property) throw new ImageError('an item has a property that does not exist');
    properties.push(property);
  }
  return properties;
}

/** 8.11.12 */
function readReferences(body: Uint8Array | undefined): Map<string, Map<number, number[]>> {
  const references = new Map<string, Map<number, number[]>>();
  if (!body) return references;
  const { version, reader } = readFullBox(body);
  for (const { type, body: entry } of boxesIn(reader.bytes())) {
    const ofType = references.get(type) ?? new Map<number, number[]>();
    references.set(type, ofType);
    readReference(entry, version, ofType);
  }
  return references;
}

function readReference(entry: Uint8Array, version: number, references: Map<number, number[]>): void {
  const reader = new ByteReader(entry);
  const item = () => (version === 0 ? reader.u16() : reader.u32());
  const from = item();
  const count = reader.u16();
  const to: number[] = [];
  for (let i = 0; i < count; i++) to.push(item());
  if (!references.has(from)) references.set(from, to);
}

function reversed(references: ReadonlyMap<number, number[]> | undefined): Map<number, number[]> {
  const result = new Map<number, number[]>();
  for (const [from, targets] of references ?? []) {
    for (const to of targets) {
      const known = result.get(to);
      if (known) known.push(from);
      else result.set(to, [from]);
    }
  }
  return result;
}

/** The alpha plane of an item. */
export function alphaItemOf(table: ItemTable, item: number): number | undefined {
  return table.auxiliaries.get(item)?.find((auxiliary) => {
    const type = table.properties.get(auxiliary)?.find((property) => property.type === 'auxC');
    return type !== undefined && isAlpha(type);
  });
}

/** HEIF, 6.6.2.3.2: the data of an item of type 'grid'. */
export interface GridDescription {
  rows: number;
  columns: number;
  width: number;
  height: number;
}

export function readGrid(reader: ByteReader): GridDescription {
  if (reader.u8() !== 0) throw new ImageError('a grid of an unknown version');
  const hasLongSizes = (reader.u8() & 1) !== 0;
  const rows = reader.u8() + 1;
  const columns = reader.u8() + 1;
  const size = () => (hasLongSizes ? reader.u32() : reader.u16());
  return { rows, columns, width: size(), height: size() };
}
