import { extname } from 'node:path';
import {
  AdtsOutputFormat,
  type AudioCodec,
  FlacOutputFormat,
  MkvOutputFormat,
  MovOutputFormat,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  type OutputFormat,
  type VideoCodec,
  WavOutputFormat,
  WebMOutputFormat,
} from 'mediabunny';
import { UsageError } from './errors.ts';

/** What a file name's extension asks for. */
export interface Container {
  format: OutputFormat;
  /** The codec for pictures unless another is asked for; null: the container holds sound only. */
  videoCodec: VideoCodec | null;
  audioCodec: AudioCodec;
}

const containers: Record<string, () => Container> = {
  '.mp4': () => ({ format: new Mp4OutputFormat(), videoCodec: 'avc', audioCodec: 'aac' }),
  '.m4v': () => ({ format: new Mp4OutputFormat(), videoCodec: 'avc', audioCodec: 'aac' }),
  '.mov': () => ({ format: new MovOutputFormat(), videoCodec: 'avc', audioCodec: 'aac' }),
  '.webm': () => ({ format: new WebMOutputFormat(), videoCodec: 'vp9', audioCodec: 'opus' }),
  '.mkv': () => ({ format: new MkvOutputFormat(), videoCodec: 'vp9', audioCodec: 'opus' }),
  '.mka': () => ({ format: new MkvOutputFormat(), videoCodec: null, audioCodec: 'opus' }),
  '.m4a': () => ({ format: new Mp4OutputFormat(), videoCodec: null, audioCodec: 'aac' }),
  '.aac': () => ({ format: new AdtsOutputFormat(), videoCodec: null, audioCodec: 'aac' }),
  '.ogg': () => ({ format: new OggOutputFormat(), videoCodec: null, audioCodec: 'opus' }),
  '.opus': () => ({ format: new OggOutputFormat(), videoCodec: null, audioCodec: 'opus' }),
  '.mp3': () => ({ format: new Mp3OutputFormat(), videoCodec: null, audioCodec: 'mp3' }),
  '.flac': () => ({ format: new FlacOutputFormat(), videoCodec: null, audioCodec: 'flac' }),
  '.wav': () => ({ format: new WavOutputFormat(), videoCodec: null, audioCodec: 'pcm-s16' }),
};

export function containerFor(path: string): Container {
  const extension = extname(path).toLowerCase();
  const make = containers[extension];
  if (!make) {
    const known = Object.keys(containers).join(' ');
    throw new UsageError(`${path}: the extension does not name a container that can be written (${known})`);
  }
  return make();
}
