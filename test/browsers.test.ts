/** Conformance and round trips in every browser that is installed (test-browser/run.ts runs them alone). */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { browserNames, findBrowser } from '../test-browser/browsers/browser.ts';
import { kinds } from '../test-browser/configure.ts';
import { testFiles } from '../test-browser/files.ts';
import { type FileResult, runInBrowser } from '../test-browser/run-in-browser.ts';

/** ms, of all files in one kind of page. */
const timeout = 1_200_000;

/** One subtest for each of the page's. */
async function report(context: TestContext, where: string, { file, tests, errors }: FileResult): Promise<void> {
  for (const { name, skipped, error } of tests) {
    await context.test(`${where} · ${name}`, { skip: skipped }, () => {
      if (error) assert.fail(error);
    });
  }
  // What ends a page early takes its results with it.
  if (errors.length > 0 || tests.length === 0) {
    await context.test(`${where} · ${file}`, () => assert.fail(errors.join('\n') || 'no tests'));
  }
}

for (const browser of browserNames) {
  const skip = findBrowser(browser) ? false : `${browser} is not installed`;
  describe(`tests in ${browser}`, { skip }, () => {
    for (const kind of kinds) {
      const where = `${browser}, ${kind} pages`;
      test(where, { timeout }, async (context) => {
        const results: FileResult[] = [];
        const files = testFiles(kind);
        const begin = Date.now();
        await runInBrowser({
          browser,
          kind,
          files,
          onResult: (result) => results.push(result),
        });
        context.diagnostic(`${where}: ${Math.round((Date.now() - begin) / 1000)} s`);
        assert.equal(results.length, files.length);
        for (const result of results) await report(context, where, result);
      });
    }
  });
}
