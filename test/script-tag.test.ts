/** The packed package in pages and workers that load it themselves: script tags, importScripts(), import. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type BrowserName, findBrowser } from '../test-browser/browsers/browser.ts';
import { checkRoundTrips, withoutThreads, withThreads } from '../test-browser/pages/check.ts';
import {
  type Answer,
  fileOf,
  html,
  isolatingHeaders,
  Site,
  script,
  sharingHeaders,
  withHeaders,
} from '../test-browser/pages/site.ts';
import { Visitor } from '../test-browser/pages/visitor.ts';
import { type Installation, unpackPackage } from './support/packed-package.ts';

const folderOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A name of this machine that browsers do not trust as they do localhost. */
const insecureHost = 'insecure.test';

let unpacked: Installation;
let site: Site;
/** Another origin. */
let network: Site;

const tag = (source: string, attributes = '') => `<script ${attributes} src="${source}"></script>`;
const module = (source: string) => tag(source, 'type="module"');
const build = 'dist/browser/everycodec.js';
const networkBuild = () => `${network.origin}/${build}`;

/** A page without the browser's own classes. */
const page = (...elements: string[]): Answer => html(tag('errors.js'), tag('remove-native.js'), ...elements);

/** Uses the global of the script tag. */
const useGlobal = `import { roundTrips } from './round-trips.js';
  globalThis.result = roundTrips(globalThis, everycodec);`;

const pages: Record<string, () => Answer> = {
  'same-origin': () => page(tag(build), module('use-global.js')),
  network: () => page(tag(networkBuild()), module('use-global.js')),
  crossorigin: () => page(tag(`${network.origin}/cors/${build}`, 'crossorigin'), module('use-global.js')),
  defer: () => page(tag(build, 'defer'), module('use-global.js')),
  async: () => page(tag(build, 'async'), module('use-later.js')),
  inserted: () => page(module('insert.js'), module('use-later.js')),
  identity: () => page(tag(build), tag(networkBuild()), module('identity.js')),
  gaps: () => html(tag('errors.js'), tag('natives.js'), tag(build, 'data-mode="gaps"'), module('gaps.js')),
  insecure: () => html(tag('errors.js'), tag(build), module('insecure.js')),
  'classic-worker': () => page(module('start-classic-worker.js')),
  'network-worker': () => page(module('start-network-worker.js')),
  'module-worker': () => page(module('start-module-worker.js')),
};

const startWorker = (name: string, type: WorkerType): string => `
  const worker = new Worker('${name}.js', { type: '${type}' });
  globalThis.result = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });`;

const inClassicWorker = (source: string): string => `
  importScripts('remove-native.js', '${source}');
  import('./round-trips.js')
    .then(({ roundTrips }) => roundTrips(globalThis, everycodec))
    .then((result) => postMessage(result), (error) => postMessage(String(error)));`;

const scripts: Record<string, () => string> = {
  'use-global': () => useGlobal,
  'use-later': () => `while (!globalThis.everycodec) await new Promise((resolve) => setTimeout(resolve, 10));
    await import('./use-global.js');`,
  insert: () => `const script = document.createElement('script');
    script.src = '${build}';
    document.head.append(script);`,
  identity: () => `import * as module from './dist/browser/index.js';
    import './dist/browser/auto.js';
    const names = Object.keys(module).filter((name) => module[name] !== everycodec[name]);
    globalThis.result = Promise.resolve({ different: names, isInstalled: VideoFrame === module.VideoFrame });`,
  natives: () => `globalThis.natives = { VideoDecoder: globalThis.VideoDecoder, VideoFrame: globalThis.VideoFrame };`,
  gaps: () => `import { roundTrips } from './round-trips.js';
    globalThis.result = roundTrips(globalThis, everycodec).then((result) => ({
      ...result,
      isCodecOurs: VideoDecoder === everycodec.VideoDecoder && VideoDecoder !== natives.VideoDecoder,
      isFrameNative: VideoFrame === natives.VideoFrame && VideoFrame !== everycodec.VideoFrame,
    }));`,
  insecure: () => `import { roundTrips } from './round-trips.js';
    globalThis.result = roundTrips(globalThis, everycodec).then((result) => ({
      ...result,
      isSecureContext,
      isCodecOurs: VideoDecoder === everycodec.VideoDecoder,
      isFrameNative: VideoFrame !== everycodec.VideoFrame,
    }));`,
  'start-classic-worker': () => startWorker('classic-worker', 'classic'),
  'start-network-worker': () => startWorker('network-worker', 'classic'),
  'start-module-worker': () => startWorker('module-worker', 'module'),
  'classic-worker': () => inClassicWorker(build),
  'network-worker': () => inClassicWorker(networkBuild()),
  'module-worker': () => `import './remove-native.js';
    import './dist/browser/auto.js';
    import * as everycodec from './dist/browser/index.js';
    import { roundTrips } from './round-trips.js';
    roundTrips(globalThis, everycodec).then(postMessage, (error) => postMessage(String(error)));`,
};

/** The policies that the README tells. */
const policies: Record<string, () => string> = {
  'same-origin': () => "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  network: () =>
    `default-src 'self'; script-src 'self' 'wasm-unsafe-eval' ${network.origin}; worker-src blob:; connect-src ${network.origin}`,
};

/** A path begins with a folder that says how it is served: isolated or plain, with a policy or without. */
function respond(path: string): Answer | undefined {
  const [, kind, file] = /^\/([^/]*)\/(.*)$/.exec(path) ?? [];
  if (kind === undefined || file === undefined) return undefined;
  const name = file.replace(/\.\w+$/, '');
  const headers = {
    ...(kind.includes('isolated') && isolatingHeaders),
    ...(kind.includes('policy') && { 'Content-Security-Policy': policies[name]?.() ?? policies['same-origin']!() }),
  };
  return withHeaders(answerFor(file, name), headers);
}

function answerFor(file: string, name: string): Answer | undefined {
  if (file.startsWith('dist/')) return fileOf(unpacked.packageFolder, file);
  if (file.endsWith('.html')) return pages[name]?.();
  if (scripts[name]) return script(scripts[name]());
  return fileOf(folderOf(file === 'remove-native.js' ? 'wpt/browser/page' : 'test-browser/pages'), file);
}

before(async () => {
  unpacked = unpackPackage();
  site = await Site.start(respond);
  network = await Site.start((path) => {
    // Of those that share, not all say by Cross-Origin-Resource-Policy that any page may have their files.
    const isCorsOnly = path.startsWith('/cors/');
    const answer = fileOf(unpacked.packageFolder, isCorsOnly ? path.slice('/cors'.length) : path);
    return withHeaders(answer, isCorsOnly ? { 'Access-Control-Allow-Origin': '*' } : sharingHeaders);
  });
});

after(() => {
  site?.close();
  network?.close();
  unpacked?.remove();
});

type Visit = (path: string, origin?: string) => Promise<unknown>;

function inBrowser(name: BrowserName, work: (visit: Visit) => void): void {
  const skip = findBrowser(name) ? false : `${name} is not installed`;
  describe(`a page in ${name}`, { skip }, () => {
    let visitor: Visitor;
    before(async () => {
      visitor = await Visitor.start(name, [insecureHost]);
    });
    after(() => visitor?.close());
    work((path, origin = site.origin) => visitor.visit(`${origin}/${path}.html`));
  });
}

/** What each browser does with origins, policies and workers in its own way. */
function testEverywhere(visit: Visit): void {
  const both = (name: string, path: string, suffix = '') => {
    test(`${name}, isolated`, async () => checkRoundTrips(await visit(`isolated${suffix}/${path}`), withThreads));
    test(name, async () => checkRoundTrips(await visit(`plain${suffix}/${path}`), withoutThreads));
  };
  both('a script tag', 'same-origin');
  both('a script tag of another origin', 'network');
  test('a script tag with crossorigin, isolated', async () => {
    checkRoundTrips(await visit('isolated/crossorigin'), withThreads);
  });
  both('a script tag under a policy', 'same-origin', '-policy');
  both('a script tag of another origin under a policy', 'network', '-policy');
  test('importScripts() in a worker', async () => {
    checkRoundTrips(await visit('isolated/classic-worker'), withThreads);
  });
  test('import in a worker', async () => checkRoundTrips(await visit('isolated/module-worker'), withThreads));
  test('importScripts() from another origin', async () => {
    checkRoundTrips(await visit('isolated/network-worker'), withThreads);
  });
}

inBrowser('chromium', (visit) => {
  testEverywhere(visit);

  for (const name of ['defer', 'async', 'inserted']) {
    test(`a script tag, ${name}`, async () => checkRoundTrips(await visit(`plain/${name}`), withoutThreads));
  }

  test('two script tags and a module are one library', async () => {
    assert.deepEqual(await visit('plain/identity'), { different: [], isInstalled: true });
  });

  testInsecure(visit);

  test('data-mode="gaps"', async () => {
    const result = (await visit('plain/gaps')) as {
      isCodecOurs: boolean;
      isFrameNative: boolean;
      video: { engines: string[]; frames: number };
      packs: string[];
      uncaught: string[];
    };
    assert.ok(result.isCodecOurs);
    assert.ok(result.isFrameNative);
    assert.deepEqual(result.video.engines, ['native', 'native']);
    assert.equal(result.video.frames, 5);
    // Chromium decodes AAC, and encodes it on some systems.
    assert.deepEqual(
      result.packs.filter((name) => name !== 'audio-encode'),
      [],
    );
    assert.deepEqual(result.uncaught, []);
  });
});

/** Browsers have frames of their own there, but no codecs. */
function testInsecure(visit: Visit): void {
  test('a page of an insecure origin', async () => {
    const result = await visit('plain/insecure', site.origin.replace('127.0.0.1', insecureHost));
    const { isSecureContext, isCodecOurs, isFrameNative } = result as Record<string, boolean>;
    assert.deepEqual([isSecureContext, isCodecOurs, isFrameNative], [false, true, true]);
    checkRoundTrips(result, withoutThreads);
  });
}

inBrowser('firefox', (visit) => {
  testEverywhere(visit);
  testInsecure(visit);
});
inBrowser('webkit', testEverywhere);
