/**
 * Makes examples/sample.mp4, the file that `npm start` transcodes: ten seconds of H.264 with B-frames
 * and AAC stereo, moov box first. Needs a native ffmpeg with libx264 and libflite (Debian: ffmpeg);
 * nothing else in the project does, so the result is committed.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const output = fileURLToPath(new URL('sample.mp4', import.meta.url));
const seconds = 10;
const rate = 30;
const largestSize = 600_000;

const speech = [
  'This sample has a moving picture,',
  'bee frames, and two channels of sound.',
  'Every frame carries its own number.',
  'Decoded, and encoded again, in web assembly.',
].join(' ');

/** A test pattern over a drifting gradient, and the frame number moving on top. */
const source = `size=640x360:rate=${rate}:duration=${seconds}`;
const picture = [
  `testsrc2=${source},format=yuv420p[pattern]`,
  `gradients=${source}:speed=0.02:c0=0x203070:c1=0xe0a060:nb_colors=2:seed=7,format=yuv420p[gradient]`,
  '[gradient][pattern]blend=all_mode=normal:all_opacity=0.5[blended]',
  "[blended]drawtext=font='DejaVu Sans Mono':text='%{frame_num}':fontsize=64:fontcolor=white:borderw=3:" +
    "x='320-tw/2+180*sin(2*PI*t/5)':y='180-th/2+70*cos(2*PI*t/3)',format=yuv420p[v]",
].join(';');

/** Speech in the middle over a chord, struck twice a second, whose left and right differ. */
const chord = (root: number): string =>
  `0.05*exp(-3*mod(t\\,0.5))*(sin(2*PI*${root}*t)+sin(2*PI*${root}*1.25*t)+sin(2*PI*${root}*1.5*t))`;
const sound = [
  `flite=text='${speech}':voice=slt,aresample=48000,pan=stereo|c0=c0|c1=c0,apad[voice]`,
  `aevalsrc=exprs=${chord(220)}|${chord(277.18)}:s=48000:d=${seconds}[chord]`,
  `[voice][chord]amix=inputs=2:duration=shortest:normalize=0,atrim=duration=${seconds},asetnsamples=1024[a]`,
].join(';');

const result = spawnSync(
  'ffmpeg',
  [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...['-filter_complex', `${picture};${sound}`, '-map', '[v]', '-map', '[a]'],
    ...['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryslow', '-b:v', '360k', '-threads', '1'],
    ...['-x264-params', 'bframes=3:b-pyramid=normal:keyint=90:scenecut=40'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'],
    ...['-c:a', 'aac', '-b:a', '96k', '-t', String(seconds)],
    ...['-fflags', '+bitexact', '-flags', '+bitexact', '-movflags', '+faststart', output],
  ],
  { stdio: 'inherit' },
);
if (result.error) throw result.error;
if (result.status !== 0) process.exit(result.status ?? 1);
const { size } = statSync(output);
if (size > largestSize)
  throw new Error(`${output} is ${size} bytes, more than the ${largestSize} it may be in the repository`);
console.log(`${output}: ${size} bytes`);
