/** The packs: which one serves which codec, and how its files are found and compiled. */
import type { AudioCodecName, VideoCodecName } from '../engine/engine.ts';
import { readAsset } from '../platform/platform.ts';
import type { SessionParameters } from './messages.ts';

export type PackName = 'avc-decode' | 'avc-encode' | 'vpx-decode' | 'vpx-encode' | 'audio-decode' | 'audio-encode';

const videoPacks: Record<VideoCodecName, 'avc' | 'vpx'> = { avc: 'avc', vp8: 'vpx', vp9: 'vpx' };

const audioEncoders: ReadonlySet<AudioCodecName> = new Set([
  'aac',
  'opus',
  'flac',
  'alaw',
  'ulaw',
  'pcm-u8',
  'pcm-s16',
  'pcm-s24',
  'pcm-s32',
  'pcm-f32',
]);

/** The pack that a session needs, undefined where no pack has that codec. */
export function packFor(parameters: SessionParameters): PackName | undefined {
  switch (parameters.kind) {
    case 'video-decoder':
      return `${videoPacks[parameters.codec]}-decode`;
    case 'video-encoder':
      return `${videoPacks[parameters.codec]}-encode`;
    case 'audio-decoder':
      return 'audio-decode';
    case 'audio-encoder':
      return audioEncoders.has(parameters.codec) ? 'audio-encode' : undefined;
  }
}

const base = new URL('./wasm/', import.meta.url);

export interface LoadedPack {
  /** Address of the module's JavaScript. */
  glue: string;
  module: WebAssembly.Module;
}

const loaded = new Map<string, Promise<LoadedPack>>();

async function compile(file: string): Promise<LoadedPack> {
  const bytes = await readAsset(new URL(`${file}.wasm`, base));
  return {
    glue: new URL(`${file}.js`, base).href,
    module: await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>),
  };
}

/** Compiles a pack, once per process. */
export function loadPack(name: PackName, threads: boolean): Promise<LoadedPack> {
  const file = threads ? `${name}-threads` : name;
  let pack = loaded.get(file);
  if (!pack) {
    pack = compile(file);
    loaded.set(file, pack);
    // A failed read (a network that was away) may succeed the next time.
    pack.catch(() => loaded.delete(file));
  }
  return pack;
}
