/** The packed package in the output of bundlers, in browsers and in Node. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type BrowserName, findBrowser } from '../test-browser/browsers/browser.ts';
import { freePort } from '../test-browser/browsers/free-port.ts';
import { checkRoundTrips, withoutThreads, withThreads } from '../test-browser/pages/check.ts';
import { fileOf, html, isolatingHeaders, Site, sharingHeaders, withHeaders } from '../test-browser/pages/site.ts';
import { Visitor } from '../test-browser/pages/visitor.ts';
import { type Installation, installPackage } from './support/packed-package.ts';

const bundlers = ['vite@8.3.8', 'webpack@5.112.2'];

const sources = [
  '../test-browser/bundlers/',
  '../test-browser/pages/round-trips.js',
  '../wpt/browser/page/remove-native.js',
].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** A program in a folder of its own: the package, the bundlers, and the sources of test-browser/bundlers/. */
function install(): Installation | undefined {
  try {
    const installation = installPackage(...bundlers);
    for (const source of sources) {
      const name = source.endsWith('/') ? '' : source.slice(source.lastIndexOf('/'));
      cpSync(source, join(installation.folder, name), { recursive: true });
    }
    return installation;
  } catch (error) {
    // Without a registry there are no bundlers.
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(String(error))) return undefined;
    throw error;
  }
}

const installation = install();
const skip = installation ? false : `npm cannot get ${bundlers.join(' and ')}`;
const folder = installation?.folder ?? '';
const pageOf = (source: string) => html(`<script type="module" src="${source}"></script>`).body as string;

const viteProgram = join(folder, 'node_modules/vite/bin/vite.js');

/** The page of `root` is the program; what is built from it lies in out/. */
function buildWithVite(root: string, output: string, ...options: string[]): void {
  const args = ['build', root, '--outDir', join(folder, 'out', output), '--logLevel', 'error', ...options];
  execFileSync(process.execPath, [viteProgram, ...args], { cwd: folder });
}

function writeVitePages(): void {
  writeFileSync(join(folder, 'index.html'), pageOf('./auto.js'));
  mkdirSync(join(folder, 'worker'));
  writeFileSync(join(folder, 'worker/index.html'), pageOf('../in-worker.js'));
}

const webpackEntries = { auto: 'auto.js', required: 'required.cjs', worker: 'in-worker.js' };

/** webpack's own interface, as its command does nothing more; it writes one file per entry. */
function buildWithWebpack(): void {
  const options = {
    mode: 'production',
    context: folder,
    entry: Object.fromEntries(Object.entries(webpackEntries).map(([name, file]) => [name, `./${file}`])),
    output: { path: join(folder, 'out/webpack') },
  };
  const program = `
    import webpack from 'webpack';
    webpack(${JSON.stringify(options)}, (error, stats) => {
      if (error) throw error;
      const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
      // What it says of large files is for the program's author to judge.
      const problems = [...errors, ...warnings.filter(({ message }) => !/size limit|performance/.test(message))];
      if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\\n'));
    });`;
  writeFileSync(join(folder, 'webpack.mjs'), program);
  execFileSync(process.execPath, ['webpack.mjs'], { cwd: folder });
  for (const name of Object.keys(webpackEntries)) {
    writeFileSync(join(folder, `out/webpack/${name}.html`), pageOf(`./${name}.js`));
  }
}

async function buildWithEsbuild(): Promise<void> {
  const options = {
    absWorkingDir: folder,
    bundle: true,
    outdir: 'out/esbuild',
    minify: true,
    logLevel: 'error',
  } as const;
  await build({ ...options, entryPoints: ['asset-base.js'], format: 'esm' });
  // In an IIFE nothing knows where it lies.
  const withoutAddress = { 'empty-import-meta': 'silent' } as const;
  await build({ ...options, entryPoints: ['no-asset-base.js'], format: 'iife', logOverride: withoutAddress });
  for (const name of ['asset-base', 'no-asset-base']) {
    writeFileSync(join(folder, `out/esbuild/${name}.html`), pageOf(`./${name}.js`));
  }
  cpSync(join(installation!.packageFolder, 'dist'), join(folder, 'out/esbuild/everycodec'), { recursive: true });
}

/** The output of one bundler at the root of a site, whose pages are cross-origin isolated or not. */
const serveOutput = (name: string, isIsolated: boolean): Promise<Site> =>
  Site.start((path) => withHeaders(fileOf(join(folder, 'out', name), path), isIsolated ? isolatingHeaders : {}));

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Tells what the output has, and that it has all packs once. */
function checkFiles(context: TestContext, output: string): void {
  const files = readdirSync(join(folder, output), { withFileTypes: true }).filter((entry) => entry.isFile());
  const sizeOf = (name: string) => statSync(join(folder, output, name)).size;
  const sizes = (ending: string) =>
    files
      .map(({ name }) => name)
      .filter((name) => name.endsWith(ending))
      .map(sizeOf);
  const total = (ending: string) => sizes(ending).reduce((sum, size) => sum + size, 0);
  context.diagnostic(
    `${output}: ${sizes('.js').length} .js ${megabytes(total('.js'))}, ${sizes('.wasm').length} .wasm ${megabytes(total('.wasm'))}`,
  );
  const wasm = join(installation!.packageFolder, 'dist/wasm');
  const packs = readdirSync(wasm).filter((name) => name.endsWith('.wasm'));
  const sorted = (list: number[]) => list.sort((a, b) => a - b);
  assert.deepEqual(sorted(sizes('.wasm')), sorted(packs.map((name) => statSync(join(wasm, name)).size)));
  const workers = files.filter(
    ({ name }) =>
      name.endsWith('.js') && readFileSync(join(folder, output, name), 'utf8').includes('the codec crashed'),
  );
  assert.equal(workers.length, 1, 'the worker is there once');
}

/** Shows pages of an output in a browser. */
async function checkPages(visitor: Visitor, output: string, pages: readonly string[]): Promise<void> {
  for (const isIsolated of [true, false]) {
    const site = await serveOutput(output, isIsolated);
    try {
      for (const page of pages) {
        checkRoundTrips(await visitor.visit(`${site.origin}/${page}.html`), isIsolated ? withThreads : withoutThreads);
      }
    } finally {
      site.close();
    }
  }
}

/** Vite's development server; isolated by the one setting that this takes. */
async function startVite(): Promise<{ origin: string; server: ChildProcess }> {
  writeFileSync(
    join(folder, 'vite.config.mjs'),
    `export default { server: { headers: ${JSON.stringify(isolatingHeaders)} } };`,
  );
  const port = await freePort();
  const args = [viteProgram, '--host', '127.0.0.1', '--port', String(port), '--strictPort', '--logLevel', 'error'];
  const server = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const origin = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(origin).then(
      ({ ok }) => ok,
      () => false,
    );
  while (server.exitCode === null && !(await isReady())) await delay(50);
  return { origin, server };
}

function inBrowser(name: BrowserName, work: (visitor: () => Visitor) => void): void {
  const skip = findBrowser(name) ? false : `${name} is not installed`;
  describe(`in ${name}`, { skip }, () => {
    let visitor: Visitor;
    before(async () => {
      visitor = await Visitor.start(name);
    });
    after(() => visitor?.close());
    work(() => visitor);
  });
}

describe('bundlers', { skip }, () => {
  after(() => installation!.remove());

  test('Vite has all files, once', (context) => {
    writeVitePages();
    buildWithVite('.', 'vite');
    buildWithVite('worker', 'vite-worker');
    checkFiles(context, 'out/vite/assets');
  });

  test('webpack has all files, once', (context) => {
    buildWithWebpack();
    checkFiles(context, 'out/webpack');
  });

  test('esbuild, with dist/ copied beside its output', async () => {
    await buildWithEsbuild();
  });

  test('esbuild for Node', async () => {
    await build({
      absWorkingDir: folder,
      entryPoints: ['server.js'],
      bundle: true,
      outfile: 'server-bundle.mjs',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const run = (environment: NodeJS.ProcessEnv) =>
      JSON.parse(
        execFileSync(process.execPath, ['server-bundle.mjs'], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, ...environment },
          timeout: 60_000,
        }),
      );
    checkRoundTrips(run({ EVERYCODEC_THREADS: '2' }), withThreads);
    checkRoundTrips(run({ EVERYCODEC_THREADS: '0' }), withoutThreads);
  });

  inBrowser('chromium', (visitor) => {
    test("Vite's output", () => checkPages(visitor(), 'vite', ['index']));
    test("Vite's output, in a worker", () => checkPages(visitor(), 'vite-worker', ['index']));
    test("webpack's output, of modules and of CommonJS", () => checkPages(visitor(), 'webpack', ['auto', 'required']));
    test("webpack's output, in a worker", () => checkPages(visitor(), 'webpack', ['worker']));

    test("Vite's output, on another origin than the page", async () => {
      const output = join(folder, 'out/vite-network');
      const network = await Site.start((path) => withHeaders(fileOf(output, path), sharingHeaders));
      const site = await Site.start((path) => withHeaders(fileOf(output, path), isolatingHeaders));
      try {
        buildWithVite('.', 'vite-network', '--base', `${network.origin}/`);
        checkRoundTrips(await visitor().visit(`${site.origin}/index.html`), withThreads);
      } finally {
        site.close();
        network.close();
      }
    });

    test("esbuild's output, with setAssetBase()", () => checkPages(visitor(), 'esbuild', ['asset-base']));

    test("esbuild's output without it says what is missing", async () => {
      const site = await serveOutput('esbuild', false);
      const error = await visitor()
        .visit(`${site.origin}/no-asset-base.html`)
        .finally(() => site.close());
      const { name, message } = error as { name: string; message: string };
      assert.equal(name, 'NotSupportedError');
      assert.match(message, /setAssetBase\(\)/);
    });

    test("Vite's development server", async () => {
      const { origin, server } = await startVite();
      try {
        checkRoundTrips(await visitor().visit(`${origin}/index.html`), withThreads);
      } finally {
        const ended = once(server, 'exit');
        server.kill();
        await ended;
      }
    });
  });

  inBrowser('firefox', (visitor) => {
    test("Vite's output", () => checkPages(visitor(), 'vite', ['index']));
  });

  inBrowser('webkit', (visitor) => {
    test("webpack's output", () => checkPages(visitor(), 'webpack', ['auto']));
  });
});
