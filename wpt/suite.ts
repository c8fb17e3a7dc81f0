/** The web-platform-tests suite: where it lies, and which runs its files make. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type TestGlobal = 'window' | 'dedicatedworker';

/** One file and variant to run in one kind of global. */
export interface TestRun {
  /** Path within the suite: 'webcodecs/audio-data.any.js'. */
  file: string;
  /** '' or '?av1'. */
  variant: string;
  global: TestGlobal;
  timeout: 'normal' | 'long';
}

export type SubtestStatus = 'PASS' | 'FAIL' | 'TIMEOUT' | 'NOTRUN' | 'PRECONDITION_FAILED';

export interface SubtestResult {
  name: string;
  status: SubtestStatus;
  message: string | null;
}

export interface RunResult {
  run: TestRun;
  harness: 'OK' | 'ERROR' | 'TIMEOUT' | 'PRECONDITION_FAILED' | 'CRASH';
  /** Why the harness is not OK. */
  message: string | null;
  subtests: SubtestResult[];
}

/** What a file says about itself in its `// META:` comments. */
export interface Metadata {
  scripts: string[];
  globals: string[];
  /** '' if it has none. */
  variants: string[];
  timeout: TestRun['timeout'];
}

/** Milliseconds that web-platform-tests give a file. */
export const timeLimits: Record<TestRun['timeout'], number> = { normal: 10_000, long: 60_000 };

const folder = 'webcodecs';
/** The suite as fetch-suite.ts leaves it, or as a neighbour of the repository. */
const usualPlaces = ['./suite', '../../shared/wpt'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The suite's folder, undefined where there is none: `named`, EVERYCODEC_WPT, or one of the usual places. */
export function findSuite(named: string | undefined = process.env.EVERYCODEC_WPT): string | undefined {
  const places = named ? [resolve(named)] : usualPlaces;
  return places.find((place) => existsSync(join(place, 'resources/testharness.js')) && existsSync(join(place, folder)));
}

/** https://web-platform-tests.org/writing-tests/testharness.html#specifying-test-metadata-in-js-files */
export function metadataOf(source: string): Metadata {
  const metadata: Metadata = { scripts: [], globals: [], variants: [], timeout: 'normal' };
  for (const [, key, value] of source.matchAll(/^\/\/ META: (\w+)=(.*)$/gm)) {
    if (key === 'script') metadata.scripts.push(value!.trim());
    else if (key === 'global') metadata.globals.push(...value!.trim().split(','));
    else if (key === 'variant') metadata.variants.push(value!.trim());
    else if (key === 'timeout' && value!.trim() === 'long') metadata.timeout = 'long';
  }
  if (metadata.variants.length === 0) metadata.variants.push('');
  return metadata;
}

/** The globals a file is for, of the two that WebCodecs is exposed in. */
function globalsOf(file: string, { globals }: Metadata): TestGlobal[] {
  if (!file.endsWith('.any.js')) return ['window'];
  const wanted = globals.flatMap((name) => (name === 'worker' ? ['dedicatedworker'] : [name]));
  if (wanted.length === 0) return ['window', 'dedicatedworker'];
  return (['window', 'dedicatedworker'] as const).filter((name) => wanted.includes(name));
}

const isTest = (name: string): boolean => /\.(any|window)\.js$|(?<!\.helper)\.html$/.test(name);

/** All runs of the suite, in the order of the files' names. */
export function listRuns(suite: string): TestRun[] {
  const files = readdirSync(join(suite, folder)).filter(isTest).sort();
  return files.flatMap((name) => {
    const file = `${folder}/${name}`;
    const isScript = name.endsWith('.js');
    const metadata = isScript
      ? metadataOf(readFileSync(join(suite, file), 'utf8'))
      : { scripts: [], globals: [], variants: [''], timeout: 'long' as const };
    return metadata.variants.flatMap((variant) =>
      globalsOf(file, metadata).map((global) => ({ file, variant, global, timeout: metadata.timeout })),
    );
  });
}

export const describeRun = ({ file, variant, global }: TestRun): string =>
  `${file.slice(folder.length + 1)}${variant} in a ${global === 'window' ? 'window' : 'worker'}`;
