/** Makes of a test file, with all that it imports, a module for a page; everycodec itself stays outside. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import * as everycodec from 'everycodec';
import { mediaFolder } from '../test/support/media.ts';
import { nodeCallsPath } from './node-calls.ts';

const ownModule = (name: string): string => fileURLToPath(new URL(`./node/${name}.ts`, import.meta.url));

/** Loads the library where it is imported, and not before everything else, as an import statement would. */
const library = `
  const library = await import('/dist/browser/index.js');
  export const { ${Object.keys(everycodec).join()} } = library;
`;

const redirect: Plugin = {
  name: 'node-in-a-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^everycodec$/ }, () => ({ path: 'everycodec', namespace: 'everycodec' }));
    onResolve({ filter: /./, namespace: 'everycodec' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'everycodec' }, () => ({ contents: library }));
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
    // Not written: sources are named relative to it.
    outdir: dirname(file),
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
