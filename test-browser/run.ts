/** Runs the tests in browsers; `--help` says how. */
import { parseArgs } from 'node:util';
import { TestRunner } from '@web/test-runner-core';
import { browserNames, findBrowser } from './browsers/browser.ts';
import { configure, type Kind, kinds } from './configure.ts';
import { testFiles } from './files.ts';
import { Launcher } from './launcher.ts';
import { type FileResult, runInBrowser } from './run-in-browser.ts';

const help = `Runs the conformance and round-trip tests in browsers, with threads and without.

    npm run test:browser -- [options] [part of a file's name ...]

    --browser NAME   ${browserNames.join(', ')} (default: all that are installed)
    --kind NAME      of pages: isolated (with threads), plain (without), native (which keep the browser's own classes);
                     default: all
    --verbose        say what tests and pages tell, too
    --serve          only serve the pages, for a browser that you look at
    --help`;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      browser: { type: 'string' },
      kind: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  return { ...values, filters: positionals };
}

function choose<Name extends string>(name: string | undefined, names: readonly Name[]): Name[] {
  const chosen = names.filter((known) => (name ?? known) === known);
  return chosen.length > 0 ? chosen : fail(`unknown ${name}: ${names.join(', ')}`);
}

/** Serves pages of one kind until the program is stopped. */
async function serve(kind: Kind, files: readonly string[]): Promise<void> {
  // The runner wants a browser, though it is to start none.
  const browsers = [new Launcher('chromium', {}, () => {})];
  const config = await configure(kind, files, { manual: true, browsers });
  await new TestRunner(config).start();
  console.log(`${kind} pages: http://${config.hostname}:${config.port}/`);
}

function print(where: string, { file, tests, errors, logs, seconds }: FileResult, verbose: boolean): void {
  const failed = tests.filter(({ error }) => error);
  const skipped = tests.filter((test) => test.skipped);
  const passed = tests.length - failed.length - skipped.length;
  console.log(
    `${where} · ${file}: ${passed} passed, ${failed.length + errors.length} failed · ${seconds.toFixed(1)} s`,
  );
  for (const { name } of skipped) console.log(`    skipped: ${name}`);
  if (verbose) for (const line of logs) console.log(`    ${line}`);
  for (const { name, error } of failed) console.log(`    FAILED ${name}\n${error!.replace(/^/gm, '        ')}`);
  for (const error of errors) console.log(error.replace(/^/gm, '    '));
}

async function main(): Promise<void> {
  const { browser, kind, verbose, serve: onlyServe, help: wantsHelp, filters } = readArguments();
  if (wantsHelp) return console.log(help);
  const filesOf = (name: Kind) => testFiles(name).filter((file) => filters.every((filter) => file.includes(filter)));
  const chosenKinds = choose(kind, kinds).filter((name) => filesOf(name).length > 0);
  if (chosenKinds.length === 0) fail('no test file is like that');
  if (onlyServe) {
    for (const name of chosenKinds) await serve(name, filesOf(name));
    return;
  }
  const browsers = choose(browser, browserNames);
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of browsers) {
    if (!findBrowser(name)) {
      if (browser) fail(`${name} is not installed`);
      console.log(`${name} is not installed`);
      continue;
    }
    for (const pages of chosenKinds) {
      await runInBrowser({
        browser: name,
        kind: pages,
        files: filesOf(pages),
        onResult(result) {
          print(`${name}, ${pages}`, result, verbose);
          total.failed += result.errors.length;
          for (const { skipped, error } of result.tests) total[error ? 'failed' : skipped ? 'skipped' : 'passed']++;
        },
      });
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main();
