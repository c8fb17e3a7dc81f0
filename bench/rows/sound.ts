/** Decoding and encoding sound. */
import { type Measurement, native, ours } from '../measure.ts';
import { clip, soundSeconds } from '../media.ts';
import { figure, least, most, type Row, type Runs, rate, type Table } from '../table.ts';
import { memory, type Options, present, ratioTo, stall } from './common.ts';
import { core, type LibAVDecoding, type LibAVEncoding, libavDecode, libavEncode } from './peers.ts';

interface AudioCoding {
  name: string;
  goal: number;
  /** How often the sound is coded in a run: so often that compiling the pack hardly counts. */
  repeats: number;
  core?: boolean;
}

interface AudioDecoding extends AudioCoding {
  file: string;
  libav?: LibAVDecoding;
}

interface AudioEncoding extends AudioCoding {
  codec: string;
  /** Of ffmpeg. */
  options: readonly string[];
  libav?: LibAVEncoding;
}

const opusOptions = ['-c:a', 'libopus', '-vbr', 'constrained', '-compression_level', '9', '-frame_duration', '20'];

const audioDecodings: readonly AudioDecoding[] = [
  { name: 'AAC', file: 'aac.mp4', goal: 0.85, repeats: 60, core: true },
  {
    name: 'Opus',
    file: 'opus.webm',
    goal: 0.85,
    repeats: 30,
    libav: { variant: 'av1-opus', decoder: 'libopus', packets: 3000 },
  },
];

const audioEncodings: readonly AudioEncoding[] = [
  { name: 'AAC', codec: 'mp4a.40.2', goal: 0.85, repeats: 10, options: ['-c:a', 'aac'], core: true },
  {
    name: 'Opus',
    codec: 'opus',
    goal: 0.85,
    repeats: 10,
    options: opusOptions,
    libav: { variant: 'av1-opus', encoder: 'libopus', amount: 20, options: ['compression_level=9'] },
  },
];

function codeNatively(file: string, repeats: number, output: readonly string[]): Measurement {
  const input = ['-threads', '1', '-stream_loop', `${repeats - 1}`, '-i', clip(file)];
  return native(repeats * soundSeconds, [...input, ...output, '-threads', '1', '-f', 'null', '-']);
}

const audioCells =
  (goal: number) =>
  (runs: Runs): string[] => [
    figure(rate(runs.native), 0),
    ratioTo(runs, 'one'),
    `≥ ${figure(goal)}`,
    ratioTo(runs, 'core'),
    ratioTo(runs, 'libav'),
    figure(most(runs.one, stall), 0),
    figure(least(runs.one, memory), 0),
  ];

function audioDecoding({ name, goal, repeats, file, libav, ...peer }: AudioDecoding, options: Options): Row {
  return {
    name: `decode ${name}`,
    sides: present({
      native: () => codeNatively(file, repeats, []),
      one: () => ours('./audio.ts', ['decode', clip(file), repeats], 1),
      core: options.peers && peer.core ? () => core(soundSeconds, file, ['-i', file]) : undefined,
      libav: options.peers && libav ? () => libavDecode('audio', file, libav) : undefined,
    }),
    cells: audioCells(goal),
  };
}

function audioEncoding(row: AudioEncoding, options: Options): Row {
  const { name, goal, repeats, codec, libav } = row;
  const file = 'sound.wav';
  const output = [...row.options, '-b:a', '128k'];
  return {
    name: `encode ${name}`,
    sides: present({
      native: () => codeNatively(file, repeats, output),
      one: () => ours('./audio.ts', ['encode', clip(file), repeats, codec], 1),
      core: options.peers && row.core ? () => core(soundSeconds, file, ['-i', file, ...output]) : undefined,
      libav: options.peers && libav ? () => libavEncode(file, libav) : undefined,
    }),
    cells: audioCells(goal),
  };
}

export const sound = (options: Options): Table => ({
  title: 'Sound',
  header: [
    'native, s / CPU-s',
    'everycodec / native',
    'goal',
    '@ffmpeg/core',
    'libav.js',
    'longest stall, ms',
    'memory, MB',
  ],
  note: 'Stereo of 48 kHz at 128 kbit/s.',
  rows: [
    ...audioDecodings.map((row) => audioDecoding(row, options)),
    ...audioEncodings.map((row) => audioEncoding(row, options)),
  ],
});
