/**
 * `npm run bench [-- ROUNDS [NAME]]` (NAME: only rows that contain it): everycodec beside native ffmpeg on one thread. Runs are interleaved, every
 * figure is a ratio of CPU-seconds (native / ours; the best of each side's rounds), so that a busy machine
 * disturbs both sides alike. Needs ffmpeg with libvpx, libx264 and assembly, as Debian builds it.
 */

import { type Measurement, native, ours } from './measure.ts';
import { clip } from './media.ts';

const rounds = Number(process.argv[2] ?? 3);
const only = process.argv[3] ?? '';

interface Row {
  name: string;
  goal: number;
  native(): Measurement;
  ours(threads: number): Measurement;
}

/** A clip of 10 s, decoded three times: compiling WebAssembly takes 0.4 CPU-seconds in the first of them. */
const times = 3;

const decode = (name: string, file: string, goal: number): Row => ({
  name: `decode ${name} 1080p`,
  goal,
  native: () =>
    native(['-threads', '1', '-stream_loop', `${times - 1}`, '-i', clip(file), '-map', '0:v:0', '-f', 'null', '-']),
  ours: (threads) => ours('./decode.ts', [clip(file), `${times}`], threads),
});

const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '1280x720', '-r', '30'];
const encode = (name: string, codec: string, options: string[], goal: number): Row => ({
  name: `encode ${name} 720p realtime`,
  goal,
  native: () =>
    native([...raw, '-i', clip('720p.yuv'), ...options, '-threads', '1', '-b:v', '2500k', '-f', 'null', '-']),
  ours: (threads) => ours('./encode.ts', [clip('720p.yuv'), codec, '2500000', 'realtime'], threads),
});

const constant = ['-minrate', '2500k', '-maxrate', '2500k'];
const realtime = ['-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', ...constant];

// Goals are what the best WebAssembly build that is published reaches, or more.
const rows: Row[] = [
  decode('H.264', 'h264-1080p.mp4', 0.33),
  decode('HEVC', 'hevc-1080p.mp4', 0.32),
  decode('AV1', 'av1-1080p.mp4', 0.075),
  decode('VP9', 'vp9-1080p.webm', 0.48),
  decode('VP8', 'vp8-1080p.webm', 0.6),
  encode('VP9', 'vp09.00.31.08', ['-c:v', 'libvpx-vp9', '-row-mt', '1', '-aq-mode', '3', ...realtime], 0.35),
  encode('VP8', 'vp8', ['-c:v', 'libvpx', ...realtime], 0.38),
  encode('AV1', 'av01.0.05M.08', ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', ...constant], 0.17),
];

const best = (runs: Measurement[], of: (run: Measurement) => number) => Math.min(...runs.map(of));
const cpu = (run: Measurement) => run.cpu;
const wall = (run: Measurement) => run.wall;

function measure(row: Row): string[] {
  const runs = { native: [] as Measurement[], one: [] as Measurement[], two: [] as Measurement[] };
  for (let round = 0; round < rounds; round++) {
    runs.native.push(row.native());
    runs.one.push(row.ours(1));
    runs.two.push(row.ours(2));
  }
  return [
    row.name,
    best(runs.native, cpu).toFixed(2),
    best(runs.one, cpu).toFixed(2),
    (best(runs.native, cpu) / best(runs.one, cpu)).toFixed(2),
    row.goal.toFixed(2),
    (best(runs.one, wall) / best(runs.two, wall)).toFixed(2),
    Math.max(...runs.two.map((run) => run.stall ?? 0)).toFixed(1),
    best(runs.two, (run) => run.memory ?? 0).toFixed(0),
  ];
}

const header = [
  '',
  'native, CPU-s',
  'ours, CPU-s',
  'ours / native',
  'goal',
  'two threads / one, wall',
  'longest stall, ms',
  'memory, MB',
];
process.stdout.write(`| ${header.join(' | ')} |\n|${'---|'.repeat(header.length)}\n`);
for (const row of rows.filter(({ name }) => name.includes(only)))
  process.stdout.write(`| ${measure(row).join(' | ')} |\n`);
