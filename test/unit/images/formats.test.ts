/** Files made by hand, of each format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from '../../../src/images/crc32.ts';
import { orientationOfExif } from '../../../src/images/exif.ts';
import { ImageError } from '../../../src/images/image.ts';
import { imageFormatOfType } from '../../../src/images/image-format.ts';
import { createImageParser } from '../../../src/images/parser.ts';
import {
  ascii,
  assertSurvives,
  be16,
  be32,
  bytes,
  hex,
  le16,
  le24,
  le32,
  parse,
  parseInPieces,
  plain,
} from './support.ts';

test('types of images', () => {
  assert.equal(imageFormatOfType('image/jpeg'), 'jpeg');
  assert.equal(imageFormatOfType('image/apng'), 'png');
  assert.equal(imageFormatOfType('IMAGE/PNG'), 'png');
  assert.equal(imageFormatOfType('image/png; a=b'), undefined);
  assert.equal(imageFormatOfType('image/x-ms-bmp'), undefined);
  assert.equal(imageFormatOfType(''), undefined);
});

test('a checksum as PNG wants it', () => {
  assert.equal(crc32(ascii('1234'), ascii('56789')), 0xcbf43926);
});

// EXIF

const tiff = (orientation: number) =>
  bytes(
    'II',
    le16(42),
    le32(8),
    le16(2),
    le16(0x010f),
    le16(2),
    le32(1),
    le32(0),
    le16(0x0112),
    le16(3),
    le32(1),
    le16(orientation),
    le16(0),
    le32(0),
  );
const bigEndianTiff = (orientation: number) =>
  bytes('MM', be16(42), be32(8), be16(1), be16(0x0112), be16(3), be32(1), be16(orientation), be16(0), be32(0));

test('orientation out of EXIF', () => {
  assert.deepEqual(orientationOfExif(tiff(6)), { rotation: 90, flip: false });
  assert.deepEqual(orientationOfExif(bigEndianTiff(5)), { rotation: 90, flip: true });
  assert.deepEqual(orientationOfExif(bytes('Exif\0\0', tiff(4))), { rotation: 180, flip: true });
  const upright = { rotation: 0, flip: false };
  for (const nonsense of [tiff(9), bytes(), ascii('II'), ascii('nonsense that goes on')]) {
    assert.deepEqual(orientationOfExif(nonsense), upright);
  }
  for (let length = 0; length < tiff(6).length - 4; length++) orientationOfExif(tiff(6).subarray(0, length));
});

// JPEG

const segment = (marker: number, body: Uint8Array) => bytes(0xff, marker, be16(body.length + 2), body);
const frameHeader = (width: number, height: number) =>
  segment(0xc0, bytes(8, be16(height), be16(width), 3, hex('012200 021101 031101')));
const scan = bytes(segment(0xda, hex('03010002110311003f00')), hex('a1ff00b2ffd0c3'));
const jpeg = (...parts: Uint8Array[]) => bytes(hex('ffd8'), ...parts);

test('a JPEG ends at its first EOI', () => {
  const image = jpeg(segment(0xe1, bytes('Exif\0\0', tiff(8))), hex('ffff'), frameHeader(40, 30), scan, hex('ffd9'));
  const multiPicture = bytes(image, jpeg(frameHeader(1, 1), scan, hex('ffd9')));
  const contents = parse('jpeg', multiPicture);
  assert.deepEqual([contents.width, contents.height, contents.rotation, contents.hasAlpha], [40, 30, 270, false]);
  assert.equal(contents.tracks[0]!.frames.length, 1);
  assert.deepEqual(contents.tracks[0]!.frames[0]!.data, multiPicture.subarray(0, image.length));
  assert.equal(contents.tracks[0]!.frames[0]!.isCut, undefined);
});

test('a JPEG without its end', () => {
  const image = jpeg(frameHeader(40, 30), scan);
  const parser = createImageParser('jpeg');
  parser.read(image, false);
  assert.equal(parser.contents?.tracks[0]?.frames.length, 0);
  parser.read(image, true);
  assert.deepEqual(parser.contents?.tracks[0]?.frames[0]?.data, image);
  assert.equal(parser.contents?.tracks[0]?.frames[0]?.isCut, true);
});

test('a thumbnail within a segment is not the image', () => {
  const thumbnail = jpeg(frameHeader(8, 8), scan, hex('ffd9'));
  const contents = parse('jpeg', jpeg(segment(0xe2, thumbnail), frameHeader(40, 30), scan, hex('ffd9')));
  assert.equal(contents.width, 40);
});

test('JPEG files that are none', () => {
  for (const data of [
    hex('ffd7ff'),
    hex('ffd8'),
    jpeg(scan),
    jpeg(hex('ffd9')),
    jpeg(frameHeader(40, 0), scan),
    jpeg(frameHeader(0, 40), scan),
    jpeg(frameHeader(65535, 65535), scan),
    jpeg(segment(0xc0, hex('08 0010 0010 03 012200')), scan),
    jpeg(segment(0xc0, hex('08 0010 0010 01 010000')), scan),
    jpeg(frameHeader(40, 30)),
    jpeg(hex('ffe00001'), frameHeader(40, 30), scan),
  ]) {
    assert.throws(() => parse('jpeg', data), ImageError);
  }
});

// PNG

const chunk = (type: string, ...parts: Uint8Array[]) => {
  const data = bytes(...parts);
  return bytes(be32(data.length), type, data, be32(crc32(ascii(type), data)));
};
const png = (...chunks: Uint8Array[]) => bytes(hex('89504e470d0a1a0a'), ...chunks);
const ihdr = (width: number, height: number, colorType = 6) =>
  chunk('IHDR', be32(width), be32(height), bytes(8, colorType, 0, 0, 0));
const actl = (frames: number, plays: number) => chunk('acTL', be32(frames), be32(plays));
const fctl = (number: number, place: number[], delay: [number, number], dispose = 0, blend = 0) =>
  chunk('fcTL', be32(number), ...place.map(be32), be16(delay[0]), be16(delay[1]), bytes(dispose, blend));
const fdat = (number: number, data: string) => chunk('fdAT', be32(number), ascii(data));
const idat = (data: string) => chunk('IDAT', ascii(data));
const iend = chunk('IEND');

test('an animation in a PNG file', () => {
  const palette = chunk('PLTE', hex('000000ffffff'));
  const file = png(
    ihdr(10, 8, 3),
    palette,
    chunk('tRNS', hex('00')),
    chunk('tEXt', ascii('Comment\0none')),
    actl(3, 4),
    fctl(0, [10, 8, 0, 0], [1, 4], 2),
    idat('first'),
    idat(' frame'),
    fctl(1, [4, 3, 2, 1], [7, 0], 1, 1),
    fdat(2, 'second'),
    fdat(3, ' frame'),
    fctl(4, [10, 8, 0, 0], [0, 5]),
    fdat(5, 'third'),
    iend,
  );
  const contents = parse('png', file);
  const [track] = contents.tracks;
  assert.deepEqual([contents.hasAlpha, track!.animated, track!.repetitionCount], [true, true, 3]);
  const header = [palette, chunk('tRNS', hex('00'))];
  assert.deepEqual(
    track!.frames.map(({ data }) => data),
    [
      png(ihdr(10, 8, 3), ...header, idat('first frame'), iend),
      png(ihdr(4, 3, 3), ...header, idat('second frame'), iend),
      png(ihdr(10, 8, 3), ...header, idat('third'), iend),
    ],
  );
  assert.deepEqual(
    track!.frames.map(({ x, y, dispose, blend, timestamp, duration, isKey }) => [
      x,
      y,
      dispose,
      blend,
      timestamp,
      duration,
      isKey,
    ]),
    [
      [0, 0, 'background', 'source', 0, 250_000, true],
      [2, 1, 'background', 'over', 250_000, 70_000, true],
      [0, 0, 'none', 'source', 320_000, 0, true],
    ],
  );
  assert.deepEqual(plain(parseInPieces('png', file, 1)), plain(contents));
});

test('the image of an APNG file that is no part of the animation', () => {
  const file = png(
    ihdr(10, 8),
    actl(2, 0),
    idat('still'),
    fctl(0, [10, 8, 0, 0], [1, 10]),
    fdat(1, 'a'),
    fctl(2, [10, 8, 0, 0], [1, 10]),
    fdat(3, 'b'),
    iend,
  );
  const [track] = parse('png', file).tracks;
  assert.equal(track!.frames.length, 2);
  assert.equal(track!.repetitionCount, Number.POSITIVE_INFINITY);
  assert.deepEqual(track!.frames[0]!.data, png(ihdr(10, 8), idat('a'), iend));
});

test('frames of an APNG file as they come in', () => {
  const parts = [
    png(ihdr(10, 8), actl(2, 1), fctl(0, [10, 8, 0, 0], [1, 10])),
    idat('a'),
    fctl(1, [1, 1, 0, 0], [1, 10]),
    fdat(2, 'b'),
    iend,
  ];
  const parser = createImageParser('png');
  const counts: (number | undefined)[] = [];
  for (let i = 1; i <= parts.length; i++) {
    parser.read(bytes(...parts.slice(0, i)), i === parts.length);
    counts.push(parser.contents?.tracks[0]?.frames.length);
  }
  assert.deepEqual(counts, [undefined, 0, 1, 1, 2]);
});

test('an animation that is damaged before the image makes a still image', () => {
  const damagedControl = actl(2, 0).map((byte, index) => (index === 19 ? byte ^ 1 : byte));
  for (const file of [
    png(ihdr(10, 8), damagedControl, idat('still'), iend),
    png(ihdr(10, 8), actl(2, 0), fctl(0, [9, 8, 0, 0], [1, 10]), idat('still'), iend),
    png(ihdr(10, 8), actl(2, 0), actl(2, 0), idat('still'), iend),
  ]) {
    const [track] = parse('png', file).tracks;
    assert.deepEqual([track!.animated, track!.frames.length, track!.frames[0]!.duration], [false, 1, null]);
    assert.deepEqual(track!.frames[0]!.data, file);
  }
});

test('an animation that is damaged later keeps its frames', () => {
  const begin = png(
    ihdr(10, 8),
    actl(2, 0),
    fctl(0, [10, 8, 0, 0], [1, 10]),
    idat('a'),
    fctl(1, [10, 8, 0, 0], [1, 10]),
  );
  for (const rest of [fdat(3, 'b'), iend, idat('b'), fctl(2, [1, 1, 0, 0], [1, 1]), actl(2, 0)]) {
    const parser = createImageParser('png');
    assert.throws(() => parser.read(bytes(begin, rest), true), ImageError);
    assert.equal(parser.contents?.tracks[0]?.frames.length, 1);
    assert.throws(() => parser.read(bytes(begin, rest), true), ImageError, 'the error remains');
  }
});

test('a PNG that is cut off ends properly', () => {
  const file = png(ihdr(10, 8), idat('some rows'));
  const [frame] = parse('png', file.subarray(0, file.length - 7)).tracks[0]!.frames;
  assert.deepEqual(frame!.data, png(ihdr(10, 8), idat('some r'), iend));
  assert.equal(frame!.isCut, true);
  // Complete but for the end.
  assert.deepEqual(parse('png', file).tracks[0]!.frames[0]!.data, png(ihdr(10, 8), idat('some rows'), iend));
});

test('colours and orientation of a PNG', () => {
  const colorSpace = (...chunks: Uint8Array[]) => parse('png', png(ihdr(1, 1), ...chunks, idat(''), iend)).colorSpace;
  const srgb = { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true };
  assert.deepEqual(colorSpace(chunk('sRGB', hex('00'))), srgb);
  assert.deepEqual(colorSpace(chunk('cICP', hex('09100001')), chunk('sRGB', hex('00'))), {
    ...srgb,
    primaries: 'bt2020',
    transfer: 'pq',
  });
  assert.equal(colorSpace(chunk('iCCP', ascii('profile\0')), chunk('sRGB', hex('00'))), undefined);
  assert.equal(colorSpace(), undefined);
  assert.equal(parse('png', png(ihdr(1, 1), chunk('eXIf', tiff(3)), idat(''), iend)).rotation, 180);
});

test('PNG files that are none', () => {
  const damaged = ihdr(10, 8).map((byte, index) => (index === 11 ? 9 : byte));
  for (const data of [
    hex('89504e46'),
    png(),
    png(ihdr(10, 8)),
    png(ihdr(0, 8), idat(''), iend),
    png(ihdr(65536, 8), idat(''), iend),
    png(ihdr(65535, 65535), idat(''), iend),
    png(ihdr(10, 8, 5), idat(''), iend),
    png(damaged, idat(''), iend),
    png(idat(''), iend),
    png(ihdr(10, 8), ihdr(10, 8), idat(''), iend),
    png(ihdr(10, 8), iend),
    png(ihdr(10, 8), hex('80000000'), ascii('IDAT')),
  ]) {
    assert.throws(() => parse('png', data), ImageError);
  }
});

// GIF

const gif = (...parts: Uint8Array[]) =>
  bytes('GIF89a', le16(10), le16(8), hex('80 00 00'), hex('000000ffffff'), ...parts);
const control = (delay: number, disposal: number) => bytes(hex('21f904'), disposal << 2, le16(delay), hex('0000'));
const image = (x: number, y: number, width: number, height: number) =>
  bytes(0x2c, le16(x), le16(y), le16(width), le16(height), hex('00 02 02 4c01 00'));
const loop = (count: number) => bytes(hex('21ff0b'), 'NETSCAPE2.0', hex('0301'), le16(count), 0);

test('an animation in a GIF file', () => {
  const first = gif(loop(5), control(3, 1), image(0, 0, 10, 8));
  const second = bytes(control(0, 2), hex('21fe 03414243 00'), image(1, 2, 3, 4));
  const third = image(0, 0, 0, 0);
  const file = bytes(first, second, third, hex('3b'), ascii('and more'));
  const contents = parse('gif', file);
  const [track] = contents.tracks;
  assert.deepEqual([contents.width, contents.height, track!.animated, track!.repetitionCount], [10, 8, true, 5]);
  // Each is a GIF file of its own frame, at the top left.
  for (const { data, width, height } of track!.frames) {
    const alone = parse('gif', data);
    const [frame] = alone.tracks[0]!.frames;
    assert.deepEqual([alone.width, alone.height, frame!.x, frame!.y], [width, height, 0, 0]);
  }
  assert.deepEqual(
    track!.frames.map(({ x, y, width, height, dispose, timestamp, duration, isKey }) => [
      x,
      y,
      width,
      height,
      dispose,
      timestamp,
      duration,
      isKey,
    ]),
    [
      [0, 0, 10, 8, 'none', 0, 30_000, true],
      [1, 2, 3, 4, 'background', 30_000, 0, false],
      [0, 0, 10, 8, 'none', 30_000, 0, false],
    ],
  );
  assert.deepEqual(plain(parseInPieces('gif', file, 1)), plain(contents));
});

test('how often a GIF is repeated', () => {
  const repetitions = (...parts: Uint8Array[]) => parse('gif', gif(...parts, hex('3b'))).tracks[0]!.repetitionCount;
  const frame = image(0, 0, 1, 1);
  assert.equal(repetitions(frame, frame), 0);
  assert.equal(repetitions(loop(0), frame, frame), Number.POSITIVE_INFINITY);
  assert.equal(repetitions(frame, loop(7), frame), 7);
});

test('a GIF that does not move', () => {
  const parser = createImageParser('gif');
  const file = gif(control(5, 0), image(0, 0, 10, 8), hex('3b'));
  parser.read(file.subarray(0, -1), false);
  assert.equal(parser.contents?.tracks[0]?.animated, true, 'who knows');
  parser.read(file, true);
  const [track] = parser.contents!.tracks;
  assert.deepEqual([track!.animated, track!.frames[0]!.duration], [false, null]);
  assert.equal(parse('gif', gif(loop(0), image(0, 0, 10, 8), hex('3b'))).tracks[0]!.animated, true);
});

test('a GIF that is cut off', () => {
  const file = gif(image(0, 0, 10, 8), image(0, 0, 10, 8));
  const frames = (cut: number) => parse('gif', file.subarray(0, file.length - cut)).tracks[0]!.frames;
  assert.deepEqual(
    frames(0).map(({ isCut }) => isCut),
    [undefined, undefined],
  );
  assert.deepEqual(
    frames(1).map(({ isCut }) => isCut),
    [undefined, true],
  );
  assert.equal(frames(3).length, 2);
  assert.equal(frames(5).length, 1, 'without data');
});

test('GIF files that are none', () => {
  for (const data of [
    ascii('GIF88a'),
    ascii('GIF89a'),
    bytes('GIF89a', le16(0), le16(8), hex('000000')),
    gif(hex('00')),
    gif().subarray(0, 15),
  ]) {
    assert.throws(() => parse('gif', data), ImageError);
  }
});

// WebP

const riff = (type: string, ...parts: Uint8Array[]) => {
  const data = bytes(...parts);
  return bytes(type, le32(data.length), data, new Uint8Array(data.length & 1));
};
const webp = (...chunks: Uint8Array[]) => riff('RIFF', ascii('WEBP'), ...chunks);
const lossy = (width: number, height: number) =>
  riff('VP8 ', hex('1000009d012a'), le16(width), le16(height), ascii('data'));
const lossless = (width: number, height: number, alpha = 0) =>
  riff('VP8L', hex('2f'), le32((width - 1) | ((height - 1) << 14) | (alpha << 28)), ascii('data!!'));
const extended = (flags: number, width: number, height: number) =>
  riff('VP8X', bytes(flags, 0, 0, 0), le24(width - 1), le24(height - 1));
const anim = (plays: number) => riff('ANIM', le32(0xffffffff), le16(plays));
const anmf = (place: [number, number, number, number], duration: number, flags: number, ...chunks: Uint8Array[]) =>
  riff(
    'ANMF',
    le24(place[0] / 2),
    le24(place[1] / 2),
    le24(place[2] - 1),
    le24(place[3] - 1),
    le24(duration),
    bytes(flags),
    ...chunks,
  );

test('still images in WebP files', () => {
  const describe = (file: Uint8Array) => {
    const { width, height, hasAlpha, rotation, tracks } = parse('webp', file);
    assert.deepEqual(tracks[0]!.frames[0]!.data, file);
    return [width, height, hasAlpha, rotation];
  };
  assert.deepEqual(describe(webp(lossy(40, 30))), [40, 30, false, 0]);
  assert.deepEqual(describe(webp(lossless(40, 30))), [40, 30, false, 0]);
  assert.deepEqual(describe(webp(lossless(16384, 3, 1))), [16384, 3, true, 0]);
  assert.deepEqual(describe(webp(extended(0x10, 40, 30), riff('ALPH', ascii('alpha')), lossy(40, 30))), [
    40,
    30,
    true,
    0,
  ]);
  assert.deepEqual(describe(webp(extended(8, 40, 30), lossy(40, 30), riff('EXIF', tiff(6)))), [40, 30, false, 90]);
});

test('an animation in a WebP file', () => {
  const alpha = riff('ALPH', ascii('alpha'));
  const file = webp(
    extended(0x12, 40, 30),
    anim(3),
    anmf([0, 0, 40, 30], 20, 0, lossless(40, 30)),
    anmf([2, 4, 6, 8], 0, 3, alpha, lossy(6, 8)),
    anmf([2, 4, 6, 8], 10, 2, lossy(6, 8)),
    riff('EXIF', tiff(6)),
  );
  const contents = parse('webp', file);
  const [track] = contents.tracks;
  assert.deepEqual([contents.width, contents.hasAlpha, contents.rotation], [40, true, 0]);
  assert.deepEqual([track!.animated, track!.repetitionCount], [true, 2]);
  assert.deepEqual(
    track!.frames.map(({ data }) => data),
    [webp(lossless(40, 30)), webp(extended(0x10, 6, 8), alpha, lossy(6, 8)), webp(lossy(6, 8))],
  );
  assert.deepEqual(
    track!.frames.map(({ x, y, blend, dispose, timestamp, duration, isKey }) => [
      x,
      y,
      blend,
      dispose,
      timestamp,
      duration,
      isKey,
    ]),
    [
      [0, 0, 'over', 'none', 0, 20_000, true],
      [2, 4, 'source', 'background', 20_000, 0, false],
      [2, 4, 'source', 'none', 20_000, 10_000, false],
    ],
  );
  assert.deepEqual(plain(parseInPieces('webp', file, 1)), plain(contents));
  assert.equal(parse('webp', file.subarray(0, -60)).tracks[0]!.frames.length, 2);
});

test('a WebP image that is cut off is left out', () => {
  const contents = parse('webp', webp(lossy(40, 30)).subarray(0, -2));
  assert.deepEqual([contents.width, contents.tracks[0]!.frames.length], [40, 0]);
});

test('WebP files that are none', () => {
  for (const data of [
    ascii('RIFX'),
    riff('RIFF', ascii('WAVE'), lossy(1, 1)),
    webp(),
    webp(extended(0, 40, 30)),
    webp(extended(0, 40, 30), lossy(41, 30)),
    webp(extended(0, 65536 * 2, 30), lossy(1, 30)),
    webp(riff('VP8 ', hex('1100009d012a01000100'))),
    webp(riff('VP8L', hex('2e00000000'))),
    webp(riff('VP8L', hex('2f000000e0'))),
    webp(bytes('VP8 ', le32(1000), hex('1000009d012a01000100'))),
    webp(extended(2, 40, 30), anmf([0, 0, 40, 30], 1, 0, lossy(40, 30))),
    webp(extended(2, 40, 30), anim(0), anmf([2, 0, 40, 30], 1, 0, lossy(40, 30))),
    webp(extended(2, 40, 30), anim(0), anmf([0, 0, 40, 30], 1, 0, lossy(39, 30))),
    webp(extended(2, 40, 30), anim(0), anmf([0, 0, 40, 30], 1, 0)),
  ]) {
    assert.throws(() => parse('webp', data), ImageError);
  }
});

// BMP

const bmp = (width: number, height: number, bitCount: number, coding: number, pixels: number) =>
  bytes(
    'BM',
    le32(54 + pixels),
    le32(0),
    le32(54),
    le32(40),
    le32(width),
    le32(height >>> 0),
    le16(1),
    le16(bitCount),
    le32(coding),
    new Uint8Array(20),
    new Uint8Array(pixels),
  );

test('BMP files', () => {
  const file = bmp(3, 2, 24, 0, 24);
  const parser = createImageParser('bmp');
  parser.read(file.subarray(0, -1), false);
  assert.deepEqual([parser.contents?.width, parser.contents?.tracks[0]?.frames.length], [3, 0]);
  parser.read(file, false);
  assert.deepEqual(parser.contents?.tracks[0]?.frames[0]?.data, file, 'complete when all rows are there');
  assert.equal(parse('bmp', bmp(3, -2 >>> 0, 24, 0, 24)).height, 2);
  assert.equal(parse('bmp', bmp(3, 2, 24, 0, 18)).tracks[0]!.frames.length, 1, 'rows without padding');
  assert.equal(parse('bmp', bmp(3, 2, 24, 0, 17)).tracks[0]!.frames.length, 0);
  assert.equal(parse('bmp', bmp(3, 2, 8, 1, 4)).tracks[0]!.frames.length, 1, 'run lengths');
  const core = bytes('BM', le32(32), le32(0), le32(26), le32(12), le16(1), le16(1), le16(1), le16(24), hex('01020300'));
  assert.equal(parse('bmp', core).width, 1);
  for (const none of [
    ascii('BA'),
    ascii('BM'),
    bmp(0, 2, 24, 0, 24),
    bmp(3, 2, 25, 0, 24),
    bmp(3, 2, 24, 4, 24),
    bmp(3, 2 ** 31, 24, 0, 24),
  ]) {
    assert.throws(() => parse('bmp', none), ImageError);
  }
});

test('numbers that claim too much are no trouble', () => {
  const begin = performance.now();
  assertSurvives('webp', bytes('RIFF', le32(0xfffffffe), 'WEBP', 'VP8X', le32(0xfffffff0)), 'a chunk of 4 GiB');
  assertSurvives('png', png(ihdr(10, 8), actl(0x7fffffff, 0), idat('a'), iend), 'two billion frames');
  // Many frames of few bytes, behind as much header as is repeated for each.
  const many = Array.from({ length: 20_000 }, (_, i) => bytes(fctl(2 * i, [10, 8, 0, 0], [1, 1]), fdat(2 * i + 1, '')));
  const profile = chunk('iCCP', new Uint8Array(2 ** 20));
  const frames = parse('png', png(ihdr(10, 8), profile, actl(20_000, 0), idat(''), ...many, iend)).tracks[0]!.frames;
  assert.equal(frames.length, 20_000);
  assert.ok(frames[0]!.data.length < 100);
  assertSurvives('gif', gif(...Array.from({ length: 50_000 }, () => image(0, 0, 1, 1))), 'many images');
  assertSurvives('jpeg', jpeg(frameHeader(40, 30), scan, new Uint8Array(2 ** 20).fill(0xff)), 'fill bytes');
  assert.ok(performance.now() - begin < 5000);
});
