/** The clips that the benchmark works on, made once with native ffmpeg and kept in a cache folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Whatever the benchmark makes or gets lies here. */
export const cacheFolder = join(
  process.env.EVERYCODEC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'everycodec'),
  'bench',
);

/** Seconds of the 1080p clips, and of the sounds. */
export const clipSeconds = 10;
export const soundSeconds = 60;
export const framerate = 30;
/** Of 720p.yuv. */
export const rawFrames = clipSeconds * framerate;

/** Test pattern, fractal zoom and noise: detail that moves, and that no codec gets for nothing. */
const picture = (size: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${framerate}:duration=${clipSeconds}`],
  ...['-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=${framerate}`],
  ...['-filter_complex', '[0:v][1:v]blend=all_mode=average,noise=alls=6:allf=t,format=yuv420p'],
  ...['-t', `${clipSeconds}`, '-g', '60'],
];

/** A picture that stands still: next to nothing to decode. */
const still = (size: string) => [
  ...['-f', 'lavfi', '-i', `color=gray:size=${size}:rate=${framerate}`, '-pix_fmt', 'yuv420p'],
  ...['-t', `${clipSeconds}`, '-g', '60'],
];

/** Two voices that glide, in a room full of noise, in stereo. */
const sound = [
  ...['-f', 'lavfi', '-i'],
  [
    'aevalsrc=0.3*sin(440*t*(2+sin(t)))+0.1*sin(2*PI*3000*t)*gt(sin(7*t)\\,0)+0.05*(random(0)-0.5)',
    '0.3*sin(550*t*(2+cos(t)))+0.1*sin(2*PI*5000*t)*gt(sin(5*t)\\,0)+0.05*(random(1)-0.5):s=48000',
  ].join('|'),
  ...['-t', `${soundSeconds}`],
];

const recipes: Record<string, string[]> = {
  'h264-1080p.mp4': [...picture('1920x1080'), '-c:v', 'libx264', '-preset', 'medium', '-b:v', '5M'],
  'vp8-1080p.webm': [
    ...picture('1920x1080'),
    // Four token partitions, which is what VP8's threads divide between them.
    ...['-c:v', 'libvpx', '-deadline', 'good', '-cpu-used', '4', '-slices', '4', '-b:v', '5M'],
  ],
  'vp9-1080p.webm': [
    ...picture('1920x1080'),
    ...['-c:v', 'libvpx-vp9', '-deadline', 'good', '-cpu-used', '4', '-row-mt', '1', '-tile-columns', '2'],
    ...['-b:v', '5M'],
  ],
  'hevc-1080p.mp4': [
    ...picture('1920x1080'),
    ...['-c:v', 'libx265', '-preset', 'medium', '-x265-params', 'log-level=error', '-b:v', '5M'],
  ],
  'av1-1080p.mp4': [...picture('1920x1080'), '-c:v', 'libsvtav1', '-preset', '8', '-b:v', '5M'],
  'still-1080p.webm': [...still('1920x1080'), '-c:v', 'libvpx-vp9', '-lag-in-frames', '0', '-b:v', '1M'],
  'vp8-64.webm': [...picture('64x64'), '-c:v', 'libvpx', '-deadline', 'good', '-cpu-used', '4', '-b:v', '100k'],
  '720p.yuv': [...picture('1280x720'), '-frames:v', `${rawFrames}`, '-f', 'rawvideo'],
  // One key frame with its parameter sets.
  'key-720p.h264': [...picture('1280x720'), '-frames:v', '1', '-c:v', 'libx264', '-f', 'h264'],
  'sound.wav': [...sound, '-c:a', 'pcm_s16le'],
  'aac.mp4': [...sound, '-c:a', 'aac', '-b:a', '128k'],
  'opus.webm': [...sound, '-c:a', 'libopus', '-b:a', '128k'],
};

/** The path of a clip; made if it is not there. */
export function clip(name: string): string {
  const recipe = recipes[name];
  if (!recipe) throw new Error(`no recipe for ${name}`);
  const path = join(cacheFolder, name);
  if (existsSync(path)) return path;
  mkdirSync(cacheFolder, { recursive: true });
  const partial = join(cacheFolder, `partial-${name}`);
  process.stderr.write(`making ${name} …\n`);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...recipe, partial], { stdio: 'inherit' });
  renameSync(partial, path);
  return path;
}
