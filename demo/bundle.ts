import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The page's script and style sheet, by their paths on the server. */
export async function bundlePage(): Promise<Map<string, Uint8Array>> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [`${folder}main.ts`, `${folder}style.css`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    // The import map of index.html tells where the built package lies, as a user's page would.
    external: ['everycodec'],
    // package.json speaks of src/ when it says that modules have no effects: here some do.
    ignoreAnnotations: true,
    sourcemap: 'inline',
    outdir: folder,
    write: false,
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${path.slice(folder.length)}`, contents]));
}
