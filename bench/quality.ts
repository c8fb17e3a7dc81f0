/** Prints every encoder's output beside native ffmpeg's with the same library and settings; `npm test` asserts it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setThreads } from 'everycodec';
import { audioCases, videoCases } from '../test/support/quality-cases.ts';
import { makeClip, makeSound } from '../test/support/quality-clip.ts';
import {
  encodeNative,
  encodeNativeAudio,
  encodeNativeNear,
  encodeOurs,
  encodeOursAudio,
} from '../test/support/quality-compare.ts';
import { excessBytes, type Point, qualityAt } from '../test/support/quality-measure.ts';

const pattern = new RegExp(process.argv[2] ?? '', 'i');
const frames = Number(process.argv[3] ?? 45);
const folder = mkdtempSync(join(tmpdir(), 'everycodec-quality-'));
setThreads(1);

const decibels = (value: number): string => value.toFixed(2);
const percent = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(1)} %`;

function print(name: string, ours: Point, native: readonly Point[], seconds: number): void {
  const cells = [name, decibels(ours.decibels), `${ours.bytes}`];
  const [same, other] = native;
  if (same && other) {
    const gain = ours.decibels - qualityAt(ours.bytes, [same, other]);
    const excess = excessBytes(ours, [same, other]);
    cells.push(decibels(same.decibels), `${same.bytes}`, percent(100 * (ours.bytes / same.bytes - 1)));
    cells.push(`${gain >= 0 ? '+' : ''}${decibels(gain)} dB`, percent(excess));
  }
  console.log(`| ${cells.join(' | ')} | ${seconds.toFixed(1)} s |`);
}

const clips = { 8: makeClip(folder, 320, 240, frames, 8), 10: makeClip(folder, 320, 240, frames, 10) };
for (const wanted of videoCases.filter(({ name }) => pattern.test(name))) {
  const clip = clips[wanted.bitDepth];
  const begin = performance.now();
  const ours = await encodeOurs(folder, wanted, clip);
  const same = Buffer.compare(ours.native, ours.own) === 0 ? '' : ' [OTHER PICTURES]';
  const native = wanted.library ? [encodeNative(folder, wanted, clip)] : [];
  if (native[0]) native.push(encodeNativeNear(folder, wanted, clip, ours.bytes >= native[0].bytes));
  print(wanted.name + same, ours, native, (performance.now() - begin) / 1000);
}
const sound = makeSound(folder, 48_000, 2, 6);
for (const wanted of audioCases.filter(({ name }) => pattern.test(name))) {
  const begin = performance.now();
  const ours = await encodeOursAudio(folder, wanted, sound);
  const { bitrate } = wanted.config;
  const rates = bitrate ? [bitrate, 1.25 * bitrate] : [0];
  const native = rates.map((rate) => encodeNativeAudio(folder, wanted, sound, rate));
  const distances = `(distance ${decibels(ours.distance)}, native ${decibels(native[0]!.distance)} delay ${ours.delay} ${native[0]!.delay})`;
  print(`${wanted.name} ${distances}`, ours, native, (performance.now() - begin) / 1000);
}
if (process.env.KEEP) console.log(folder);
else rmSync(folder, { recursive: true });
