/** The packs: which one serves which codec, and how its files are found and compiled. */
import type { VideoCodecName } from '../engine/engine.ts';
import { assetUrl, readAsset } from '../platform/platform.ts';
import type { SessionParameters } from './messages.ts';

type VideoPack = 'avc' | 'hevc' | 'vpx' | 'av1';
export type PackName = `${VideoPack}-${'decode' | 'encode'}` | 'audio-decode' | 'audio-encode' | 'image';

const videoPacks: Record<VideoCodecName, VideoPack> = { avc: 'avc', hevc: 'hevc', vp8: 'vpx', vp9: 'vpx', av1: 'av1' };

/** The pack that a session needs. */
export function packFor(parameters: SessionParameters): PackName {
  switch (parameters.kind) {
    case 'video-decoder':
      return `${videoPacks[parameters.codec]}-decode`;
    case 'video-encoder':
      return `${videoPacks[parameters.codec]}-encode`;
    case 'audio-decoder':
      return 'audio-decode';
    case 'audio-encoder':
      return 'audio-encode';
    case 'image-decoder':
      return 'image';
  }
}

export interface LoadedPack {
  /** Address of the module's JavaScript. */
  glue: string;
  module: WebAssembly.Module;
}

const loaded = new Map<string, Promise<LoadedPack>>();

async function compile(file: string): Promise<LoadedPack> {
  const bytes = await readAsset(assetUrl(`./wasm/${file}.wasm`));
  return {
    glue: assetUrl(`./wasm/${file}.js`).href,
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
