// What a pack is made from, as one hash: its entry in packs.mjs, the flags of its variants, its glue and kernels,
// the build scripts of its libraries and the hashes of their sources. The manifest records it;
// a test compares the two, so that a recipe cannot change without its pack.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { packs, variants } from './packs.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readPatch = (name) =>
  existsSync(new URL(`patches/${name}.patch`, import.meta.url)) ? read(`patches/${name}.patch`) : '';

/** The folder that a library's source, with our patch, is unpacked to. */
export function sourceName(name) {
  const patch = readPatch(name);
  const suffix = patch ? `-${createHash('sha256').update(patch).digest('hex').slice(0, 8)}` : '';
  return `${name}-${JSON.parse(read('sources.json'))[name].version}${suffix}`;
}

/** A library's build script, with our NEON intrinsics and kernels where it uses them. */
export function scriptText(name) {
  const script = read(`libraries/${name}.sh`);
  const kernels = [...script.matchAll(/\$KERNELS\/([\w.-]+)/g)].map(([, file]) => read(`simd/${file}`));
  return script + (script.includes('$NEON') ? read('neon/arm_neon.h') : '') + kernels.join('');
}

/** A module without libraries: its files and flags. */
function standaloneHash(standalone) {
  const hash = createHash('sha256').update(JSON.stringify(standalone));
  for (const file of [...standalone.sources, ...standalone.headers]) hash.update(read(`${standalone.folder}/${file}`));
  return hash.digest('hex');
}

export function recipeHash(pack) {
  const recipe = packs[pack];
  if (recipe.standalone) return standaloneHash(recipe.standalone);
  const sources = JSON.parse(read('sources.json'));
  const hash = createHash('sha256');
  hash.update(JSON.stringify([recipe, variants]));
  for (const file of [...recipe.glue, ...recipe.headers]) hash.update(read(`glue/${file}`));
  for (const file of [...Object.keys(recipe.simd ?? {}), ...(recipe.simdHeaders ?? [])])
    hash.update(read(`simd/${file}`));
  const names = recipe.libraries.flatMap((name) => [name, ...(sources[name].needs ?? [])]);
  for (const name of new Set(names)) hash.update(scriptText(name) + readPatch(name) + sources[name].sha256);
  return hash.digest('hex');
}
