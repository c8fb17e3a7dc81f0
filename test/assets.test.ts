/** The package's files: all are listed; and what a page hears where they do not come, which must say what helps. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser } from '../test-browser/browsers/browser.ts';
import { freePort } from '../test-browser/browsers/free-port.ts';
import { checkRoundTrips } from '../test-browser/pages/check.ts';
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

const folderOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const dist = folderOf('dist');
const pages = folderOf('test-browser/pages');
const removeNative = folderOf('wpt/browser/page');

interface Fault {
  /** Words of the message that say what is wrong, and what helps. */
  message: RegExp;
  /** For the answers to some paths in dist/; null: 404. */
  answer?: (path: string, answer: Answer) => Answer | null;
  /** Of all answers. */
  policy?: string;
  isIsolated?: boolean;
  /** Where the library is to look for its files, if not beside itself. */
  assetBase?: () => string;
  /** Run in the page before all else. */
  before?: string;
  /** Images are decoded all the same. */
  hasImages?: boolean;
  /** It cannot be repaired in a page that is loaded. */
  isFinal?: boolean;
}

const onlyFor =
  (paths: RegExp, replace: (answer: Answer) => Answer | null) =>
  (path: string, answer: Answer): Answer | null =>
    paths.test(path) ? replace(answer) : answer;

const missing = () => null;
const otherPage = () => html('<title>The application</title>');
const withoutIsolation = (answer: Answer): Answer => ({ ...answer, headers: {} });

const wasm = /\.wasm$/;
const worker = /worker\.js$/;
const glue = /^wasm\/.*\.js$/;

let site: Site;
let otherSite: Site;
let deadPort: number;

const faults: Record<string, Fault> = {
  'a missing .wasm': { message: /\.wasm is not there \(404\): .*setAssetBase\(\)/, answer: onlyFor(wasm, missing) },
  'a page in the place of a .wasm': {
    message: /\.wasm is an HTML page: .*setAssetBase\(\)/,
    answer: onlyFor(wasm, otherPage),
  },
  'a .wasm that is cut off': {
    message: /\.wasm: the file is damaged/,
    answer: onlyFor(wasm, (answer) => ({ ...answer, body: answer.body.slice(0, 20_000) })),
  },
  'something else in the place of a .wasm': {
    message: /\.wasm: the file is damaged/,
    answer: onlyFor(wasm, (answer) => ({ ...answer, body: 'version https://git-lfs.github.com/spec/v1' })),
  },
  'a missing worker.js': {
    message: /worker\.js is not there \(404\): .*setAssetBase\(\)/,
    answer: onlyFor(worker, missing),
  },
  'a page in the place of worker.js': {
    message: /worker\.js is an HTML page: .*setAssetBase\(\)/,
    answer: onlyFor(worker, otherPage),
  },
  "a missing pack's JavaScript": {
    message: /\.js could not be imported .*setAssetBase\(\)/,
    answer: onlyFor(glue, missing),
  },
  "a page in the place of a pack's JavaScript": {
    message: /\.js could not be imported .*setAssetBase\(\), as JavaScript/,
    answer: onlyFor(glue, otherPage),
  },
  'a server that is gone': {
    message: /does the server run/,
    assetBase: () => `http://127.0.0.1:${deadPort}/`,
  },
  'another origin that does not share': {
    message: /Access-Control-Allow-Origin and Cross-Origin-Resource-Policy/,
    assetBase: () => `${otherSite.origin}/closed/`,
  },
  'new Worker() that throws': {
    message: /worker-src 'self'.*no workers today/,
    before: "Worker = class { constructor() { throw new Error('no workers today'); } };",
    isFinal: true,
  },
  'a policy without wasm-unsafe-eval': {
    // WebKit says so itself.
    message: /'wasm-unsafe-eval'/,
    policy: "script-src 'self'",
    isFinal: true,
  },
  'a policy against workers': {
    message: /worker\.js was refused: CSP needs worker-src 'self'/,
    policy: "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
    isFinal: true,
  },
  'a policy against blob: workers, where another origin has the files': {
    message: /worker\.js was refused: CSP needs worker-src blob:/,
    policy: "script-src * 'wasm-unsafe-eval'; worker-src 'self'",
    assetBase: () => `${otherSite.origin}/shared/`,
    isFinal: true,
  },
  'a policy against connections': {
    message: /CSP needs connect-src 'self'/,
    policy: "script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'",
    isFinal: true,
  },
  'an isolated page whose worker is not': {
    message: /worker\.js was refused: .*Cross-Origin-Embedder-Policy/,
    answer: onlyFor(worker, withoutIsolation),
    isIsolated: true,
  },
  "an isolated page whose packs' threads are not": {
    message: /-threads\.js was refused: .*Cross-Origin-Embedder-Policy/,
    answer: onlyFor(glue, withoutIsolation),
    isIsolated: true,
    // They have no threads.
    hasImages: true,
  },
};

const names = Object.keys(faults);
const good = -1;
const faultless: Fault = { message: /^$/, isIsolated: true };
/** What is loaded by those alone who use it. */
const withoutParts = -2;
const partsFault: Fault = {
  message: /(audio|images|hevc-record)\.js.*serve the folder dist\//,
  answer: onlyFor(/^browser\/(audio|images|hevc-record)\.js$/, missing),
};

/** The first folder of a path is the number of the fault in which it is to be. */
function respond(path: string): Answer | undefined {
  const [, number, rest] = /^\/(-?\d+)\/(.*)$/.exec(path) ?? [];
  if (number === undefined) return undefined;
  const others = Number(number) === withoutParts ? partsFault : faultless;
  const fault = faults[names[Number(number)] ?? ''] ?? others;
  const headers = {
    ...(fault.isIsolated && isolatingHeaders),
    ...(fault.policy && { 'Content-Security-Policy': fault.policy }),
  };
  const answer = withHeaders(answerFor(rest!, fault), headers);
  if (!answer || !rest!.startsWith('dist/')) return answer;
  return fault.answer ? (fault.answer(rest!.slice('dist/'.length), answer) ?? undefined) : answer;
}

function answerFor(path: string, fault: Fault): Answer | undefined {
  if (path.startsWith('dist/')) return fileOf(dist, path.slice('dist/'.length));
  if (path === 'page.html') return page;
  if (path === 'before.js') return script(fault.before ?? '');
  if (path === 'main.js') return mainScript(fault);
  return fileOf(path === 'remove-native.js' ? removeNative : pages, path);
}

const page = html(
  ...['errors.js', 'remove-native.js', 'before.js'].map((source) => `<script src="${source}"></script>`),
  '<script type="module" src="main.js"></script>',
);

function mainScript(fault: Fault): Answer {
  const { assetBase, isFinal } = fault;
  const base = assetBase ? `setAssetBase(${JSON.stringify(assetBase())});` : '';
  const work = fault === partsFault ? 'failuresOfParts' : 'failures';
  const later = isFinal ? '' : `, '/${good}/dist/'`;
  return script(`import * as everycodec from './dist/browser/index.js';
    import { ${work} } from './failures.js';
    const { setAssetBase } = everycodec;
    ${base}
    globalThis.result = ${work}(everycodec${later});`);
}

interface Failures {
  decoder: unknown[];
  encoder: unknown[];
  image: unknown;
  uncaught: string[];
  later?: unknown;
}

function checkFailures(failures: unknown, { message, hasImages }: Fault): Failures {
  const { decoder, encoder, image } = failures as Failures;
  if (hasImages) assert.deepEqual(image, { name: 'decode() resolved' });
  for (const [kind, errors] of Object.entries({ decoder, encoder, ...(!hasImages && { image: [image] }) })) {
    assert.equal(errors.length, 1, `${kind}: ${JSON.stringify(errors)}`);
    const error = errors[0] as { name: string; message: string };
    assert.equal(error.name, 'NotSupportedError', `${kind}: ${JSON.stringify(error)}`);
    assert.ok(message.test(error.message), `${kind}: ${error.message}`);
  }
  return failures as Failures;
}

describe('the list of files', () => {
  test('has every file of dist/wasm/, and the worker', () => {
    const { packs } = JSON.parse(readFileSync(join(dist, 'wasm/manifest.json'), 'utf8')) as {
      packs: Record<string, { files: object }>;
    };
    const files = Object.values(packs).flatMap((pack) => Object.keys(pack.files).map((file) => `wasm/${file}`));
    const source = readFileSync(folderOf('src/platform/browser-assets.ts'), 'utf8');
    const entries = [...source.matchAll(/^ {2}'(.*)': \(\) => new URL\('(.*)', import\.meta\.url\),$/gm)];
    assert.deepEqual(entries.map(([, name]) => name).sort(), [...files, 'worker.js'].sort());
    for (const [, name, address] of entries) assert.equal(address, name === 'worker.js' ? './worker.js' : `../${name}`);
  });
});

/** A page in a file, with the script tag's build beside it. */
function writeLocalPage(folder: string): void {
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  cpSync(join(pages, 'errors.js'), join(folder, 'errors.js'));
  cpSync(join(removeNative, 'remove-native.js'), join(folder, 'remove-native.js'));
  // Modules cannot be imported there, either.
  const source = ['round-trips', 'failures'].map((name) => readFileSync(join(pages, `${name}.js`), 'utf8'));
  const classic = source.join('\n').replace(/^import .*$|^export /gm, '');
  writeFileSync(join(folder, 'main.js'), `{ ${classic}\n globalThis.result = failures(everycodec); }`);
  const scripts = ['errors.js', 'remove-native.js', 'dist/browser/everycodec.js', 'main.js'];
  writeFileSync(join(folder, 'page.html'), html(...scripts.map((name) => `<script src="${name}"></script>`)).body);
}

for (const browser of ['chromium', 'firefox', 'webkit'] as const) {
  const skip = findBrowser(browser) ? false : `${browser} is not installed`;
  describe(`in ${browser}, one error says what helps`, { skip }, () => {
    let visitor: Visitor;

    before(async () => {
      site = await Site.start(respond);
      otherSite = await Site.start((path) => {
        const [, kind, rest] = /^\/(closed|shared)\/(.*)$/.exec(path) ?? [];
        const answer = rest === undefined ? undefined : fileOf(dist, rest);
        return kind === 'shared' ? withHeaders(answer, sharingHeaders) : answer;
      });
      deadPort = await freePort();
      visitor = await Visitor.start(browser);
    });

    after(() => {
      visitor?.close();
      site.close();
      otherSite.close();
    });

    for (const [number, name] of names.entries()) {
      test(name, async () => {
        const fault = faults[name]!;
        const failures = await visitor.visit(`${site.origin}/${number}/page.html`);
        const { later, uncaught } = checkFailures(failures, fault);
        assert.deepEqual(uncaught, []);
        if (!fault.isFinal) checkRoundTrips(later, fault.isIsolated ? /threads/ : /^wasm \(SIMD\)$/);
      });
    }

    test('missing parts of the library', async () => {
      const failures = await visitor.visit(`${site.origin}/${withoutParts}/page.html`);
      const { uncaught } = checkFailures(failures, partsFault);
      assert.deepEqual(uncaught, []);
    });

    // Firefox lets pages read other files while it is driven by Marionette.
    const skipFile = browser === 'firefox' && 'this Firefox may read files';
    test('a page in a file', { skip: skipFile }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'everycodec-page-'));
      try {
        writeLocalPage(folder);
        const failures = await visitor.visit(pathToFileURL(join(folder, 'page.html')).href);
        const { uncaught } = checkFailures(failures, { message: /open it through a web server/ });
        assert.deepEqual(uncaught, []);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}
