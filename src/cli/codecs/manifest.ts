import { readFileSync } from 'node:fs';
import { CommandError, reasonOf } from '../errors.ts';
import { packageRoot } from '../package-root.ts';

/** What is used of dist/wasm/manifest.json. */
export interface Manifest {
  packs: Readonly<Record<string, ManifestPack>>;
}

export interface ManifestPack {
  /** Versions. */
  libraries: Readonly<Record<string, string>>;
  files: Readonly<Record<string, { bytes: number; brotliBytes: number }>>;
}

export function readManifest(url: URL = new URL('dist/wasm/manifest.json', packageRoot())): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(url, 'utf8')) as Partial<Manifest>;
    if (!manifest.packs) throw new Error('it lists no packs');
    return { packs: manifest.packs };
  } catch (error) {
    throw new CommandError(`the list of packs cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
