/** Decodes every sound file of the media folder: lossless codecs to the bit, the others close to native FFmpeg. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { AudioData, engineDescription } from 'everycodec';
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, MkvOutputFormat, Output } from 'mediabunny';
import { makeOpusHead, parseOpusHead } from '../../src/codecs/opus.ts';
import { encodeAudio } from '../support/coding.ts';
import { readAudioTrack } from '../support/container.ts';
import { type MediaFile, mediaAbsent, mediaFiles } from '../support/media.ts';
import { mpg123Absent, mpg123Samples, nativeAbsent, nativeSamples } from '../support/native.ts';
import { readAudioStream } from '../support/read-stream.ts';
import type { AudioStream } from '../support/stream.ts';
import { assertCodecError } from './codec-error.ts';
import { type DecodedSamples, decodeAudio, toFloats, toIntegers } from './decode-audio.ts';
import { md5 } from './decode-video.ts';

const timeout = 120_000;
const largestDifference = 1e-4;
/** What aac/mp4parse__sine-3s-xhe-aac-44khz-mono.mp4 holds. */
const xheSine = { frequency: 500, amplitude: Math.SQRT1_2, purity: 45 };

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
  testOpusChannels(mode);
}

/** Hz, of each channel: a channel that came out in another's place is another tone. */
const channelTones = [220, 277, 330, 392, 466, 554, 659, 784];
const opusBlock = 960;

/** Opus of all numbers of channels: encoded by one side, decoded by both, sample for sample the same. */
function testOpusChannels(mode: string): void {
  describe(`Opus from mono to 7.1, ${mode}`, { skip: nativeAbsent }, () => {
    for (let channels = 1; channels <= 8; channels++) {
      const families = channels <= 2 ? [0, 1] : [1];
      for (const family of families) {
        it(`${channels} channels of libopus, mapping family ${family}`, { timeout }, () =>
          inFolder((folder) => checkNativeOpus(folder, channels, family)),
        );
      }
      it(`${channels} channels of ours`, { timeout }, () => inFolder((folder) => checkOurOpus(folder, channels)));
    }
  });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Interleaved: half a second. */
function channelTonesOf(channels: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 24_000 * channels }, (_, index) => {
    const t = Math.floor(index / channels) / 48_000;
    return 0.2 * Math.sin(2 * Math.PI * channelTones[index % channels]! * t);
  });
}

/** Each channel must hold its own tone, and the two decoders the same samples. */
async function checkDecodedAlike(path: string, stream: AudioStream, channels: number): Promise<void> {
  const { items: runs, error } = await decodeAudio(stream);
  assert.equal(error, null);
  assert.ok(runs.every((run) => run.numberOfChannels === channels));
  const actual = toFloats(runs);
  const native = nativeSamples(path, ['-c:a', 'libopus', '-request_sample_fmt', 'flt']);
  assertClose(actual, native.subarray(preSkip(stream) * channels), channels);
  const middle = actual.subarray(9600 * channels, 12_000 * channels);
  for (let channel = 0; channel < channels; channel++) {
    const { frequency } = findTone(
      middle.filter((_, index) => index % channels === channel),
      48_000,
    );
    // Opus codes low-frequency effects coarsely; the tones are 50 Hz and more apart.
    assert.ok(Math.abs(frequency - channelTones[channel]!) < 10, `channel ${channel}: ${frequency.toFixed(1)} Hz`);
  }
}

async function checkNativeOpus(folder: string, channels: number, family: number): Promise<void> {
  const path = join(folder, 'native.opus');
  const raw = join(folder, 'native.f32');
  writeFileSync(raw, new Uint8Array(channelTonesOf(channels).buffer));
  // ffmpeg would take four channels for 4.0, and six for 5.1 with side speakers; its encoder knows these.
  const layouts = ['mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1'];
  const result = spawnSync('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-f', 'f32le', '-ar', '48000', '-ac', `${channels}`],
    ...['-channel_layout', layouts[channels - 1]!, '-i', raw],
    ...['-c:a', 'libopus', '-b:a', `${96_000 * channels}`, '-mapping_family', `${family}`, path],
  ]);
  assert.equal(result.status, 0, String(result.stderr));
  const { stream } = await readAudioTrack(readFileSync(path));
  const head = parseOpusHead(new Uint8Array(stream.config.description as Uint8Array));
  assert.deepEqual([head.channels, head.mappingFamily], [channels, family]);
  await checkDecodedAlike(path, stream, channels);
}

async function checkOurOpus(folder: string, channels: number): Promise<void> {
  const samples = channelTonesOf(channels);
  const shape = { format: 'f32', sampleRate: 48_000, numberOfChannels: channels } as const;
  const inputs = Array.from({ length: 25 }, (_, index) => {
    const data = samples.slice(index * opusBlock * channels, (index + 1) * opusBlock * channels);
    return new AudioData({ ...shape, numberOfFrames: opusBlock, timestamp: index * 20_000, data });
  });
  const bitrate = 96_000 * channels;
  const { chunks, metadata } = await encodeAudio(
    { codec: 'opus', sampleRate: 48_000, numberOfChannels: channels, bitrate },
    inputs,
  );
  const packets = chunks.map((chunk) => {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    return { type: chunk.type, timestamp: chunk.timestamp, duration: chunk.duration!, data };
  });
  const config = metadata[0]!.decoderConfig!;
  const description = new Uint8Array(config.description as Uint8Array);
  assert.equal(parseOpusHead(description).mappingFamily, channels > 2 ? 1 : 0);
  const path = join(folder, 'ours.mkv');
  const stream: AudioStream = { kind: 'audio', config: { ...config, description }, packets };
  await writeMatroska(path, stream, description);
  await checkDecodedAlike(path, stream, channels);
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

/** No reference exists (FFmpeg 5.1 cannot decode USAC): three seconds of one pure tone must come out. */
function checkXheSine(_file: MediaFile, runs: DecodedSamples[]): void {
  const { sampleRate, numberOfChannels } = runs[0]!;
  assert.equal(sampleRate, 44_100);
  assert.equal(numberOfChannels, 1);
  const frames = countFrames(runs);
  assert.ok(frames >= 3 * sampleRate && frames < 3.2 * sampleRate, `${frames} samples`);
  const samples = toFloats(runs);
  const tones = [0.5, 1, 1.5, 2, 2.5].map((second) => {
    const begin = second * sampleRate;
    return findTone(samples.subarray(begin, begin + 4096), sampleRate);
  });
  for (const { frequency, amplitude, purity } of tones) {
    const found = `${frequency.toFixed(2)} Hz, amplitude ${amplitude.toFixed(4)}, ${purity.toFixed(1)} dB above the rest`;
    assert.ok(Math.abs(frequency - xheSine.frequency) < 0.1, found);
    assert.ok(Math.abs(amplitude / xheSine.amplitude - 1) < 0.01, found);
    assert.ok(purity > xheSine.purity, found);
  }
}

interface Tone {
  /** Hz */
  frequency: number;
  amplitude: number;
  /** dB: of the tone over everything else. */
  purity: number;
}

/** The sine that takes most of the samples' energy: as many periods as there are rising edges, refined. */
function findTone(samples: Float32Array, sampleRate: number): Tone {
  const edges = samples.filter((sample, index) => index > 0 && samples[index - 1]! < 0 && sample >= 0).length;
  const count = (edges * sampleRate) / samples.length;
  let best = { ...fitSine(samples, count / sampleRate), frequency: count };
  for (let step = sampleRate / samples.length / 4; step > 1e-4; step /= 4) {
    const from = best.frequency - 5 * step;
    for (let frequency = from; frequency <= from + 10 * step; frequency += step) {
      const fit = fitSine(samples, frequency / sampleRate);
      if (fit.energy > best.energy) best = { ...fit, frequency };
    }
  }
  const { frequency, amplitude, energy } = best;
  const rest = Math.max(samples.length * level(samples) ** 2 - energy, 1e-12);
  return { frequency, amplitude, purity: 10 * Math.log10(energy / rest) };
}

/** The sine of this frequency, in periods per sample, that fits the samples best by least squares. */
function fitSine(samples: Float32Array, frequency: number): { amplitude: number; energy: number } {
  let [cc, cs, ss, xc, xs] = [0, 0, 0, 0, 0];
  for (const [index, sample] of samples.entries()) {
    const cosine = Math.cos(2 * Math.PI * frequency * index);
    const sine = Math.sin(2 * Math.PI * frequency * index);
    cc += cosine * cosine;
    cs += cosine * sine;
    ss += sine * sine;
    xc += sample * cosine;
    xs += sample * sine;
  }
  const determinant = cc * ss - cs * cs;
  const a = (xc * ss - xs * cs) / determinant;
  const b = (xs * cc - xc * cs) / determinant;
  return { amplitude: Math.hypot(a, b), energy: a * xc + b * xs };
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

/** The native engine, on the system's FFmpeg before 6.0. */
const isOldFfmpeg = Number(/libavcodec (\d+)/.exec(engineDescription())?.[1] ?? Infinity) < 60;

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
  if (!mpg123Absent && !isOldFfmpeg) assertClose(samples, mpg123Samples(file.path));
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
  if (difference > largestDifference) {
    assert.fail(`RMS difference ${difference}, ${findLag(actual, expected, channels) ?? 'not by a shift'}`);
  }
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

const plainHead = makeOpusHead({ channels: 2 });

/** ffmpeg does not read the test vectors' format. */
async function writeMatroska(path: string, { config, packets }: AudioStream, head = plainHead): Promise<void> {
  const target = new BufferTarget();
  const output = new Output({ format: new MkvOutputFormat(), target });
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  await output.start();
  for (const { type, timestamp, duration, data } of packets) {
    const packet = new EncodedPacket(data, type, timestamp / 1e6, duration! / 1e6);
    await source.add(packet, { decoderConfig: { ...config, description: head } });
  }
  await output.finalize();
  writeFileSync(path, new Uint8Array(target.buffer!));
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
