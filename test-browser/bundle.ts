/** Makes of a test file, with all that it imports, a module for a page; everycodec itself stays outside. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { mediaFolder } from '../test/support/media.ts';
import { nodeCallsPath } from './node-calls.ts';

const ownModule = (name: string): string => fileURLToPath(new URL(`./node/${name}.ts`, import.meta.url));

const redirect: Plugin = {
  name: 'node-in-a-page',
  setup({ onResolve }) {
    onResolve({ filter: /^everycodec$/ }, () => ({ path: '/dist/browser/index.js', external: true }));
    onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const module = ownModule(path.slice('node:'.length).replace('/', '-'));
      return existsSync(module) ? { path: module } : { errors: [{ text: `${importer} needs ${path} in a page` }] };
    });
  },
};

const bundles = new Map<string, Promise<string>>();

export function bundle(file: string): Promise<string> {
  const made = bundles.get(file) ?? makeBundle(file);
  bundles.set(file, made);
  return made;
}

async function makeBundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [redirect],
    inject: [ownModule('globals')],
    define: {
      global: 'globalThis',
      nodeCallsPath: JSON.stringify(nodeCallsPath),
      mediaFolder: JSON.stringify(mediaFolder),
    },
  });
  return outputFiles[0]!.text;
}
