/** Encoding video in realtime, beside the same libraries. */
import { fileURLToPath } from 'node:url';
import { type Measurement, native, ours, run, Unavailable } from '../measure.ts';
import { clip, framerate, rawFrames } from '../media.ts';
import { figure, least, most, type Row, rate, type Table } from '../table.ts';
import { gain, memory, type Options, present, ratioTo, stall } from './common.ts';
import { core, type LibAVEncoding, libavEncode } from './peers.ts';

export const bitrate = 2_500_000;
const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '1280x720', '-r', `${framerate}`];
const constant = ['-minrate', '2500k', '-maxrate', '2500k'];
/** The settings of emscripten/glue/vpx-encoder.c; a positive speed would follow the clock in VP8. */
const realtime = (speed: number) => [
  ...['-deadline', 'realtime', '-cpu-used', `${speed}`, '-static-thresh', '1', '-lag-in-frames', '0'],
  ...constant,
];

export interface VideoEncoding {
  name: string;
  codec: string;
  goal: number;
  /** Options of ffmpeg, or the program of bench/native/ where Debian's ffmpeg has no such encoder. */
  native: readonly string[] | 'openh264' | 'kvazaar';
  core?: readonly string[];
  libav?: LibAVEncoding;
}

const libvpx = ['-c:v', 'libvpx', ...realtime(-6)];

export const videoEncodings: readonly VideoEncoding[] = [
  {
    name: 'H.264 (OpenH264)',
    codec: 'avc1.42e01f',
    goal: 0.5,
    native: 'openh264',
    core: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
  },
  {
    name: 'VP8 (libvpx)',
    codec: 'vp8',
    goal: 0.6,
    native: libvpx,
    core: libvpx,
    libav: { variant: 'webm-vp9', encoder: 'libvpx', amount: rawFrames, options: ['deadline=realtime', 'cpu-used=-6'] },
  },
  {
    name: 'VP9 (libvpx)',
    codec: 'vp09.00.31.08',
    goal: 0.6,
    native: ['-c:v', 'libvpx-vp9', '-row-mt', '1', '-aq-mode', '3', ...realtime(8)],
    libav: { variant: 'webm-vp9', encoder: 'libvpx-vp9', amount: 40, options: ['deadline=realtime', 'cpu-used=8'] },
  },
  {
    name: 'AV1 (libaom)',
    codec: 'av01.0.05M.08',
    goal: 0.5,
    // The speed of emscripten/glue/aom-encoder.c for this size on one thread; ffmpeg's own option ends at 8.
    native: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-aom-params', 'cpu-used=10', ...constant],
    libav: { variant: 'av1-opus', encoder: 'libaom-av1', amount: 30, options: ['usage=realtime', 'cpu-used=8'] },
  },
  { name: 'HEVC (Kvazaar)', codec: 'hvc1.1.6.L93.B0', goal: 0.75, native: 'kvazaar' },
];

const programs = new Map<string, string | Unavailable>();

/** The path of a native encoder, built the first time. */
function nativeEncoder(name: string): string {
  const built = programs.get(name) ?? buildNativeEncoder(name);
  programs.set(name, built);
  if (built instanceof Unavailable) throw built;
  return built;
}

function buildNativeEncoder(name: string): string | Unavailable {
  try {
    return run('bash', [fileURLToPath(new URL('../native/build.sh', import.meta.url)), name]).stdout.trim();
  } catch (error) {
    return new Unavailable(`native ${name} cannot be built: ${(error as Error).message}`);
  }
}

function encodeNatively(encoder: VideoEncoding['native']): Measurement {
  const path = clip('720p.yuv');
  if (typeof encoder !== 'string') {
    const output = ['-threads', '1', '-b:v', `${bitrate}`, '-f', 'null', '-'];
    return native(rawFrames, [...raw, '-i', path, ...encoder, ...output]);
  }
  const program = nativeEncoder(encoder);
  const begin = performance.now();
  const { stdout } = run(program, [path, '1280', '720', `${bitrate}`, '1']);
  const [, cpu, bytes] = /([\d.]+) CPU-seconds, (\d+) bytes/.exec(stdout)!;
  const wall = (performance.now() - begin) / 1000;
  return { amount: rawFrames, cpu: Number(cpu), wall, bytes: Number(bytes) };
}

/** Of what @ffmpeg/core encodes: x264 takes its time. */
const coreFrames = 90;

function videoEncoding({ name, codec, goal, native, libav, ...peer }: VideoEncoding, options: Options): Row {
  const encodeOurs = (threads: number) => ours('./encode.ts', [clip('720p.yuv'), codec, bitrate], threads);
  const coreOutput = ['-threads', '1', '-b:v', `${bitrate}`, '-frames:v', `${coreFrames}`];
  const coreArgs = peer.core && [...raw, '-i', '720p.yuv', ...peer.core, ...coreOutput];
  return {
    name: `encode ${name}`,
    sides: present({
      native: () => encodeNatively(native),
      one: () => encodeOurs(1),
      two: () => encodeOurs(2),
      core: options.peers && coreArgs ? () => core(coreFrames, '720p.yuv', coreArgs) : undefined,
      libav: options.peers && libav ? () => libavEncode('720p.yuv', libav) : undefined,
    }),
    cells: (runs) => [
      figure(rate(runs.native), 0),
      ratioTo(runs, 'one'),
      `≥ ${figure(goal)}`,
      ratioTo(runs, 'core'),
      ratioTo(runs, 'libav'),
      gain(runs),
      figure(most(runs.two, stall), 0),
      figure(least(runs.two, memory), 0),
    ],
  };
}

export const encoding = (options: Options): Table => ({
  title: 'Encoding 720p in realtime',
  header: [
    'native, frames / CPU-s',
    'everycodec / native',
    'goal',
    '@ffmpeg/core',
    'libav.js',
    'two threads / one (≥ 1.7)',
    'longest stall, ms',
    'memory, MB',
  ],
  note:
    'Native is the same library with its assembly and the same settings: that of ffmpeg, on one thread; OpenH264 and ' +
    'Kvazaar of our versions in our glue, compiled natively. 10 s at 2.5 Mbit/s; @ffmpeg/core has x264 (ultrafast) for H.264.',
  rows: videoEncodings.map((row) => videoEncoding(row, options)),
});
