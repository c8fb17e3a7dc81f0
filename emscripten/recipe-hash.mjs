// What a pack is made from, as one hash: its entry in packs.mjs, the flags of its variants, its glue and kernels,
// the build scripts of its libraries and the hashes of their sources. The manifest records it;
// a test compares the two, so that a recipe cannot change without its pack.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packs, variants } from './packs.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

export function recipeHash(pack) {
  const recipe = packs[pack];
  const sources = JSON.parse(read('sources.json'));
  const hash = createHash('sha256');
  hash.update(JSON.stringify([recipe, variants]));
  for (const file of [...recipe.glue, ...recipe.headers]) hash.update(read(`glue/${file}`));
  for (const file of [...Object.keys(recipe.simd ?? {}), ...(recipe.simdHeaders ?? [])])
    hash.update(read(`simd/${file}`));
  for (const name of recipe.libraries) hash.update(read(`libraries/${name}.sh`) + sources[name].sha256);
  return hash.digest('hex');
}
