/** What a page has to load: the packs, and the JavaScript of the browser build, within their limits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { transform } from 'esbuild';
import { javascriptLimit, packLimits } from '../scripts/budget.ts';
import { readManifest } from '../src/cli/codecs/manifest.ts';

/** What every page loads … */
const javascript = ['browser/classes.js', 'browser/worker.js'];
/** … what those do that have images or sound, or a browser with WebCodecs of its own, and the script tag's build. */
const otherJavascript = ['images', 'audio', 'native', 'everycodec'].map((name) => `browser/${name}.js`);

const dist = new URL('../dist/', import.meta.url);
const manifest = readManifest();

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`.padStart(9);

/** A row of the table. */
function note(context: TestContext, name: string, limit: number | undefined, cells: readonly string[]): void {
  const of = limit === undefined ? 'no limit' : `of ${limit} KB`.padStart(10);
  context.diagnostic([name.padEnd(24), of.padEnd(10), ...cells].join('  ').trimEnd());
}

function assertWithin(bytes: number, limit: number, name: string): void {
  assert.ok(bytes <= limit * 1000, `${name}: ${kilobytes(bytes).trim()} are more than ${limit} KB`);
}

/** As a bundler and a server make it smaller. */
async function compressedJavascript(file: string): Promise<number> {
  const source = readFileSync(new URL(file, dist), 'utf8');
  const { code } = await transform(source, { minify: true, format: 'esm', target: 'es2022' });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  return brotliCompressSync(code, { params }).length;
}

describe('budget', () => {
  for (const [pack, limit] of Object.entries(packLimits)) {
    test(`${pack} is within ${limit} KB`, (context) => {
      // test/packs.test.ts compares the files with the manifest, which has their sizes.
      const files = manifest.packs[pack]!.files;
      const sizeOf = (file: string): number => files[file]!.brotliBytes;
      const variants = ['', '-threads'].map((suffix) => ({
        wasm: sizeOf(`${pack}${suffix}.wasm`),
        javascript: sizeOf(`${pack}${suffix}.js`),
      }));
      const cells = variants.map(
        ({ wasm, javascript }) => `${kilobytes(wasm)} + ${kilobytes(javascript)} of JavaScript`,
      );
      note(context, pack, limit, [cells[0]!, `threads ${cells[1]}`]);
      for (const { wasm } of variants) assertWithin(wasm, limit, pack);
    });
  }

  test('every pack of a codec has a limit', () => {
    // The conversion of pixels is no pack that a codec loads.
    const codecPacks = Object.keys(manifest.packs).filter((pack) => pack !== 'pixels');
    assert.deepEqual(Object.keys(packLimits).sort(), codecPacks.sort());
  });

  test(`the JavaScript is within ${javascriptLimit} KB`, async (context) => {
    const sizes = await Promise.all(javascript.map(compressedJavascript));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const parts = sizes.map((size, index) => `${javascript[index]} ${kilobytes(size).trim()}`);
    note(context, javascript.join(' + '), javascriptLimit, [kilobytes(total), `(${parts.join(', ')})`]);
    for (const file of otherJavascript) note(context, file, undefined, [kilobytes(await compressedJavascript(file))]);
    assertWithin(total, javascriptLimit, javascript.join(' and '));
  });
});
