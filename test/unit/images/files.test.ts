/** Real files against what Pillow says of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type ImageContents, ImageError, type ImageFormat } from '../../../src/images/image.ts';
import { type MediaFile, mediaAbsent, mediaFiles } from '../../support/media.ts';
import { assertSurvives, parse, parseInPieces, plain, seededRandom } from './support.ts';

const formats: readonly ImageFormat[] = ['jpeg', 'png', 'gif', 'webp', 'bmp', 'avif'];
const files = mediaFiles(...formats);
const formatOf = (file: MediaFile): ImageFormat => formats.find((format) => format === file.folder)!;
const read = (file: MediaFile): Uint8Array => new Uint8Array(readFileSync(file.path));

interface Reference {
  size?: [number, number];
  n_frames?: number;
  loop?: number | null;
  exif_orientation?: number | null;
  frames?: { duration_ms: number | null }[];
}

function referenceOf(file: MediaFile): Reference | undefined {
  const path = file.references.find((reference) => reference.endsWith('.image.json'));
  return path ? (JSON.parse(readFileSync(path, 'utf8')) as Reference) : undefined;
}

/** Files that cannot be shown, and why Pillow has no say in the others that it cannot read. */
const broken: ReadonlySet<string> = new Set([
  'avif/mp4parse__bug-1655846.avif',
  'avif/mp4parse__no-ispe.avif',
  'bmp/image__Bad_badbitcount.bmp',
  'jpeg/serenity__oss-fuzz-testcase-59785.jpg',
  'jpeg/sharp__corrupt-header.jpg',
  'png/pillow__chunk_no_fdat.png',
  'png/serenity__oss-fuzz-testcase-62371.png',
]);

/** Pillow counts a PNG's image that is no part of its animation as a frame, without a duration. */
const framesOf = ({ frames = [], n_frames = 0 }: Reference) =>
  n_frames > 1 && frames[0]?.duration_ms === null ? frames.slice(1) : frames;

const orientations: Readonly<Record<number, [number, boolean]>> = {
  1: [0, false],
  2: [0, true],
  3: [180, false],
  4: [180, true],
  5: [90, true],
  6: [90, false],
  7: [270, true],
  8: [270, false],
};

/** As Pillow tells it: GIF without an extension null, PNG and WebP how often in all. */
function loopOf(format: ImageFormat, repetitionCount: number): number {
  if (repetitionCount === Number.POSITIVE_INFINITY) return 0;
  return format === 'gif' ? repetitionCount : repetitionCount + 1;
}

function check(contents: ImageContents, reference: Reference, format: ImageFormat): void {
  const { width, height, rotation, flip, tracks, primaryTrack } = contents;
  const { animated, frames, repetitionCount } = tracks[primaryTrack]!;
  if (reference.size) assert.deepEqual([width, height], reference.size);
  assert.deepEqual([rotation, flip], orientations[reference.exif_orientation ?? 1]);
  const expected = framesOf(reference);
  if (expected.length === 0) return;
  assert.equal(frames.length, expected.length);
  assert.equal(animated, expected.length > 1);
  if (!animated) {
    assert.deepEqual([frames[0]!.timestamp, frames[0]!.duration], [0, null]);
    return;
  }
  assert.deepEqual(
    frames.map(({ duration }) => Math.round(duration! / 1000)),
    expected.map(({ duration_ms }) => duration_ms),
  );
  const { loop } = reference;
  if (loop !== null && loop !== undefined) assert.equal(loopOf(format, repetitionCount), loop);
}

describe('image files', { skip: mediaAbsent }, () => {
  for (const file of files) {
    const format = formatOf(file);

    test(`${file.name}: what it holds`, () => {
      if (broken.has(file.name)) {
        assert.throws(() => parse(format, read(file)), ImageError);
        return;
      }
      const contents = parse(format, read(file));
      assert.equal(contents.format, format);
      check(contents, referenceOf(file) ?? {}, format);
    });

    if (broken.has(file.name)) continue;
    test(`${file.name}: the same in pieces`, () => {
      const data = read(file);
      const expected = plain(parse(format, data));
      const pieces = data.length < 10_000 ? [1, 7, 1000] : [13, 1000];
      for (const piece of pieces) assert.deepEqual(plain(parseInPieces(format, data, piece)), expected);
    });
  }

  for (const file of files) {
    test(`${file.name}: cut and damaged`, () => {
      const data = read(file);
      const format = formatOf(file);
      const random = seededRandom(data.length);
      for (let i = 0; i < 120; i++) {
        const length = i < 40 ? i : Math.floor(random() * data.length);
        assertSurvives(format, data.subarray(0, length), `${length} bytes`);
      }
      // Most damage where the headers are.
      for (let i = 0; i < 400; i++) {
        const damaged = data.slice();
        const at: number[] = [];
        for (let j = 0; j <= i % 4; j++) at.push(Math.floor(random() ** (i % 2 ? 6 : 2) * data.length));
        for (const position of at) damaged[position] = Math.floor(random() * 256);
        assertSurvives(format, damaged, `bytes ${at}`);
      }
    });
  }

  test('files of another format', () => {
    for (const file of files) {
      for (const format of formats) {
        if (format === formatOf(file)) continue;
        assert.throws(() => parse(format, read(file)), ImageError, `${file.name} as ${format}`);
      }
    }
  });

  test('kinds of frames', () => {
    const contents = (name: string) => {
      const file = files.find((each) => each.name === name)!;
      return parse(formatOf(file), read(file));
    };
    const plum = contents('avif/avif__plum-blossom-small.profile0.8bpc.yuv420.alpha-full.avif');
    assert.equal(plum.hasAlpha, true);
    assert.equal(plum.tracks[0]!.frames[0]!.alpha?.length, 1810);
    const video = contents('avif/libavif__alpha_video.avif');
    assert.deepEqual(
      video.tracks.map(({ animated, frames }) => [animated, frames.length]),
      [
        [false, 1],
        [true, 48],
      ],
    );
    assert.equal(video.primaryTrack, 1);
    assert.ok(video.tracks[1]!.frames.every(({ alpha }) => alpha !== undefined));
    assert.deepEqual(
      video.tracks[1]!.frames.slice(0, 3).map(({ isKey }) => isKey),
      [true, false, false],
    );
    const ball = contents('png/image__ball.png');
    assert.equal(ball.tracks[0]!.repetitionCount, Number.POSITIVE_INFINITY);
    const { x, y, width, height } = ball.tracks[0]!.frames[1]!;
    assert.deepEqual([x, y, width, height], [31, 36, 38, 63]);
  });
});
