/** The prebuilt packs belong to their recipes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { packs, variants } from '../emscripten/packs.mjs';
import { recipeHash } from '../emscripten/recipe-hash.mjs';

const folder = new URL('../dist/wasm/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));
const names = Object.keys(packs);

function filesOf(name: string): string[] {
  if (packs[name]!.standalone) return [`${name}.wasm`];
  return Object.values(variants).flatMap(({ suffix }) => [`${name}${suffix}.js`, `${name}${suffix}.wasm`]);
}

describe('packs', () => {
  for (const name of names) {
    test(`${name} was built from the recipe as it is now`, () => {
      assert.equal(manifest.packs[name]?.recipe, recipeHash(name), `rebuild it: node emscripten/build.mjs ${name}`);
    });

    test(`${name} is the file that the manifest describes`, () => {
      const files = filesOf(name);
      assert.deepEqual(Object.keys(manifest.packs[name].files).sort(), files.sort());
      for (const file of files) {
        const data = readFileSync(new URL(file, folder));
        assert.equal(manifest.packs[name].files[file].sha256, createHash('sha256').update(data).digest('hex'), file);
      }
    });
  }

  test('the folder holds nothing else', () => {
    const described = names.flatMap((name) => Object.keys(manifest.packs[name].files));
    assert.deepEqual(readdirSync(folder).sort(), [...described, 'manifest.json'].sort());
  });
});
