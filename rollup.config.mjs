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

export default [
  {
    input: { index: 'src/index.ts', auto: 'src/auto.ts', cli: 'src/cli/main.ts' },
    // Everything lies in one folder: assets are found beside the module that asks for them.
    output: {
      dir: 'dist',
      format: 'es',
      chunkFileNames: ({ name }) => (name === 'images' ? 'images.js' : 'everycodec.js'),
    },
    external: [/^node:/, 'mediabunny', 'cli-progress'],
    plugins: [typescript(), commonJsEntries, executable],
  },
  {
    // The worker imports nothing, so that a bundler that copies it copies all of it.
    input: 'src/wasm/worker/main.ts',
    output: { file: 'dist/worker.js', format: 'es', inlineDynamicImports: true },
    external: [/^node:/],
    plugins: [typescript()],
  },
];
