/** The clips that the benchmark works on, made once with native ffmpeg and kept in a cache folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder = join(
  process.env.EVERYCODEC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'everycodec'),
  'bench',
);

/** Test pattern, fractal zoom and noise: detail that moves, and that no codec gets for nothing. */
const picture = (size: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=30:duration=10`],
  ...['-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=30`],
  ...['-filter_complex', '[0:v][1:v]blend=all_mode=average,noise=alls=6:allf=t,format=yuv420p', '-t', '10', '-g', '60'],
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
  '720p.yuv': [...picture('1280x720'), '-frames:v', '150', '-f', 'rawvideo'],
};

/** The path of a clip; made if it is not there. */
export function clip(name: string): string {
  const recipe = recipes[name];
  if (!recipe) throw new Error(`no recipe for ${name}`);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const partial = join(folder, `partial-${name}`);
  process.stderr.write(`making ${name} …\n`);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...recipe, partial], { stdio: 'inherit' });
  renameSync(partial, path);
  return path;
}
