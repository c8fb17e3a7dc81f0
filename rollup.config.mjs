import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import esbuild from 'rollup-plugin-esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

const typescript = (options) =>
  esbuild({
    target: 'es2022',
    tsconfig: 'tsconfig.json',
    define: { packageVersion: JSON.stringify(version) },
    ...options,
  });

/** One set of classes however they are loaded: the CommonJS entries require the ES modules (Node >= 20.19). */
const commonJsEntries = {
  name: 'commonjs-entries',
  writeBundle() {
    for (const entry of ['index', 'auto']) {
      writeFileSync(`dist/${entry}.cjs`, `module.exports = require('./${entry}.js');\n`);
    }
    // tsc writes the same declarations here once more: in this folder they describe CommonJS.
    mkdirSync('dist/types-commonjs', { recursive: true });
    writeFileSync('dist/types-commonjs/package.json', '{ "type": "commonjs" }\n');
  },
};

const executable = {
  name: 'executable',
  writeBundle: () => chmodSync('dist/cli.js', 0o755),
};

/** Modules that a page has no use for, and what takes their place there. */
const browserModules = {
  'src/accel-native/accel.ts': 'src/accel-native/no-accel.ts',
  'src/platform/node.ts': 'src/platform/browser.ts',
  'src/platform/node-worker.ts': 'src/platform/browser-worker.ts',
  'src/polyfill/canvas-package.ts': 'src/polyfill/no-canvas-package.ts',
  'src/polyfill/worker-threads.ts': 'src/polyfill/no-worker-threads.ts',
  'src/webcodecs/own-dom-rect.ts': 'src/webcodecs/no-own-dom-rect.ts',
};

const browserPlatform = {
  name: 'browser-platform',
  async resolveId(source, importer, options) {
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    const found = Object.entries(browserModules).find(([module]) => resolved?.id.endsWith(`/${module}`));
    return found ? resolved.id.replace(...found) : resolved;
  },
};

/** A classic script has no import.meta: its address is the tag's, or in a worker that of the first stack frame. */
const scriptUrl = {
  name: 'script-url',
  resolveImportMeta: (property) => (property === 'url' ? 'scriptUrl' : null),
  intro: () =>
    'const scriptUrl = globalThis.document?.currentScript?.src || /[a-z-]+:\\/\\/[^\\s)]+?(?=:\\d+:\\d+)/.exec(new Error().stack)?.[0] || location.href;',
};

const worker = (platform, file, options) => ({
  // The worker imports nothing, so that a bundler that copies it copies all of it.
  input: 'src/wasm/worker/main.ts',
  output: { file, format: 'es', inlineDynamicImports: true },
  external: [/^node:/],
  plugins: [...platform, typescript(options)],
});

/** Beside the classes, what only some programs need. */
const parts = ['audio', 'images', 'alpha-encoder', 'hevc-record', 'native'];
const chunkFileNames = ({ name }) => `${parts.includes(name) ? name : 'classes'}.js`;

export default [
  {
    input: { index: 'src/index.ts', auto: 'src/auto.ts', cli: 'src/cli/main.ts' },
    // Everything lies in one folder: assets are found beside the module that asks for them.
    output: { dir: 'dist', format: 'es', chunkFileNames },
    external: [/^node:/, 'mediabunny', 'cli-progress'],
    plugins: [typescript(), commonJsEntries, executable],
  },
  worker([], 'dist/worker.js'),
  {
    input: { index: 'src/index.ts', auto: 'src/auto.ts' },
    output: { dir: 'dist/browser', format: 'es', chunkFileNames },
    plugins: [browserPlatform, typescript()],
  },
  {
    input: 'src/script.ts',
    output: { file: 'dist/browser/everycodec.js', format: 'iife', name: 'everycodec', inlineDynamicImports: true },
    // Nobody bundles it, so it comes as it is served.
    plugins: [browserPlatform, scriptUrl, typescript({ minify: true })],
  },
  // Bundlers copy it as it is.
  worker([browserPlatform], 'dist/browser/worker.js', { minify: true }),
];
