/** AVIF files made by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSequenceHeader, readOrientation } from '../../../src/images/avif-properties.ts';
import { ImageError } from '../../../src/images/image.ts';
import { createImageParser } from '../../../src/images/parser.ts';
import { ascii, assertSurvives, be16, be32, bytes, hex, parse, parseInPieces, plain, seededRandom } from './support.ts';

type Part = number | string | Uint8Array;

const box = (type: string, ...parts: Part[]) => {
  const body = bytes(...parts);
  return bytes(be32(body.length + 8), type, body);
};
const fullBox = (type: string, version: number, flags: number, ...parts: Part[]) =>
  box(type, be32(version * 2 ** 24 + flags), ...parts);

const alphaUrn = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0';
const ispe = (width: number, height: number) => fullBox('ispe', 0, 0, be32(width), be32(height));
const sequenceHeader = hex('0a0100');
const av1C = box('av1C', hex('81000c00'), sequenceHeader);
const nclx = box('colr', 'nclx', be16(9), be16(16), be16(9), 0x80);
const auxC = fullBox('auxC', 0, 0, alphaUrn);
/** A frame OBU with this text in it. */
const frameObu = (text: string) => bytes(0x32, text.length, text);

interface Item {
  id: number;
  type: string;
  data: Uint8Array;
  /** Numbers of the properties, from 1 on. */
  properties: number[];
  /** The data lie in 'idat'. */
  isInMetadata?: boolean;
}

interface FileOptions {
  items: Item[];
  properties: Uint8Array[];
  references?: { type: string; from: number; to: number[] }[];
  brands?: string[];
  /** Boxes behind the metadata, by what they are and where 'mdat' begins. */
  more?: (mediaData: number) => Uint8Array[];
  media?: Uint8Array;
}

function avif({
  items,
  properties,
  references = [],
  brands = ['avif'],
  more,
  media = bytes(),
}: FileOptions): Uint8Array {
  const ftyp = box('ftyp', brands[0]!, be32(0), ...brands, 'mif1');
  const idat = bytes(...items.filter(({ isInMetadata }) => isInMetadata).map(({ data }) => data));
  const make = (mediaBegin: number): Uint8Array => {
    let inFile = mediaBegin + media.length;
    let inIdat = 0;
    const locations = items.map(({ id, data, isInMetadata }) => {
      const offset = isInMetadata ? inIdat : inFile;
      if (isInMetadata) inIdat += data.length;
      else inFile += data.length;
      // In two extents.
      const half = data.length >> 1;
      const extents = bytes(be32(offset), be32(half), be32(offset + half), be32(data.length - half));
      return bytes(be16(id), be16(isInMetadata ? 1 : 0), be16(0), be16(2), extents);
    });
    const meta = fullBox(
      'meta',
      0,
      0,
      fullBox('hdlr', 0, 0, be32(0), 'pict', new Uint8Array(12), 0),
      fullBox('pitm', 0, 0, be16(1)),
      fullBox(
        'iinf',
        0,
        0,
        be16(items.length),
        ...items.map(({ id, type }) => fullBox('infe', 2, 0, be16(id), be16(0), type, 0)),
      ),
      fullBox('iloc', 1, 0, be16(0x4400), be16(items.length), ...locations),
      fullBox(
        'iref',
        0,
        0,
        ...references.map(({ type, from, to }) => box(type, be16(from), be16(to.length), Buffer.concat(to.map(be16)))),
      ),
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox(
          'ipma',
          0,
          0,
          be32(items.length),
          ...items.map((item) => bytes(be16(item.id), item.properties.length, ...item.properties)),
        ),
      ),
      box('idat', idat),
    );
    return bytes(ftyp, meta, ...(more?.(mediaBegin) ?? []));
  };
  const mediaBegin = make(0).length + 8;
  const mediaData = items.filter(({ isInMetadata }) => !isInMetadata).map(({ data }) => data);
  return bytes(make(mediaBegin), box('mdat', media, ...mediaData));
}

const still = (data: Uint8Array, properties: Uint8Array[] = []): FileOptions => ({
  items: [{ id: 1, type: 'av01', data, properties: [1, 2, ...properties.map((_, index) => index + 3)] }],
  properties: [ispe(40, 30), av1C, ...properties],
});

test('a still image', () => {
  const file = avif(still(bytes(sequenceHeader, frameObu('picture')), [nclx]));
  const contents = parse('avif', file);
  assert.deepEqual([contents.width, contents.height, contents.hasAlpha, contents.primaryTrack], [40, 30, false, 0]);
  assert.deepEqual(contents.colorSpace, { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: true });
  const [frame] = contents.tracks[0]!.frames;
  assert.deepEqual(frame!.data, bytes(sequenceHeader, frameObu('picture')));
  assert.deepEqual([frame!.duration, frame!.isKey, 'alpha' in frame!], [null, true, false]);
  assert.deepEqual(plain(parseInPieces('avif', file, 1)), plain(contents));
});

test('an image whose sequence header is in the configuration only', () => {
  const [frame] = parse('avif', avif(still(frameObu('picture')))).tracks[0]!.frames;
  assert.deepEqual(frame!.data, bytes(sequenceHeader, frameObu('picture')));
  assert.equal(hasSequenceHeader(bytes(hex('1200'), sequenceHeader)), true);
  assert.equal(hasSequenceHeader(bytes(hex('1200'), frameObu('x'), sequenceHeader)), false);
  assert.equal(hasSequenceHeader(hex('12ffffffffff')), false);
});

test('rotations and mirrors', () => {
  const orientation = (irot?: number, imir?: number) =>
    readOrientation([
      ...(irot === undefined ? [] : [{ type: 'irot', body: bytes(irot) }]),
      ...(imir === undefined ? [] : [{ type: 'imir', body: bytes(imir) }]),
    ]);
  assert.deepEqual(orientation(), { rotation: 0, flip: false });
  // Anticlockwise.
  assert.deepEqual(orientation(1), { rotation: 270, flip: false });
  assert.deepEqual(orientation(3), { rotation: 90, flip: false });
  // Left and right change places; top and bottom do.
  assert.deepEqual(orientation(0, 1), { rotation: 0, flip: true });
  assert.deepEqual(orientation(0, 0), { rotation: 180, flip: true });
  assert.deepEqual(orientation(1, 0), { rotation: 90, flip: true });
});

test('an alpha plane', () => {
  const options = still(frameObu('color'));
  options.items.push({ id: 2, type: 'av01', data: frameObu('alpha'), properties: [3] });
  options.properties.push(auxC);
  options.references = [
    { type: 'auxl', from: 2, to: [1] },
    { type: 'prem', from: 1, to: [2] },
  ];
  const contents = parse('avif', avif(options));
  const [track] = contents.tracks;
  assert.deepEqual([contents.hasAlpha, track!.isAlphaPremultiplied], [true, true]);
  // Without a configuration of its own, as early files have it.
  assert.deepEqual(track!.frames[0]!.alpha, frameObu('alpha'));
  // A depth map is no alpha plane.
  options.properties[2] = fullBox('auxC', 0, 0, 'urn:mpeg:hevc:2015:auxid:2\0');
  assert.equal(parse('avif', avif(options)).hasAlpha, false);
});

const grid = (rows: number, columns: number, width: number, height: number) =>
  bytes(0, 0, rows - 1, columns - 1, be16(width), be16(height));

const gridFile = (description: Uint8Array, cells = [2, 3, 2, 3]): FileOptions => ({
  items: [
    { id: 1, type: 'grid', data: description, properties: [3], isInMetadata: true },
    { id: 2, type: 'av01', data: frameObu('left'), properties: [1, 2] },
    { id: 3, type: 'av01', data: frameObu('right'), properties: [1, 2] },
  ],
  properties: [ispe(40, 30), av1C, ispe(70, 50)],
  references: [{ type: 'dimg', from: 1, to: cells }],
});

test('a grid of images', () => {
  const file = avif(gridFile(grid(2, 2, 70, 50)));
  const contents = parse('avif', file);
  const { frames, grid: found } = contents.tracks[0]!;
  assert.deepEqual([contents.width, contents.height, frames.length, frames[0]!.width], [70, 50, 1, 70]);
  assert.deepEqual([found!.rows, found!.columns], [2, 2]);
  const [left, right] = [frameObu('left'), frameObu('right')].map((data) => bytes(sequenceHeader, data));
  assert.deepEqual(
    found!.cells.map(({ data }) => data),
    [left, right, left, right],
  );
  assert.deepEqual(plain(parseInPieces('avif', file, 7)), plain(contents));
});

test('grids that do not fit', () => {
  for (const options of [
    gridFile(grid(2, 2, 71, 50)),
    gridFile(grid(2, 3, 70, 50)),
    gridFile(grid(1, 4, 70, 50)),
    gridFile(grid(2, 2, 70, 50), [2, 3, 2, 1]),
    gridFile(grid(2, 2, 70, 50), [2, 3, 2, 9]),
    gridFile(grid(2, 2, 70, 50).subarray(0, 6)),
  ]) {
    assert.throws(() => parse('avif', avif(options)), ImageError);
  }
});

interface TrackOptions {
  id: number;
  handler: string;
  data: Uint8Array[];
  offset: number;
  entry?: Uint8Array[];
  reference?: Uint8Array;
  edits?: Uint8Array;
  duration?: number;
}

const elst = (flags: number, duration: number) =>
  box('edts', fullBox('elst', 0, flags, be32(1), be32(duration), be32(0), be32(0x10000)));

const track = ({
  id,
  handler,
  data,
  offset,
  entry = [],
  reference = bytes(),
  edits = bytes(),
  duration = 30,
}: TrackOptions) => {
  const table = box(
    'stbl',
    fullBox(
      'stsd',
      0,
      0,
      be32(1),
      box('av01', new Uint8Array(24), be16(40), be16(30), new Uint8Array(50), av1C, ...entry),
    ),
    fullBox('stts', 0, 0, be32(2), be32(1), be32(10), be32(1), be32(20)),
    fullBox('stsc', 0, 0, be32(1), be32(1), be32(data.length), be32(1)),
    fullBox('stsz', 0, 0, be32(0), be32(data.length), ...data.map(({ length }) => be32(length))),
    fullBox('stco', 0, 0, be32(1), be32(offset)),
    fullBox('stss', 0, 0, be32(1), be32(1)),
  );
  const media = box(
    'mdia',
    fullBox('mdhd', 0, 0, be32(0), be32(0), be32(30), be32(30), be32(0)),
    fullBox('hdlr', 0, 0, be32(0), handler, new Uint8Array(13)),
    box('minf', table),
  );
  const header = fullBox(
    'tkhd',
    0,
    1,
    be32(0),
    be32(0),
    be32(id),
    be32(0),
    be32(duration),
    new Uint8Array(52),
    be32(40 * 65536),
    be32(30 * 65536),
  );
  return box('trak', header, reference, edits, media);
};

const samples = ['one', 'two', 'three'].map(frameObu);
const alphaSamples = ['uno', 'due', 'tre'].map(frameObu);
const alphaOffset = samples.reduce((sum, { length }) => sum + length, 0);

const sequence = (edits = bytes(), duration = 30): FileOptions => ({
  ...still(frameObu('cover')),
  brands: ['avis', 'avif'],
  media: bytes(...samples, ...alphaSamples),
  more: (begin) => [
    box(
      'moov',
      track({ id: 1, handler: 'pict', data: samples, offset: begin, edits, duration }),
      track({
        id: 2,
        handler: 'auxv',
        data: alphaSamples,
        offset: begin + alphaOffset,
        reference: box('tref', box('auxl', be32(1))),
        entry: [fullBox('auxi', 0, 0, alphaUrn)],
      }),
    ),
  ],
});

test('a sequence besides an image', () => {
  const file = avif(sequence(elst(1, 10)));
  const contents = parse('avif', file);
  const [cover, animation] = contents.tracks;
  assert.deepEqual([contents.primaryTrack, contents.hasAlpha, contents.tracks.length], [1, true, 2]);
  assert.deepEqual([cover!.animated, cover!.frames.length, animation!.animated], [false, 1, true]);
  assert.equal(animation!.repetitionCount, 2);
  assert.deepEqual(
    animation!.frames.map(({ timestamp, duration, isKey, data, alpha }) => [timestamp, duration, isKey, data, alpha]),
    [
      [0, 333_333, true, bytes(sequenceHeader, samples[0]!), bytes(sequenceHeader, alphaSamples[0]!)],
      [333_333, 666_666, false, samples[1], alphaSamples[1]],
      [1_000_000, 666_666, false, samples[2], alphaSamples[2]],
    ],
  );
  assert.deepEqual(plain(parseInPieces('avif', file, 1)), plain(contents));
});

test('how often a sequence is repeated', () => {
  const repetitions = (edits?: Uint8Array, duration?: number) =>
    parse('avif', avif(sequence(edits, duration))).tracks[1]!.repetitionCount;
  assert.equal(repetitions(), Number.POSITIVE_INFINITY);
  assert.equal(repetitions(elst(0, 30)), 0);
  assert.equal(repetitions(elst(1, 30)), 0);
  assert.equal(repetitions(elst(1, 20)), 1, 'the last time not completely');
  assert.equal(repetitions(elst(1, 30), 0xffffffff), Number.POSITIVE_INFINITY);
});

test('a sequence as it comes in', () => {
  const file = avif(sequence());
  const parser = createImageParser('avif');
  const begin =
    file.length - frameObu('cover').length - alphaOffset - alphaSamples.reduce((sum, { length }) => sum + length, 0);
  parser.read(file.subarray(0, begin), false);
  const counts = () => parser.contents?.tracks.map(({ frames }) => frames.length);
  assert.deepEqual(counts(), [0, 0]);
  parser.read(file.subarray(0, begin + alphaOffset + alphaSamples[0]!.length), false);
  assert.deepEqual(counts(), [0, 1]);
  parser.read(file, true);
  assert.deepEqual(counts(), [1, 3]);
});

test('a sequence without an image', () => {
  const { more, media } = sequence();
  const make = (begin: number) => bytes(box('ftyp', 'avis', be32(0), 'avis'), ...more!(begin), box('mdat', media!));
  const file = make(make(0).length - media!.length);
  const contents = parse('avif', file);
  assert.deepEqual([contents.tracks.length, contents.primaryTrack, contents.tracks[0]!.frames.length], [1, 0, 3]);
});

test('AVIF files that are none', () => {
  const withoutSize = still(frameObu('x'));
  withoutSize.items[0]!.properties = [2];
  const withoutConfiguration = still(frameObu('x'));
  withoutConfiguration.items[0]!.properties = [1];
  const ofAnotherCodec = still(frameObu('x'));
  ofAnotherCodec.items[0]!.type = 'hvc1';
  const missingProperty = still(frameObu('x'));
  missingProperty.items[0]!.properties = [1, 2, 7];
  for (const data of [
    ascii('RIFF and more'),
    box('ftyp', 'heic', be32(0), 'mif1'),
    box('ftyp', 'avif', be32(0), 'avif'),
    avif(withoutSize),
    avif(withoutConfiguration),
    avif(ofAnotherCodec),
    avif(missingProperty),
    avif({ ...still(frameObu('x')), properties: [ispe(40, 0), av1C] }),
    avif({ ...still(frameObu('x')), properties: [ispe(65535, 65535), av1C] }),
    avif({ ...still(frameObu('x')), properties: [ispe(40, 30), box('av1C', hex('82000c00'))] }),
  ]) {
    assert.throws(() => parse('avif', data), ImageError);
  }
});

test('damaged files', () => {
  const random = seededRandom(1);
  for (const file of [avif(sequence(elst(1, 10))), avif(gridFile(grid(2, 2, 70, 50)))]) {
    for (let length = 0; length < file.length; length++)
      assertSurvives('avif', file.subarray(0, length), `${length} bytes`);
    for (let at = 0; at < file.length; at++) {
      const damaged = file.slice();
      damaged[at] = [0, 1, 0x7f, 0x80, 0xff, file[at]! ^ (1 << Math.floor(random() * 8))][at % 6]!;
      assertSurvives('avif', damaged, `byte ${at}`);
    }
  }
});

test('much is not made out of little', () => {
  const begin = performance.now();
  const options = gridFile(grid(256, 256, 10240, 7680), Array.from({ length: 65536 }, () => 2).slice(0, 65535));
  options.properties[2] = ispe(10240, 7680);
  assertSurvives('avif', avif(options), 'a grid of one item');
  const references = Array.from({ length: 20_000 }, (_, index) => ({ type: 'auxl', from: 100 + index, to: [2, 2, 2] }));
  const alphas = gridFile(
    grid(200, 200, 8000, 6000),
    Array.from({ length: 40_000 }, () => 2),
  );
  alphas.properties[2] = ispe(8000, 6000);
  assert.equal(parse('avif', avif(alphas)).tracks[0]!.grid!.cells.length, 40_000);
  alphas.references!.push(...references);
  assertSurvives('avif', avif(alphas), 'many auxiliary items');
  const table = sequence();
  table.more = (at) => {
    const size = fullBox('stsz', 0, 0, be32(1), be32(0x7fffffff));
    return [box('moov', track({ id: 1, handler: 'pict', data: samples, offset: at })), box('free', size)];
  };
  const file = avif(table);
  const at = Buffer.from(file).indexOf('stsz');
  file.set(bytes(be32(0), be32(1), be32(0x7fffffff)), at + 4);
  assertSurvives('avif', file, 'two billion samples');
  assert.ok(performance.now() - begin < 5000);
});
