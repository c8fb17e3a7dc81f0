/** The packed package in every runtime for servers that is installed; and importing it, which must change nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../test-browser/browsers/find-program.ts';
import { checkRoundTrips, natively, withoutThreads, withThreads } from '../test-browser/pages/check.ts';
import { addonAbsent, addonPath } from './accel/addon.ts';
import { type Installation, installPackage } from './support/packed-package.ts';

/** A runtime by its program; NODE22 and NODE24 may name others than this one. */
const runtimes: Record<string, { program: string | undefined; args: string[] }> = {
  'this Node': { program: process.execPath, args: [] },
  'Node 22': { program: process.env.NODE22 || findProgram(['node22']), args: [] },
  'Node 24': { program: process.env.NODE24 || findProgram(['node24']), args: [] },
  Deno: {
    program: process.env.DENO || findProgram(['deno']),
    args: ['run', '--allow-read', '--allow-env', '--allow-sys', '--no-lock'],
  },
  Bun: { program: process.env.BUN || findProgram(['bun']), args: ['run'] },
};

/** Permission to load the addon. */
const nativeArgs: Record<string, string[]> = { Deno: ['--allow-ffi'] };

/** Beside the package, as npm would have it: the loader, and the addon as the package of this machine's kind. */
function installAccel(folder: string): void {
  const scope = join(folder, 'node_modules', '@everycodec');
  for (const file of ['index.cjs', 'package.json']) {
    cpSync(new URL(`../src/accel-native/${file}`, import.meta.url), join(scope, 'accel', file));
  }
  const platform = join(scope, `accel-linux-${process.arch}`);
  mkdirSync(platform, { recursive: true });
  cpSync(addonPath, join(platform, 'everycodec-accel.node'));
}

const useIt = `
import 'everycodec/auto';
import * as everycodec from 'everycodec';
import { roundTrips } from './round-trips.mjs';
const work = () => roundTrips(globalThis, everycodec);
`;

const programs: Record<string, string> = {
  'main.mjs': `${useIt} console.log(JSON.stringify(await work()));`,
  'thread.mjs': `${useIt}
    import { parentPort } from 'node:worker_threads';
    parentPort.postMessage(await work());`,
  'start-thread.mjs': `
    import { Worker } from 'node:worker_threads';
    new Worker(new URL('./thread.mjs', import.meta.url)).on('message', (result) => console.log(JSON.stringify(result)));`,
  'globals.mjs': `
    const used = [];
    for (const name of ['document', 'window', 'location']) {
      const own = globalThis[name];
      Object.defineProperty(globalThis, name, { configurable: true, get: () => (used.push(name), own) });
    }
    globalThis.Worker = class {
      constructor() {
        used.push('Worker');
      }
    };
    const before = Reflect.ownKeys(globalThis);
    await import(process.argv[2]);
    const added = Reflect.ownKeys(globalThis).filter((name) => !before.includes(name));
    const isEnumerable = added.some((name) => Object.prototype.propertyIsEnumerable.call(globalThis, name));
    console.log(JSON.stringify({ added: added.map(String), isEnumerable, used }));`,
};

describe('the package', () => {
  let installed: Installation;

  before(() => {
    installed = installPackage();
    const roundTrips = fileURLToPath(new URL('../test-browser/pages/round-trips.js', import.meta.url));
    cpSync(roundTrips, join(installed.folder, 'round-trips.mjs'));
    for (const [name, source] of Object.entries(programs)) writeFileSync(join(installed.folder, name), source);
    if (!addonAbsent) installAccel(installed.folder);
  });

  after(() => installed?.remove());

  /** What a program writes; it has to end by itself. */
  function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): unknown {
    const options = { cwd: installed.folder, env: { ...process.env, ...environment }, timeout: 60_000 } as const;
    return JSON.parse(execFileSync(program, args, { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  for (const [name, { program, args }] of Object.entries(runtimes)) {
    describe(`in ${name}`, { skip: program ? false : `${name} is not installed` }, () => {
      const runWith = (file: string, threads: string) =>
        run(program!, [...args, file], { EVERYCODEC_THREADS: threads, EVERYCODEC_ACCEL: '0' });
      test('with threads', () => checkRoundTrips(runWith('main.mjs', '2'), withThreads));
      test('without threads', () => checkRoundTrips(runWith('main.mjs', '0'), withoutThreads));
      test('in a worker thread', () => checkRoundTrips(runWith('start-thread.mjs', '2'), withThreads));

      // Nothing but the package is there: no variable names the addon.
      const runNatively = (file: string) =>
        run(program!, [...args.slice(0, 1), ...(nativeArgs[name] ?? []), ...args.slice(1), file]);
      test('with @everycodec/accel', { skip: addonAbsent }, () => checkRoundTrips(runNatively('main.mjs'), natively));
      test('with @everycodec/accel, in a worker thread', { skip: addonAbsent }, () =>
        checkRoundTrips(runNatively('start-thread.mjs'), natively),
      );
    });
  }

  describe('imported', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

    for (const [name, file] of [
      ['by Node', 'index.js'],
      ['as a bundler for pages takes it, on a server', 'browser/index.js'],
    ]) {
      test(`${name}: changes nothing, looks for no page, and does not keep the process`, () => {
        const result = run(process.execPath, ['globals.mjs', `./node_modules/everycodec/dist/${file}`]);
        assert.deepEqual(result, { added: [`Symbol(everycodec ${version})`], isEnumerable: false, used: [] });
      });
    }
  });
});
