/** Decoding video: natively, in Node, in browsers. */
import type { BrowserName } from '../../test-browser/browsers/browser.ts';
import { decodeInBrowser } from '../browser/decode.ts';
import { type Measurement, native, ours } from '../measure.ts';
import { clip, clipSeconds, framerate } from '../media.ts';
import { figure, least, most, type Row, rate, type Side, type Table } from '../table.ts';
import { gain, memory, type Options, present, ratioTo, stall } from './common.ts';
import { core, type LibAVDecoding, libavDecode } from './peers.ts';

/** Times that a clip is decoded: compiling WebAssembly takes 0.4 CPU-seconds in the first of them. */
const times = 3;
/** In a browser once less: it takes long enough. */
const timesInBrowser = 2;
const clipFrames = clipSeconds * framerate;

interface VideoDecoding {
  name: string;
  file: string;
  goal: number;
  /** ffmpeg's, where the first it finds is not the fastest. */
  decoder?: string;
  core?: boolean;
  libav?: LibAVDecoding;
}

const videoDecodings: readonly VideoDecoding[] = [
  { name: 'H.264', file: 'h264-1080p.mp4', goal: 0.8, core: true },
  { name: 'HEVC', file: 'hevc-1080p.mp4', goal: 0.75, core: true },
  {
    name: 'VP9',
    file: 'vp9-1080p.webm',
    goal: 0.8,
    core: true,
    libav: { variant: 'webm-vp9', decoder: 'libvpx-vp9', packets: clipFrames },
  },
  {
    name: 'VP8',
    file: 'vp8-1080p.webm',
    goal: 0.85,
    core: true,
    libav: { variant: 'webm-vp9', decoder: 'libvpx', packets: clipFrames },
  },
  {
    name: 'AV1',
    file: 'av1-1080p.mp4',
    goal: 0.65,
    decoder: 'libdav1d',
    libav: { variant: 'av1-opus', decoder: 'libaom-av1', packets: clipFrames / 3 },
  },
];

function decodeNatively(amount: number, file: string, repeats: number, decoder?: string): Measurement {
  const decoding = decoder ? ['-c:v', decoder] : [];
  const input = ['-threads', '1', ...decoding, '-stream_loop', `${repeats - 1}`, '-i', clip(file)];
  return native(repeats * amount, [...input, '-map', '0:0', '-f', 'null', '-']);
}

function videoDecoding(row: VideoDecoding, options: Options): Row {
  const { name, file, goal, decoder, libav } = row;
  const inBrowser = (browser: BrowserName): Side | undefined =>
    options.browsers ? () => decodeInBrowser(browser, clip(file), timesInBrowser) : undefined;
  return {
    name: `decode ${name}`,
    sides: present({
      native: () => decodeNatively(clipFrames, file, times, decoder),
      one: () => ours('./decode.ts', [clip(file), times], 1),
      two: () => ours('./decode.ts', [clip(file), times], 2),
      chromium: inBrowser('chromium'),
      firefox: inBrowser('firefox'),
      core: options.peers && row.core ? () => core(clipFrames, file, ['-i', file, '-map', '0:0']) : undefined,
      libav: options.peers && libav ? () => libavDecode('video', file, libav) : undefined,
    }),
    cells: (runs) => [
      figure(rate(runs.native), 0),
      ratioTo(runs, 'one'),
      `≥ ${figure(goal)}`,
      ratioTo(runs, 'chromium'),
      ratioTo(runs, 'firefox'),
      ratioTo(runs, 'core'),
      ratioTo(runs, 'libav'),
      gain(runs),
      figure(most(runs.two, stall), 0),
      figure(least(runs.two, memory), 0),
    ],
  };
}

export const decoding = (options: Options): Table => ({
  title: 'Decoding 1080p',
  header: [
    'native, frames / CPU-s',
    'everycodec / native',
    'goal',
    'in Chromium',
    'in Firefox',
    '@ffmpeg/core',
    'libav.js',
    'two threads / one (≥ 1.85)',
    'longest stall, ms',
    'memory, MB',
  ],
  note:
    'All but the first, and the last three, are frames per CPU-second, native ffmpeg with one thread being 1; everycodec ' +
    'on one thread with start-up and compilation over 30 s of video, in browsers 20 s and the time of all their processes, ' +
    'the peers without. Two threads are compared by wall clock; stall of the event loop and memory are those of two threads.',
  rows: videoDecodings.map((row) => videoDecoding(row, options)),
});
