import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import esbuild from 'rollup-plugin-esbuild';

const typescript = () => esbuild({ target: 'es2022', tsconfig: 'tsconfig.json' });

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

/** The platform layer for pages in place of that for Node. */
const browserPlatform = {
  name: 'browser-platform',
  resolveId(source, importer, options) {
    const match = /^(.*\/platform\/|\.\/)node(-worker)?\.ts$/.exec(source);
    return match && this.resolve(`${match[1]}browser${match[2] ?? ''}.ts`, importer, options);
  },
};

/** A classic script has no import.meta: its address is the tag's, or in a worker that of the first stack frame. */
const scriptUrl = {
  name: 'script-url',
  resolveImportMeta: (property) => (property === 'url' ? 'scriptUrl' : null),
  intro: () =>
    'const scriptUrl = globalThis.document?.currentScript?.src || /[a-z-]+:\\/\\/[^\\s)]+?(?=:\\d+:\\d+)/.exec(new Error().stack)?.[0] || location.href;',
};

const worker = (platform, file) => ({
  // The worker imports nothing, so that a bundler that copies it copies all of it.
  input: 'src/wasm/worker/main.ts',
  output: { file, format: 'es', inlineDynamicImports: true },
  external: [/^node:/],
  plugins: [...platform, typescript()],
});

const chunkFileNames = ({ name }) => (name === 'images' ? 'images.js' : 'classes.js');

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
    plugins: [browserPlatform, scriptUrl, typescript()],
  },
  worker([browserPlatform], 'dist/browser/worker.js'),
];
