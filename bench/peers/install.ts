/** Other libraries, from npm; they lie in the cache folder, and are no part of this package. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, Unavailable } from '../measure.ts';
import { cacheFolder } from '../media.ts';

/** WebAssembly builds. */
export const peerVersions = {
  '@ffmpeg/core': '0.12.10',
  '@libav.js/variant-webm-vp9': '6.10.9',
  '@libav.js/variant-av1-opus': '6.10.9',
  'libavjs-webcodecs-polyfill': '0.5.5',
} as const;

/** WebCodecs by addons of Node. */
export const nativePeerVersions = {
  'node-webcodecs': '1.3.0',
  // The last one for Node 20.
  '@napi-rs/webcodecs': '1.3.1',
} as const;

export type NativePeer = keyof typeof nativePeerVersions;

const outcomes = new Map<string, string | Unavailable>();

function install(name: string, versions: Readonly<Record<string, string>>): string | Unavailable {
  const folder = join(cacheFolder, name);
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
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

function installed(name: string, versions: Readonly<Record<string, string>>): string {
  const outcome = outcomes.get(name) ?? install(name, versions);
  outcomes.set(name, outcome);
  if (outcome instanceof Unavailable) throw outcome;
  return outcome;
}

/** The folder in which they are installed; a file there need not exist to be the base of a require(). */
export const peers = (): string => installed('peers', peerVersions);

/** The folder of one: where it cannot be had, the others still can. */
export const nativePeer = (name: NativePeer): string =>
  installed(join('native-peers', name), { [name]: nativePeerVersions[name] });
