/** Decodes every image of the media folder and compares its frames with the references of FFmpeg and Pillow. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { ImageDecoder, type VideoFrame } from 'everycodec';
import { type MediaFile, mediaAbsent, mediaFiles } from '../support/media.ts';
import { nativeFrames } from '../support/native.ts';
import { md5 } from './decode-video.ts';
import { framesLike } from './image-formats.ts';

const timeout = 60_000;
const folders = ['jpeg', 'png', 'gif', 'webp', 'avif', 'bmp'];

/** Pillow's account of an image: its frames as RGBA. */
interface PillowReference {
  n_frames: number;
  frames: { duration_ms: number | null; rgba_md5: string }[];
}

/** Lossless, so that every decoder has the same RGB. */
const isLossless = ({ class: name, folder }: MediaFile): boolean =>
  ['png', 'gif', 'bmp'].includes(folder) || name === 'webp/lossless' || name === 'webp/animated';

/** References that say nothing, by file and kind. */
const exceptions: Readonly<Record<string, 'framemd5' | 'pillow' | 'both'>> = {
  // Sixteen bits per component, which are eight here.
  'png/image__basn6a16.png': 'framemd5',
  // The same, and Pillow mixes alpha as if it were a colour: half over opaque becomes 191 (PNG, 3rd edition, 12: 255).
  'png/pillow__mode_16bit.png': 'both',
  // Pillow keeps part of what is disposed of; FFmpeg fills it with the palette's background, which the test allows for.
  'gif/pillow__dispose_bgnd.gif': 'pillow',
  // Its frames are lossy: Pillow's sums tell nothing of ±2.
  'webp/sharp__rotating-squares.webp': 'pillow',
};
const isExcepted = ({ name }: MediaFile, kind: 'framemd5' | 'pillow'): boolean =>
  exceptions[name] === kind || exceptions[name] === 'both';

interface DecodedImage {
  format: string;
  width: number;
  height: number;
  bytes: Uint8Array;
  rgba: Uint8Array;
  duration: number | null;
}

async function read(frame: VideoFrame): Promise<DecodedImage> {
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  const rgba = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(rgba, { format: 'RGBA' });
  const { width, height } = frame.visibleRect!;
  const image = { format: frame.format!, width, height, bytes, rgba, duration: frame.duration };
  frame.close();
  return image;
}

async function decodeAll({ path, folder }: MediaFile): Promise<DecodedImage[]> {
  const decoder = new ImageDecoder({ type: `image/${folder}`, data: readFileSync(path) });
  await decoder.tracks.ready;
  await decoder.completed;
  const images: DecodedImage[] = [];
  const { frameCount } = decoder.tracks.selectedTrack!;
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
    const { image, complete } = await decoder.decode({ frameIndex });
    assert.ok(complete);
    images.push(await read(image));
  }
  decoder.close();
  return images;
}

const referenceOf = ({ references }: MediaFile, ending: string) => references.find((path) => path.endsWith(ending));

function readFrameMd5s(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^0,/.test(line))
    .map((line) => line.split(',').at(-1)!.trim());
}

/** The colour that a GIF names for what no frame covers. */
function backgroundOf({ path, folder }: MediaFile): number[] | undefined {
  const data = readFileSync(path);
  const hasGlobalTable = (data[10]! & 0x80) !== 0;
  if (folder !== 'gif' || !hasGlobalTable) return undefined;
  const at = 13 + 3 * data[11]!;
  return [...data.subarray(at, at + 3)];
}

/** Lossy images may differ by two steps of eight bits from what the installed ffmpeg makes of them. */
function isWithinTwo({ path }: MediaFile, ours: Uint8Array, format: string): boolean {
  const output = nativeFrames(path);
  if (!output || output.length !== ours.length) return false;
  if (!format.includes('P12')) return output.every((value, at) => Math.abs(value - ours[at]!) <= 2);
  const samples = (bytes: Uint8Array) => new Uint16Array(bytes.slice().buffer);
  const mine = samples(ours);
  return samples(output).every((value, at) => Math.abs(value - mine[at]!) <= 2 * 256);
}

async function testExact(context: TestContext, file: MediaFile): Promise<void> {
  const images = await decodeAll(file);
  let compared = 0;
  const frameMd5 = referenceOf(file, '.framemd5');
  if (frameMd5 && !isExcepted(file, 'framemd5')) {
    const like = framesLike(file.folder === 'avif' ? 'avif' : file.format, backgroundOf(file));
    assert.ok(like, `the test does not know FFmpeg's ${file.format}`);
    const sums = readFrameMd5s(frameMd5);
    const isSame = images.map((image) => like(image).some((bytes) => sums.includes(md5(bytes))));
    // FFmpeg's inverse transforms of JPEG differ in the last bit from version to version.
    const isNear = () => file.folder === 'jpeg' && isWithinTwo(file, like(images[0]!)[0]!, images[0]!.format);
    assert.ok(isSame.every(Boolean) || isNear(), `frames unlike FFmpeg's ${file.format}: ${isSame}`);
    compared++;
  }
  const pillow = referenceOf(file, '.image.json');
  if (pillow && isLossless(file) && !isExcepted(file, 'pillow')) {
    const { frames } = JSON.parse(readFileSync(pillow, 'utf8')) as PillowReference;
    if (frames?.[0]?.rgba_md5) {
      assert.deepEqual(
        images.map(({ rgba }) => md5(rgba)),
        // Pillow counts the image that stands in for the animation where PNG has no animations.
        frames.slice(frames.length - images.length).map((frame) => frame.rgba_md5),
        'frames unlike Pillow’s RGBA',
      );
      compared++;
    }
  }
  const [{ format, width, height }] = images as [DecodedImage];
  context.diagnostic(`${file.name}: ${images.length} of ${format} ${width} × ${height}, ${compared} references`);
}

async function testDamaged(context: TestContext, file: MediaFile): Promise<void> {
  const outcome = await decodeAll(file).then(
    (images) => `${images.length} frames`,
    (error) => error,
  );
  if (outcome instanceof Error) {
    assert.ok(
      ['EncodingError', 'InvalidStateError', 'NotSupportedError', 'RangeError'].includes(outcome.name),
      `${outcome}`,
    );
  }
  context.diagnostic(`${file.name}: ${outcome}`);
}

describe('image conformance', { skip: mediaAbsent }, () => {
  for (const file of mediaFiles(...folders)) {
    const test = file.isDamaged ? testDamaged : testExact;
    it(`${file.isDamaged ? 'survives ' : ''}${file.name}`, { timeout }, (context) => test(context, file));
  }
});
