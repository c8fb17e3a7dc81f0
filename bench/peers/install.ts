/** Other WebAssembly builds, from npm; they lie in the cache folder, and are no part of this package. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, Unavailable } from '../measure.ts';
import { cacheFolder } from '../media.ts';

export const peerVersions = {
  '@ffmpeg/core': '0.12.10',
  '@libav.js/variant-webm-vp9': '6.10.9',
  '@libav.js/variant-av1-opus': '6.10.9',
  'libavjs-webcodecs-polyfill': '0.5.5',
} as const;

let outcome: string | Unavailable | undefined;

function install(): string | Unavailable {
  const folder = join(cacheFolder, 'peers');
  const packages = Object.entries(peerVersions).map(([name, version]) => `${name}@${version}`);
  const mark = join(folder, `${packages.join().replaceAll('/', '+')}.installed`);
  if (existsSync(mark)) return folder;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  // Its own patience is minutes.
  const options = ['--prefix', folder, ...quiet, '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  try {
    run('npm', ['install', ...options, ...packages]);
  } catch (error) {
    const { cause, message } = error as Error;
    return new Unavailable(`npm cannot get it (${/npm error code (\w+)/.exec(String(cause))?.[1] ?? message})`);
  }
  writeFileSync(mark, '');
  return folder;
}

/** The folder in which they are installed; a file there need not exist to be the base of a require(). */
export function peers(): string {
  outcome ??= install();
  if (outcome instanceof Unavailable) throw outcome;
  return outcome;
}
