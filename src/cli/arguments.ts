import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AudioCodec, VideoCodec } from 'mediabunny';
import { UsageError } from './errors.ts';
import { type Container, containerFor } from './formats.ts';
import { packageRoot } from './package-root.ts';

export interface Job {
  input: string;
  output: string;
  container: Container;
  overwrite: boolean;
  /** bits per second; undefined: chosen by size and rate. */
  videoBitrate: number | undefined;
  audioBitrate: number | undefined;
}

export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'codecs'; json: boolean }
  | { kind: 'transcode'; job: Job };

export const help = `everycodec: transcodes a media file with WebCodecs.

  everycodec                      transcodes the sample of the package to sample.webm
  everycodec [options] IN OUT     transcodes IN to OUT; the extension of OUT names the container:
                                  .mp4 .mov (H.264, AAC)   .webm .mkv (VP9, Opus)   .m4a .aac (AAC)
                                  .ogg .opus .mka (Opus)   .mp3   .flac   .wav
  everycodec codecs [--json]      prints what can be decoded and encoded, by which library

  --video-codec CODEC     avc, hevc, vp8, vp9, av1
  --audio-codec CODEC     aac, opus, mp3, vorbis, flac, pcm-s16
  --video-bitrate RATE    bits per second; 800k and 2.5M are understood
  --audio-bitrate RATE
  -y, --force             overwrite OUT
  --json                  with codecs: for programs
  -h, --help
  -v, --version

EVERYCODEC_DEBUG=1 prints the stack of an error.`;

const videoCodecs: Record<string, VideoCodec> = {
  avc: 'avc',
  h264: 'avc',
  hevc: 'hevc',
  h265: 'hevc',
  vp8: 'vp8',
  vp9: 'vp9',
  av1: 'av1',
};
const audioCodecs: Record<string, AudioCodec> = {
  aac: 'aac',
  opus: 'opus',
  mp3: 'mp3',
  vorbis: 'vorbis',
  flac: 'flac',
  'pcm-s16': 'pcm-s16',
};

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  force: { type: 'boolean', short: 'y' },
  'video-codec': { type: 'string' },
  'audio-codec': { type: 'string' },
  'video-bitrate': { type: 'string' },
  'audio-bitrate': { type: 'string' },
  json: { type: 'boolean' },
} as const;

export function parseCommand(argv: string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (positionals[0] === 'codecs') return parseCodecs(positionals, values);
  if (values.json) throw new UsageError('--json belongs to codecs');

  const isSample = positionals.length === 0;
  if (!isSample && positionals.length !== 2) throw new UsageError('an input and an output are needed');
  const [input, output] = isSample
    ? [fileURLToPath(new URL('examples/sample.mp4', packageRoot())), 'sample.webm']
    : (positionals as [string, string]);
  const container = containerFor(output);
  if (values['video-codec'] !== undefined) {
    if (!container.videoCodec) throw new UsageError(`${output} holds sound only, --video-codec has no meaning`);
    container.videoCodec = choose(videoCodecs, values['video-codec'], '--video-codec');
  }
  if (values['audio-codec'] !== undefined) {
    container.audioCodec = choose(audioCodecs, values['audio-codec'], '--audio-codec');
  }
  checkFit(container, output);
  return {
    kind: 'transcode',
    job: {
      input,
      output,
      container,
      overwrite: isSample || values.force === true,
      videoBitrate: bitrate(values['video-bitrate'], '--video-bitrate'),
      audioBitrate: bitrate(values['audio-bitrate'], '--audio-bitrate'),
    },
  };
}

/** A file of that name is ./codecs. */
function parseCodecs(positionals: string[], { json = false, ...others }: ReturnType<typeof parse>['values']): Command {
  if (positionals.length > 1) throw new UsageError('codecs takes no files');
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UsageError(`--${other} has no meaning for codecs`);
  return { kind: 'codecs', json };
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ', 1)[0]!);
  }
}

function choose<Codec>(codecs: Record<string, Codec>, name: string, option: string): Codec {
  const codec = codecs[name.toLowerCase()];
  if (!codec) throw new UsageError(`${option} ${name}: known are ${Object.keys(codecs).join(', ')}`);
  return codec;
}

function checkFit({ format, videoCodec, audioCodec }: Container, output: string): void {
  const codecs: string[] = format.getSupportedCodecs();
  for (const codec of [videoCodec, audioCodec]) {
    if (codec && !codecs.includes(codec)) throw new UsageError(`${output}: this container cannot hold ${codec}`);
  }
}

function bitrate(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  const value = match ? Math.round(Number(match[1]) * { '': 1, k: 1e3, M: 1e6 }[match[2] as '' | 'k' | 'M']) : 0;
  if (value <= 0) throw new UsageError(`${option} ${text}: not a bitrate such as 96k or 2.5M`);
  return value;
}
