/** The order in which the packs' glue numbers the codecs (emscripten/glue/audio-codec.h, video-decoder.h,
 * image-decoder.h). */
import type { AudioCodecName, ImageCodecName, VideoCodecName } from './engine.ts';

export const audioCodecs: readonly AudioCodecName[] = [
  'aac',
  'opus',
  'mp3',
  'flac',
  'vorbis',
  'alaw',
  'ulaw',
  'pcm-u8',
  'pcm-s16',
  'pcm-s24',
  'pcm-s32',
  'pcm-f32',
];

export const videoCodecs: readonly VideoCodecName[] = ['avc', 'hevc', 'vp8', 'vp9', 'av1'];

export const imageCodecs: readonly ImageCodecName[] = ['jpeg', 'png', 'gif', 'webp', 'bmp'];
