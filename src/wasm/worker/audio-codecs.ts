/** Numbers that the audio packs' glue shares (emscripten/glue/audio-codec.h). */
import type { AudioCodecName } from '../../engine/engine.ts';

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
