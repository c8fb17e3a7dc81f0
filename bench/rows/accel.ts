/** The native engine, with each addon that is there, beside native programs and beside other addons. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Measurement, native, run, script, Unavailable } from '../measure.ts';
import { clip, clipSeconds, framerate, rawFrames } from '../media.ts';
import { type NativePeer, nativePeer, nativePeerVersions } from '../peers/install.ts';
import { cost, figure, least, none, type Row, type Runs, rate, ratio, type Side, type Table } from '../table.ts';
import { memory, type Options, present, stall } from './common.ts';
import { bitrate } from './encoding.ts';

interface Addon {
  /** Of its column. */
  name: string;
  path: string;
}

const places = {
  'the system’s FFmpeg': '../../src/accel-native/build/everycodec-accel.node',
  'FFmpeg linked in': `../../dist/accel/${process.platform}-${process.arch}/everycodec-accel.node`,
};

/** In a process of its own: two copies of FFmpeg need not bear each other. */
const libavcodecOf = (path: string): string =>
  run(process.execPath, ['-p', 'require(process.argv[1]).libavcodec', path]).stdout.trim();

/** Those that are built. */
function findAddons(): Addon[] {
  const found = Object.entries(places).map(([kind, place]) => [kind, fileURLToPath(new URL(place, import.meta.url))]);
  return found
    .filter(([, path]) => existsSync(path!))
    .map(([kind, path]) => ({ name: `${kind}: libavcodec ${libavcodecOf(path!)}`, path: path! }));
}

const peerNames = Object.keys(nativePeerVersions) as NativePeer[];
/** Whatever goes wrong in there is not our fault. */
function peer(name: NativePeer, path: string, args: readonly (string | number)[]): Measurement {
  const folder = nativePeer(name);
  try {
    return script(path, [name, folder, ...args]);
  } catch (error) {
    throw new Unavailable((error as Error).message);
  }
}

const withAddon = (addon: Addon, threads: number | undefined): NodeJS.ProcessEnv => ({
  EVERYCODEC_ACCEL: addon.path,
  ...(threads && { EVERYCODEC_THREADS: String(threads) }),
});

/** A side for each addon, and for each peer. */
function everywhere(
  addons: readonly Addon[],
  { peers }: Options,
  path: string,
  args: () => readonly (string | number)[],
  threads?: number,
): Record<string, Side> {
  const ours = addons.map((addon): [string, Side] => [
    addon.name,
    () => script(path, ['everycodec', '-', ...args()], withAddon(addon, threads)),
  ]);
  const theirs = peers ? peerNames.map((name): [string, Side] => [name, () => peer(name, path, args())]) : [];
  return Object.fromEntries([...ours, ...theirs]);
}

const columns = (addons: readonly Addon[]): string[] => addons.map(({ name }) => name);

const text = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(', ') || none;

const withUnit = (value: number | undefined, digits: number, unit: string): string | undefined =>
  value === undefined ? undefined : `${figure(value, digits)} ${unit}`;

const onThread = (run: Measurement): number | undefined => run.thread && (1000 * run.thread) / run.amount;
const wallOfOne = (run: Measurement): number => (1000 * run.wall) / run.amount;

// Decoding -------------------------------------------------------------------------------------------

const decodings: readonly { name: string; file: string; decoder?: string }[] = [
  { name: 'H.264', file: 'h264-1080p.mp4' },
  { name: 'HEVC', file: 'hevc-1080p.mp4' },
  { name: 'VP8', file: 'vp8-1080p.webm' },
  { name: 'VP9', file: 'vp9-1080p.webm' },
  { name: 'AV1', file: 'av1-1080p.mp4', decoder: 'libdav1d' },
];

/** The side whose event loop is watched. */
const watched = (name: string): string => `${name}, watched`;

function decoding(
  { name, file, decoder }: (typeof decodings)[number],
  addons: readonly Addon[],
  options: Options,
): Row {
  const choice = decoder ? ['-c:v', decoder] : [];
  const output = ['-map', '0:0', '-f', 'null', '-'];
  const watching = everywhere(addons, options, './accel/decode.mjs', () => [clip(file), 'watch']);
  const to = (runs: Runs, side: string) => ratio(cost(runs[side]), cost(runs.native));
  const cell = (runs: Runs, side: string): string =>
    text([
      runs[side] && figure(to(runs, side)),
      withUnit(least(runs[watched(side)], memory), 0, 'MB'),
      withUnit(least(runs[watched(side)], stall), 0, 'ms'),
    ]);
  return {
    name: `decode ${name}`,
    sides: present({
      native: () => native(clipSeconds * framerate, ['-threads', '1', ...choice, '-i', clip(file), ...output]),
      ...everywhere(addons, options, './accel/decode.mjs', () => [clip(file)], 1),
      ...Object.fromEntries(Object.entries(watching).map(([side, make]) => [watched(side), make])),
    }),
    cells: (runs) => [
      withUnit(cost(runs.native), 2, 'ms') ?? none,
      ...addons.map((addon) => cell(runs, addon.name)),
      '≤ 0.97, < 160 MB, < 10 ms',
      ...peerNames.map((peer) => cell(runs, peer)),
    ],
  };
}

const decodingTable = (addons: readonly Addon[], options: Options): Table => ({
  title: '@everycodec/accel: decoding 1080p',
  header: ['ffmpeg -threads 1', ...columns(addons), 'goal', ...peerNames],
  note:
    'CPU time of 300 frames, that of native ffmpeg on one thread (AV1: libdav1d) being 1: everycodec on one thread, the ' +
    'others on theirs; ffmpeg with its start, everycodec with loading its addon. Then the largest resident size and the ' +
    'longest stall of the event loop in another run, after the addon was loaded, everycodec on as many threads as it ' +
    'likes; the least of all rounds, as other processes add to both.',
  rows: decodings.map((row) => decoding(row, addons, options)),
});

// Encoding -------------------------------------------------------------------------------------------

/** Rate control and realtime mode of emscripten/glue/, as far as ffmpeg has names for them. */
const rateControl = [
  ...['-b:v', '2500k', '-minrate', '2500k', '-maxrate', '2500k', '-bufsize', '2500k', '-rc_init_occupancy', '1250k'],
  ...['-undershoot-pct', '50', '-overshoot-pct', '50', '-lag-in-frames', '0', '-g', '3000'],
];
const libvpx = ['-deadline', 'realtime', '-static-thresh', '1', '-max-intra-rate', '900', '-auto-alt-ref', '0'];
const libaom = {
  'cpu-used': 10,
  'deltaq-mode': 0,
  'enable-tpl-model': 0,
  'enable-obmc': 0,
  'enable-warped-motion': 0,
  'enable-global-motion': 0,
  'enable-ref-frame-mvs': 0,
  'enable-order-hint': 0,
  'coeff-cost-upd-freq': 3,
  'mode-cost-upd-freq': 3,
  'mv-cost-upd-freq': 3,
  'cdf-update-mode': 1,
  'enable-palette': 0,
  'max-intra-rate': 900,
};
const libaomParameters = Object.entries(libaom)
  .map((entry) => entry.join('='))
  .join(':');

interface Encoding {
  name: string;
  codec: string;
  /** Of bench/native/build-system.sh. */
  glue: string;
  /** Options of ffmpeg, where it has the encoder. */
  ffmpeg?: readonly string[];
}

const encodings: readonly Encoding[] = [
  { name: 'H.264 (OpenH264)', codec: 'avc1.42e01f', glue: 'openh264' },
  { name: 'VP8 (libvpx)', codec: 'vp8', glue: 'vp8', ffmpeg: ['-c:v', 'libvpx', '-cpu-used', '-6', ...libvpx] },
  {
    name: 'VP9 (libvpx)',
    codec: 'vp09.00.31.08',
    glue: 'vp9',
    ffmpeg: [
      ...['-c:v', 'libvpx-vp9', '-cpu-used', '8', '-aq-mode', '3', '-row-mt', '0', '-tile-columns', '0'],
      ...['-frame-parallel', '0', ...libvpx],
    ],
  },
  {
    name: 'AV1 (libaom)',
    codec: 'av01.0.05M.08',
    glue: 'av1',
    ffmpeg: [
      ...['-c:v', 'libaom-av1', '-usage', 'realtime', '-aq-mode', '3', '-row-mt', '0', '-tile-columns', '0'],
      ...['-aom-params', libaomParameters],
    ],
  },
];

const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '1280x720', '-r', `${framerate}`];

function encodeInGlue(name: string): Measurement {
  const builder = fileURLToPath(new URL('../native/build-system.sh', import.meta.url));
  let program: string;
  try {
    program = run('bash', [builder, name]).stdout.trim();
  } catch (error) {
    throw new Unavailable(`native ${name} cannot be built: ${(error as Error).message}`);
  }
  const begin = performance.now();
  const { stdout } = run(program, [clip('720p.yuv'), '1280', '720', `${bitrate}`, '1']);
  const [, cpu, bytes] = /([\d.]+) CPU-seconds, (\d+) bytes/.exec(stdout)!;
  return { amount: rawFrames, cpu: Number(cpu), wall: (performance.now() - begin) / 1000, bytes: Number(bytes) };
}

function encoding({ name, codec, glue, ffmpeg }: Encoding, addons: readonly Addon[]): Row {
  const output = ['-threads', '1', '-f', 'null', '-'];
  const args = () => [clip('720p.yuv'), codec, bitrate, framerate];
  const ours = addons.map((addon): [string, Side] => [
    addon.name,
    () => script('./accel/encode.mjs', args(), withAddon(addon, 1)),
  ]);
  const cells = (runs: Runs, side: string): string[] => [
    figure(ratio(cost(runs[side]), cost(runs.glue))),
    figure(ratio(cost(runs[side]), cost(runs.ffmpeg))),
    withUnit(least(runs[side], onThread), 2, 'ms') ?? none,
  ];
  return {
    name: `encode ${name}`,
    sides: present({
      glue: () => encodeInGlue(glue),
      ffmpeg:
        ffmpeg && (() => native(rawFrames, [...raw, '-i', clip('720p.yuv'), ...ffmpeg, ...rateControl, ...output])),
      ...Object.fromEntries(ours),
    }),
    cells: (runs) => [
      withUnit(cost(runs.glue), 2, 'ms') ?? none,
      withUnit(cost(runs.ffmpeg), 2, 'ms') ?? none,
      '≤ 1.03',
      ...addons.flatMap((addon) => cells(runs, addon.name)),
    ],
  };
}

const encodingTable = (addons: readonly Addon[]): Table => ({
  title: '@everycodec/accel: encoding 720p in realtime',
  header: [
    ...['glue', 'ffmpeg', 'goal of the ratios'],
    ...addons.flatMap(({ name }) => [`${name} / glue`, 'its / ffmpeg', 'its JavaScript thread']),
  ],
  note:
    'CPU time of a frame with the system’s libraries on one thread, in a program of our own glue alone (bench/native/) ' +
    'and in ffmpeg with the same settings; that of everycodec beside each, and how much of it the thread of JavaScript ' +
    'takes, with reading the file and copying it into a VideoFrame. An FFmpeg linked in comes with newer libraries.',
  rows: encodings.map((row) => encoding(row, addons)),
});

// Calls and pixels -----------------------------------------------------------------------------------

function smallFrames(addons: readonly Addon[], options: Options): Row {
  const to = (runs: Runs, side: string) => ratio(rate(runs[side]), rate(runs['node-webcodecs']));
  const cell = (runs: Runs, side: string): string =>
    text([
      runs[side] && `${figure(rate(runs[side]), 0)} / s`,
      withUnit(least(runs[side], onThread), 3, 'ms'),
      runs['node-webcodecs'] && runs[side] && figure(to(runs, side)),
    ]);
  return {
    name: 'decode() and close(), 64×64 VP8',
    sides: everywhere(addons, options, './accel/small-frames.mjs', () => [clip('vp8-64.webm'), 30], 1),
    cells: (runs) => [
      ...addons.map((addon) => cell(runs, addon.name)),
      '≥ 2',
      ...peerNames.map((peer) => cell(runs, peer)),
    ],
  };
}

const cpuOfOne = (run: Measurement): number => (1000 * run.cpu) / run.amount;

function copyTo(addons: readonly Addon[], options: Options): Row {
  const to = (runs: Runs, side: string) =>
    ratio(least(runs[side], wallOfOne), least(runs['node-webcodecs'], wallOfOne));
  const cell = (runs: Runs, side: string): string =>
    text([
      withUnit(least(runs[side], wallOfOne), 2, 'ms'),
      withUnit(least(runs[side], onThread), 2, 'ms'),
      withUnit(least(runs[side], cpuOfOne), 2, 'ms'),
      runs['node-webcodecs'] && runs[side] && figure(to(runs, side)),
    ]);
  return {
    name: 'copyTo() RGBA, 1080p',
    sides: everywhere(addons, options, './accel/copy-to.mjs', () => [clip('h264-1080p.mp4'), 300]),
    cells: (runs) => [
      ...addons.map((addon) => cell(runs, addon.name)),
      '≤ 1',
      ...peerNames.map((peer) => cell(runs, peer)),
    ],
  };
}

function loading(addons: readonly Addon[], options: Options): Row {
  const cell = (runs: Runs, side: string): string => withUnit(least(runs[side], wallOfOne), 0, 'ms') ?? none;
  return {
    name: 'loading the addon',
    sides: everywhere(addons, options, './accel/load.mjs', () => []),
    cells: (runs) => [
      ...addons.map((addon) => cell(runs, addon.name)),
      '',
      ...peerNames.map((peer) => cell(runs, peer)),
    ],
  };
}

const callsTable = (addons: readonly Addon[], options: Options): Table => ({
  title: '@everycodec/accel: calls and pixels',
  header: [...columns(addons), 'goal', ...peerNames],
  note:
    'Small frames: how many in a CPU-second, the time of JavaScript’s thread for one, and their number, that of ' +
    'node-webcodecs being 1. copyTo(): from the call to its promise, the time of JavaScript’s thread in it, that of all ' +
    'threads, and the first of these, that of node-webcodecs being 1. Loading: so long JavaScript waits, once.',
  rows: [smallFrames(addons, options), copyTo(addons, options), loading(addons, options)],
});

export function accel(options: Options): Table[] {
  const addons = findAddons();
  if (addons.length > 0) return [decodingTable(addons, options), encodingTable(addons), callsTable(addons, options)];
  const absent = 'not measured, as no addon is built (npm run build:accel)';
  return [{ title: '@everycodec/accel', header: [], note: '', rows: [], absent }];
}
