/** The packs: which one serves which codec, and how its files are found and compiled. */
import type { SessionParameters, VideoCodecName } from '../engine/engine.ts';
import { assetUrl, readModule } from '../platform/platform.ts';

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

const loading = new Map<string, Promise<WebAssembly.Module>>();
const loaded = new Set<string>();

/**
 * The packs that were loaded until now: their names, with `-threads` where they share memory, as in
 * `['avc-decode-threads', 'audio-decode-threads']`.
 */
export const loadedPacks = (): string[] => [...loaded];

/** Why a module could not be compiled, and what helps. */
function explain(error: unknown, file: string): string {
  const message = String(error);
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly here; some secure modes forbid it';
  if (/content security policy|CSP/i.test(message)) {
    return `WebAssembly is forbidden: script-src of the page's CSP needs 'wasm-unsafe-eval' (${message})`;
  }
  const remedy =
    'the file is damaged, or the browser lacks SIMD (Chrome 91, Firefox 89, Safari 16.4 and later have it)';
  return `${file}: ${remedy} (${message})`;
}

async function compile(file: string): Promise<WebAssembly.Module> {
  const url = assetUrl(`wasm/${file}.wasm`);
  const compileModule = await readModule(url);
  let module: WebAssembly.Module;
  try {
    module = await compileModule();
  } catch (error) {
    throw new Error(explain(error, url.href));
  }
  loaded.add(file);
  return module;
}

/** Compiles a pack, once per process. */
export async function loadPack(name: PackName, threads: boolean): Promise<LoadedPack> {
  const file = threads ? `${name}-threads` : name;
  let module = loading.get(file);
  if (!module) {
    module = compile(file);
    loading.set(file, module);
    // A failed read (a network that was away) may succeed the next time.
    module.catch(() => loading.delete(file));
  }
  // Its JavaScript may lie elsewhere by now.
  return { module: await module, glue: assetUrl(`wasm/${file}.js`).href };
}
