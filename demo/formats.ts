/** What the transcoder offers. */
import { type AudioCodec, Mp4OutputFormat, type OutputFormat, type VideoCodec, WebMOutputFormat } from 'mediabunny';

export interface Container {
  label: string;
  extension: string;
  mimeType: string;
  /** The first is the default. */
  video: readonly VideoCodec[];
  audio: readonly AudioCodec[];
  makeFormat(): OutputFormat;
}

export const containers: Readonly<Record<string, Container>> = {
  webm: {
    label: 'WebM',
    extension: '.webm',
    mimeType: 'video/webm',
    video: ['vp9', 'vp8', 'av1'],
    audio: ['opus', 'vorbis'],
    makeFormat: () => new WebMOutputFormat(),
  },
  mp4: {
    label: 'MP4',
    extension: '.mp4',
    mimeType: 'video/mp4',
    video: ['avc', 'hevc', 'av1'],
    audio: ['aac', 'opus', 'mp3', 'flac'],
    // The index first, so that what was downloaded plays while it arrives elsewhere.
    makeFormat: () => new Mp4OutputFormat({ fastStart: 'in-memory' }),
  },
};
