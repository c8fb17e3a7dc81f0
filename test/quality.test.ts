/**
 * What our encoders make is decoded by native ffmpeg, to the same pictures as by our decoders, and is no worse than what
 * native ffmpeg makes with the same library and settings: within 0.1 dB at equal rates, and within 3 % of its size.
 * `node --import tsx bench/quality.ts` prints the figures.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setThreads } from 'everycodec';
import { nativeAbsent } from './support/native.ts';
import { type AudioCase, audioCases, type VideoCase, videoCases } from './support/quality-cases.ts';
import { type Clip, makeClip, makeSound, type Sound } from './support/quality-clip.ts';
import {
  encodeNative,
  encodeNativeAudio,
  encodeNativeNear,
  encodeOurs,
  encodeOursAudio,
} from './support/quality-compare.ts';
import { type Point, qualityAt } from './support/quality-measure.ts';
import { hasEncoder } from './support/quality-native.ts';

const frameCount = 45;
const decibelTolerance = 0.1;
const rateTolerance = 1.03;

/** Pictures that are worse than this at 500 kbit/s, or with the quantizers of the cases, were badly coded. */
const leastPsnr = 33;

/** `nearer` gives what native makes at a rate beyond ours: quality is then compared at our rate. */
function assertNoWorse(ours: Point, native: Point, nearer: (isLarger: boolean) => Point): void {
  if (ours.decibels >= native.decibels - decibelTolerance && ours.bytes <= native.bytes * rateTolerance) return;
  const other = nearer(ours.bytes >= native.bytes);
  const loss = qualityAt(ours.bytes, [native, other]) - ours.decibels;
  const figures = [ours, native, other].map(({ bytes, decibels }) => `${decibels.toFixed(2)} dB in ${bytes} bytes`);
  const [mine, same, second] = figures;
  assert.ok(loss <= decibelTolerance, `${mine}; native ffmpeg ${same}, and ${second}: ${loss.toFixed(2)} dB worse`);
}

function assertSize(ours: Point, native: Point): void {
  assert.ok(ours.bytes <= native.bytes * rateTolerance, `${ours.bytes} bytes, native ffmpeg ${native.bytes}`);
}

describe('encoders beside native ffmpeg', { skip: nativeAbsent }, () => {
  let folder: string;
  let clips: Record<8 | 10, Clip>;
  let sound: Sound;

  before(() => {
    // More threads divide pictures into tiles and slices, which native ffmpeg would have to be told to do too.
    setThreads(1);
    folder = mkdtempSync(join(tmpdir(), 'everycodec-quality-'));
    clips = { 8: makeClip(folder, 320, 240, frameCount, 8), 10: makeClip(folder, 320, 240, frameCount, 10) };
    sound = makeSound(folder, 48_000, 2, 6);
  });

  after(() => {
    setThreads(undefined);
    rmSync(folder, { recursive: true });
  });

  async function checkVideo(wanted: VideoCase): Promise<void> {
    const clip = clips[wanted.bitDepth];
    const ours = await encodeOurs(folder, wanted, clip);
    assert.equal(Buffer.compare(ours.native, ours.own), 0, 'native ffmpeg decodes other pictures than we do');
    assert.ok(ours.decibels > leastPsnr, `${ours.decibels.toFixed(2)} dB`);
    if (!wanted.library || !hasEncoder(wanted.library)) return;
    const native = encodeNative(folder, wanted, clip);
    assertNoWorse(ours, native, (isLarger) => encodeNativeNear(folder, wanted, clip, isLarger));
    // With one quantizer, versions of a library weigh size against quality differently: equal rates tell.
    if (wanted.quantizer === undefined) assertSize(ours, native);
  }

  for (const wanted of videoCases) test(wanted.name, () => checkVideo(wanted));

  async function checkLossy(wanted: AudioCase): Promise<void> {
    const ours = await encodeOursAudio(folder, wanted, sound);
    if (!hasEncoder(wanted.library)) return;
    const bitrate = wanted.config.bitrate!;
    const native = encodeNativeAudio(folder, wanted, sound, bitrate);
    assert.equal(ours.delay, native.delay, 'frames of priming');
    assertSize(ours, native);
    const distance = ours.distance - native.distance;
    assert.ok(distance <= decibelTolerance, `${distance.toFixed(2)} dB further from the source than native ffmpeg`);
    // FFmpeg's AAC puts noise in the place of noise: the waveform tells nothing there, and less so with more bits.
    if (wanted.codec === 'aac') return;
    assertNoWorse(ours, native, () => encodeNativeAudio(folder, wanted, sound, 1.25 * bitrate));
  }

  /** Lossless, or without any choice. */
  async function checkExact(wanted: AudioCase): Promise<void> {
    const ours = await encodeOursAudio(folder, wanted, sound);
    const native = encodeNativeAudio(folder, wanted, sound);
    assert.deepEqual(ours.samples, native.samples);
    assertSize(ours, native);
  }

  for (const wanted of audioCases) {
    test(wanted.name, () => (wanted.config.bitrate ? checkLossy(wanted) : checkExact(wanted)));
  }
});
