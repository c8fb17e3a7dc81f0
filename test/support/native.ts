/** Native FFmpeg as the reference, where it is installed. */
import { spawnSync } from 'node:child_process';

const version = spawnSync('ffmpeg', ['-hide_banner', '-version'], { encoding: 'utf8' });

/** For the `skip` option of a test. */
export const nativeAbsent: string | false = version.status === 0 ? false : 'no native ffmpeg is installed';

/**
 * The sound of a file as interleaved f32 in its own rate and channel order. Nothing is trimmed: a
 * decoder has no edit list, so neither has its reference.
 */
export function nativeSamples(path: string, inputOptions: string[] = []): Float32Array {
  const edits = /\.(mp4|m4a|mov)$/.test(path) ? ['-ignore_editlist', '1'] : [];
  const result = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', ...edits, '-flags2', '+skip_manual', ...inputOptions],
      ...['-i', path, '-map', '0:a:0', '-f', 'f32le', '-'],
    ],
    { maxBuffer: 1 << 30 },
  );
  if (result.status !== 0) throw new Error(`ffmpeg failed on ${path}: ${result.stderr}`);
  // A copy, because a Buffer may lie anywhere in its memory.
  return new Float32Array(Uint8Array.from(result.stdout).buffer);
}

/** For the `skip` option of a test. */
export const mpg123Absent: string | false =
  spawnSync('mpg123', ['--version']).status === 0 ? false : 'no mpg123 is installed';

/** An MP3 file as mono f32, by a decoder that shares nothing with FFmpeg. */
export function mpg123Samples(path: string): Float32Array {
  const options = ['-q', '-s', '--no-gapless', '--mono', '-e', 'f32'];
  const result = spawnSync('mpg123', [...options, path], { maxBuffer: 1 << 30 });
  if (result.status !== 0) throw new Error(`mpg123 failed on ${path}: ${result.stderr}`);
  return new Float32Array(Uint8Array.from(result.stdout).buffer);
}

/** The pictures of a file in FFmpeg's own pixel format, one after the other; undefined where there is no ffmpeg. */
export function nativeFrames(path: string): Uint8Array | undefined {
  if (nativeAbsent) return undefined;
  const result = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', path, '-f', 'rawvideo', '-'], {
    maxBuffer: 1 << 30,
  });
  return result.status === 0 ? result.stdout : undefined;
}
