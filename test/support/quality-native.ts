/** Native ffmpeg as an encoder and decoder that the quality test measures by. */
import { spawnSync } from 'node:child_process';

/** Runs ffmpeg, which must have nothing to complain of; returns what it writes to its standard output. */
export function ffmpeg(args: readonly string[]): Uint8Array<ArrayBuffer> {
  const result = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1 << 30 });
  const complaint = result.error?.message ?? result.stderr.toString().trim();
  if (result.status !== 0 || complaint) throw new Error(`ffmpeg ${args.join(' ')}: ${complaint || result.status}`);
  // A copy, because a Buffer may lie anywhere in its memory.
  return Uint8Array.from(result.stdout);
}

const encoders = new Set(
  (spawnSync('ffmpeg', ['-v', 'error', '-encoders'], { encoding: 'utf8' }).stdout ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[1]),
);

/** Whether the ffmpeg that is installed was built with an encoder. */
export const hasEncoder = (name: string): boolean => encoders.has(name);
