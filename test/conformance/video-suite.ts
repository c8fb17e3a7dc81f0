/** Decodes every picture file of the media folder and compares each frame's pixels with the reference. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { type MediaFile, mediaAbsent, mediaFiles } from '../support/media.ts';
import { readVideoStream } from '../support/read-stream.ts';
import type { VideoStream } from '../support/stream.ts';
import { assertCodecError } from './codec-error.ts';
import { type DecodedFrame, decodeVideo, md5 } from './decode-video.ts';

/** A decoder that hangs fails its test, not the run. */
const timeout = 240_000;

export function testVideo(mode: string): void {
  describe(`video conformance, ${mode}`, { skip: mediaAbsent }, () => {
    for (const file of mediaFiles('h264', 'hevc', 'vp8', 'vp9', 'av1')) {
      if (file.isDamaged || file.references.length === 0)
        it(`survives ${file.name}`, { timeout }, (context) => testDamaged(context, file));
      else it(file.name, { timeout }, (context) => testExact(context, file));
    }
  });
}

async function testExact(context: TestContext, file: MediaFile): Promise<void> {
  const { stream, fault } = await readVideoStream(file);
  assert.equal(fault, null);
  const reference = file.references.find((path) => !path.includes('.alpha-'));
  assert.ok(reference, 'the manifest names a reference');

  const { items: frames, error } = await decodeVideo(stream.config, stream.packets, (frame) => ({
    timestamp: frame.timestamp,
    format: frame.format,
    md5: md5(comparable(frame, file.format)),
  }));
  assert.equal(error, null);
  assertSameFrames(
    frames.map((frame) => frame.md5),
    readFrameMd5s(reference),
  );
  checkTimestamps(
    stream,
    frames.map((frame) => frame.timestamp),
  );
  context.diagnostic(`${file.name}: ${frames.length} frames of ${frames[0]!.format}`);

  const alphaReference = file.references.find((path) => path.includes('.alpha-'));
  if (alphaReference) await testAlpha(stream, alphaReference);
}

/**
 * What the reference has of a frame: it knows monochrome, which comes out here with neutral chroma, and leaves out the
 * alpha layer of HEVC.
 */
function comparable({ bytes, format }: DecodedFrame, reference: string): Uint8Array {
  if (reference.startsWith('gray')) return bytes.subarray(0, lumaSize(bytes));
  // Luma and alpha are four of five parts of 4:2:0 with alpha; alpha comes last.
  if (format === 'I420A' && !reference.startsWith('yuva')) return bytes.subarray(0, (bytes.length / 5) * 3);
  return bytes;
}

/** The fourth plane is a stream of its own, whose luma is the alpha: only the caller can put the two together. */
async function testAlpha({ config, packets }: VideoStream, reference: string): Promise<void> {
  const alphaPackets = packets.map(({ type, timestamp, alpha }) => ({ type, timestamp, data: alpha! }));
  const alpha = await decodeVideo(config, alphaPackets, ({ bytes }) => bytes.slice(0, lumaSize(bytes)));
  assert.equal(alpha.error, null);
  let index = 0;
  const frames = await decodeVideo(config, packets, ({ bytes }) => md5(bytes, alpha.items[index++]!));
  assertSameFrames(frames.items, readFrameMd5s(reference));
}

/** Of I420 with even sides. */
function lumaSize(bytes: Uint8Array): number {
  return (bytes.length / 3) * 2;
}

/** Nothing is right or wrong about the pictures after a fault; those before it are counted. */
async function testDamaged(context: TestContext, file: MediaFile): Promise<void> {
  const { stream } = await readVideoStream(file);
  const { items, error } = await decodeVideo(stream.config, stream.packets, ({ bytes }) => md5(bytes));
  if (error) assertCodecError(error);
  const [reference] = file.references;
  const expected = reference ? readFrameMd5s(reference) : [];
  const same = items.findIndex((item, index) => item !== expected[index]);
  context.diagnostic(
    `${file.name}: ${items.length} frames, the first ${same === -1 ? items.length : same} like FFmpeg's ` +
      `${expected.length}, ended by ${error ? `${error.name} (${error.message})` : 'the file'}`,
  );
}

/** The last column of a framemd5 file. */
function readFrameMd5s(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(',').at(-1)!.trim());
}

function assertSameFrames(actual: string[], expected: string[]): void {
  const count = Math.max(actual.length, expected.length);
  const different = Array.from({ length: count }, (_, index) => index).filter(
    (index) => actual[index] !== expected[index],
  );
  if (different.length === 0) return;
  const first = different[0]!;
  const elsewhere = expected.indexOf(actual[first]!);
  assert.fail(
    `${different.length} of ${expected.length} frames differ (${actual.length} decoded), first frame ${first}` +
      (elsewhere >= 0 ? `, which is the reference's frame ${elsewhere}` : ''),
  );
}

/**
 * Every frame bears the timestamp of its own packet. Fewer frames than packets are right where packets
 * hold single fields or pictures that are not shown. In a stream without presentation times the
 * timestamps come out in the order of presentation, so that only their being all different is known.
 */
function checkTimestamps({ packets, hasPresentationTimes }: VideoStream, timestamps: number[]): void {
  const given = packets.map((packet) => packet.timestamp).sort((one, other) => one - other);
  const sorted = timestamps.toSorted((one, other) => one - other);
  assert.equal(new Set(timestamps).size, timestamps.length, 'two frames have one timestamp');
  if (timestamps.length === packets.length) assert.deepEqual(sorted, given);
  const known = new Set(given);
  assert.deepEqual(
    timestamps.filter((timestamp) => !known.has(timestamp)),
    [],
    'timestamps that no packet has',
  );
  if (hasPresentationTimes) assert.deepEqual(timestamps, sorted, 'frames out of order');
}
