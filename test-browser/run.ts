/** Runs the tests in browsers; `--help` says how. */
import { parseArgs } from 'node:util';
import { TestRunner } from '@web/test-runner';
import { browserNames, findBrowser } from './browsers/browser.ts';
import { configure } from './configure.ts';
import { testFiles } from './files.ts';
import { type FileResult, runInBrowser } from './run-in-browser.ts';

const help = `Runs the conformance and round-trip tests in browsers, with threads and without.

    npm run test:browser -- [options] [part of a file's name ...]

    --browser NAME   ${browserNames.join(', ')} (default: all that are installed)
    --group NAME     isolated (pages with threads) or plain (pages without); default: both
    --verbose        say what tests and pages tell, too
    --serve          only serve the pages, for a browser that you look at
    --help`;

const groups = ['isolated', 'plain'] as const;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      browser: { type: 'string' },
      group: { type: 'string' },
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

/** Serves one group until the program is stopped. */
async function serve(isolated: boolean, files: readonly string[]): Promise<void> {
  const config = await configure(isolated, files, { manual: true });
  await new TestRunner(config).start();
  console.log(`${isolated ? 'isolated' : 'plain'} pages: http://${config.hostname}:${config.port}/`);
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
  const { browser, group, verbose, serve: onlyServe, help: wantsHelp, filters } = readArguments();
  if (wantsHelp) return console.log(help);
  const files = testFiles().filter((file) => filters.every((filter) => file.includes(filter)));
  if (files.length === 0) fail('no test file is like that');
  const chosenGroups = choose(group, groups);
  if (onlyServe) {
    for (const name of chosenGroups) await serve(name === 'isolated', files);
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
    for (const groupName of chosenGroups) {
      await runInBrowser({
        browser: name,
        isolated: groupName === 'isolated',
        files,
        onResult(result) {
          print(`${name}, ${groupName}`, result, verbose);
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
