/** Decodes every sound file of the media folder: lossless codecs to the bit, the others close to native FFmpeg. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { EncodedAudioPacketSource, EncodedPacket, FilePathTarget, MkvOutputFormat, Output } from 'mediabunny';
import { type MediaFile, mediaAbsent, mediaFiles } from '../support/media.ts';
import { mpg123Absent, mpg123Samples, nativeAbsent, nativeSamples } from '../support/native.ts';
import { readAudioStream } from '../support/read-stream.ts';
import type { AudioStream } from '../support/stream.ts';
import { assertCodecError } from './codec-error.ts';
import { type DecodedSamples, decodeAudio, toFloats, toIntegers } from './decode-audio.ts';
import { md5 } from './decode-video.ts';

const timeout = 120_000;
const largestDifference = 1e-4;

/** Files that the general comparison does not fit, each with the reason and its own check. */
const special: Record<string, (file: MediaFile, runs: DecodedSamples[]) => void> = {
  'flac/flac__02_-_increasing_number_of_channels.flac': checkGrowingChannels,
  'aac/mp4parse__sine-3s-xhe-aac-44khz-mono.mp4': checkXheSine,
  'mp3/minimp3__l3-he_mode.bit': checkChangingChannels,
  'mp3/minimp3__M2L3_compl24.bit': checkCompliance24,
};

export function testAudio(mode: string): void {
  describe(`audio conformance, ${mode}`, { skip: mediaAbsent }, () => {
    for (const file of mediaFiles('aac', 'opus', 'mp3', 'flac', 'vorbis', 'pcm')) {
      const name = file.isDamaged ? `survives ${file.name}` : file.name;
      it(name, { timeout, skip: !file.isDamaged && isLossy(file) && nativeAbsent }, (context) =>
        testFile(context, file),
      );
    }
  });
}

function isLossy({ folder }: MediaFile): boolean {
  return folder !== 'flac' && folder !== 'pcm';
}

async function testFile(context: TestContext, file: MediaFile): Promise<void> {
  const { stream, fault } = await readAudioStream(file);
  const { items: runs, error } = await decodeAudio(stream);
  if (file.isDamaged) {
    if (error) assertCodecError(error);
    context.diagnostic(`${file.name}: ${countFrames(runs)} samples, ended by ${error ? error.name : 'the file'}`);
    return;
  }
  assert.equal(fault, null);
  assert.equal(error, null);
  checkTimestamps(stream, runs);
  const check = special[file.name];
  if (check) check(file, runs);
  else if (file.folder === 'flac') checkFlac(file, stream, runs);
  else if (file.folder === 'pcm') checkFloatMd5(file, runs);
  else await checkAgainstNative(context, file, stream, runs);
}

/** A FLAC file holds the MD5 of its own samples; the references hold FFmpeg's as f32. */
function checkFlac(file: MediaFile, { config }: AudioStream, runs: DecodedSamples[]): void {
  const streamInfo = Buffer.from(config.description as Uint8Array).subarray(8, 42);
  const bits = ((streamInfo.readUInt16BE(12) >> 4) & 31) + 1;
  assert.equal(md5(toIntegers(runs, bits)), streamInfo.subarray(18).toString('hex'));
  if (file.references.length > 0) checkFloatMd5(file, runs);
}

function checkFloatMd5(file: MediaFile, runs: DecodedSamples[]): void {
  const reference = readReference(file);
  assert.equal(countFrames(runs), reference.samples_default);
  assert.equal(md5(new Uint8Array(toFloats(runs).buffer)), reference.md5_f32le_default);
}

/**
 * The channels grow from 1 over 2 to 6 while the file plays. ffmpeg's command line mixes all down to the
 * first run's layout, so its samples serve for the part with one channel and its count for the rest.
 */
function checkGrowingChannels(file: MediaFile, runs: DecodedSamples[]): void {
  assert.equal(countFrames(runs), readReference(file).samples_default);
  const channels = runs.map((run) => run.numberOfChannels);
  assert.deepEqual(
    channels,
    channels.toSorted((one, other) => one - other),
  );
  assert.deepEqual(new Set(channels), new Set([1, 2, 6]));
  if (nativeAbsent) return;
  const mono = toFloats(runs.filter((run) => run.numberOfChannels === 1));
  assert.deepEqual(mono, nativeSamples(file.path).slice(0, mono.length));
}

/** No reference exists (FFmpeg 5.1 cannot decode USAC): three seconds of a steady tone must come out. */
function checkXheSine(_file: MediaFile, runs: DecodedSamples[]): void {
  const { sampleRate } = runs[0]!;
  assert.ok(countFrames(runs) >= 2.9 * sampleRate, `${countFrames(runs)} samples`);
  const samples = toFloats(runs);
  const levels = [0.5, 1, 1.5, 2, 2.5].map((second) => level(samples.subarray(second * sampleRate).subarray(0, 4410)));
  assert.ok(Math.min(...levels) > 0.01, `levels ${levels}`);
  assert.ok(Math.max(...levels) < 1.1 * Math.min(...levels), `levels ${levels}`);
}

/** Mono and stereo frames alternate; ffmpeg's command line mixes all to the first frame's mono. */
function checkChangingChannels(file: MediaFile, runs: DecodedSamples[]): void {
  assert.deepEqual(new Set(runs.map((run) => run.numberOfChannels)), new Set([1, 2]));
  const mono = runs.map((run) => (run.numberOfChannels === 1 ? run : { ...run, samples: mixDown(run) }));
  assertClose(toFloats(mono), nativeSamples(file.path));
}

/** As swresample mixes floats: at constant power. */
function mixDown({ samples }: DecodedSamples): Float32Array {
  return Float32Array.from({ length: samples.length / 2 }, (_, index) => {
    return (samples[2 * index]! + samples[2 * index + 1]!) * Math.SQRT1_2;
  });
}

/**
 * FFmpeg 5.1 decodes the frames from 196 on wrong, later versions and other decoders do not: so FFmpeg
 * is the reference for the frames before, and mpg123, where it is installed, for all.
 */
function checkCompliance24(file: MediaFile, runs: DecodedSamples[]): void {
  const samples = toFloats(runs);
  const firstWrong = 196 * 576;
  const expected = nativeSamples(file.path);
  assert.equal(samples.length, expected.length);
  assertClose(samples.subarray(0, firstWrong), expected.subarray(0, firstWrong));
  if (!mpg123Absent) assertClose(samples, mpg123Samples(file.path));
}

/** The reference is made at the moment of the test, because only checksums of it are kept. */
async function checkAgainstNative(
  context: TestContext,
  file: MediaFile,
  stream: AudioStream,
  runs: DecodedSamples[],
): Promise<void> {
  const channels = runs[0]!.numberOfChannels;
  const reference = await nativeReference(file, stream);
  const actual = toFloats(runs);
  // A decoder drops what OpusHead says is to be dropped; ffmpeg was told to drop nothing.
  const expected = reference.subarray(preSkip(stream) * channels);
  const difference = assertClose(actual, expected, channels);
  context.diagnostic(`${file.name}: RMS difference ${difference.toExponential(1)}`);
}

/** Returns the difference. */
function assertClose(actual: Float32Array, expected: Float32Array, channels = 1): number {
  assert.equal(actual.length / channels, expected.length / channels, 'number of samples');
  const difference = level(subtract(actual, expected));
  assert.ok(
    difference <= largestDifference,
    `RMS difference ${difference}, ${findLag(actual, expected, channels) ?? 'not by a shift'}`,
  );
  return difference;
}

async function nativeReference(file: MediaFile, stream: AudioStream): Promise<Float32Array> {
  // FFmpeg's own Opus decoder is another one than libopus, which the packs hold.
  const options = file.folder === 'opus' ? ['-c:a', 'libopus', '-request_sample_fmt', 'flt'] : [];
  if (!file.path.endsWith('.bit') || file.folder !== 'opus') return nativeSamples(file.path, options);
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-'));
  try {
    const path = join(folder, 'opus.mkv');
    await writeMatroska(path, stream);
    return nativeSamples(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** ffmpeg does not read the test vectors' format. */
async function writeMatroska(path: string, { config, packets }: AudioStream): Promise<void> {
  const output = new Output({ format: new MkvOutputFormat(), target: new FilePathTarget(path) });
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  await output.start();
  const head = Buffer.from([...Buffer.from('OpusHead'), 1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  for (const { type, timestamp, duration, data } of packets) {
    const packet = new EncodedPacket(data, type, timestamp / 1e6, duration! / 1e6);
    await source.add(packet, { decoderConfig: { ...config, description: head } });
  }
  await output.finalize();
}

/** Frames, out of OpusHead. */
function preSkip({ config }: AudioStream): number {
  if (config.codec !== 'opus' || !config.description) return 0;
  return Buffer.from(config.description as Uint8Array).readUInt16LE(10);
}

/** Matroska keeps whole milliseconds, in µs; decoders count samples. */
const rounding = 1000;

function checkTimestamps({ packets }: AudioStream, runs: DecodedSamples[]): void {
  const first = packets[0]!.timestamp;
  const last = packets.at(-1)!.timestamp;
  let previous = Number.NEGATIVE_INFINITY;
  for (const { timestamp } of runs) {
    assert.ok(timestamp >= previous, `timestamp ${timestamp} after ${previous}`);
    previous = timestamp;
  }
  const range = `${runs[0]!.timestamp}…${previous} of ${first}…${last}`;
  assert.ok(runs[0]!.timestamp >= first && previous <= last + rounding, range);
}

interface Reference {
  samples_default: number;
  md5_f32le_default: string;
}

function readReference(file: MediaFile): Reference {
  const path = file.references.find((reference) => reference.endsWith('.audio.json'));
  assert.ok(path, 'the manifest names a reference');
  return JSON.parse(readFileSync(path, 'utf8'));
}

function countFrames(runs: DecodedSamples[]): number {
  return runs.reduce((sum, { samples, numberOfChannels }) => sum + samples.length / numberOfChannels, 0);
}

function subtract(one: Float32Array, other: Float32Array): Float32Array {
  return one.subarray(0, other.length).map((sample, index) => sample - other[index]!);
}

/** Root of the mean square. */
function level(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

const farthestLag = 4096;
const comparedFrames = 8192;

/** Tells a decoder that shifts its samples from one that computes wrong ones. */
function findLag(actual: Float32Array, expected: Float32Array, channels: number): string | null {
  const middle = Math.floor(expected.length / channels / 2);
  const window = (samples: Float32Array, frame: number) =>
    samples.subarray(frame * channels, (frame + comparedFrames) * channels);
  const wanted = window(expected, middle);
  for (let lag = -Math.min(farthestLag, middle); lag <= farthestLag; lag++) {
    if (level(subtract(window(actual, middle + lag), wanted)) <= largestDifference) {
      return `the same ${Math.abs(lag)} frames ${lag < 0 ? 'earlier' : 'later'}`;
    }
  }
  return null;
}
