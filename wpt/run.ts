/** Runs the web-platform-tests of WebCodecs; `--help` says how. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findBrowser, runInBrowser } from './browser/run-in-browser.ts';
import { judge, type Runtime, readExpectations, reasonToSkip } from './expectations.ts';
import { findShell, runInShell } from './shell/run-in-shell.ts';
import { describeRun, findSuite, listRuns, type RunResult, type TestRun } from './suite.ts';

const help = `Runs the web-platform-tests of WebCodecs with everycodec's classes.

    node --import tsx wpt/run.ts [options] [part of a file's name ...]

    --runtime NAME   node (default), deno, bun, chromium or firefox
    --suite DIR      the suite (default: EVERYCODEC_WPT, wpt/suite, ../shared/wpt); wpt/fetch-suite.ts fetches it
    --global NAME    window or dedicatedworker only; every file but the workers' own has the window
    --native         a browser's own classes instead of ours; nothing is expected then
    --jobs N         files at a time (default: one per core)
    --results FILE   write all results to FILE, as JSON
    --help`;

const runtimes: Runtime[] = ['node', 'deno', 'bun', 'chromium', 'firefox'];
const dist = new URL('../dist/', import.meta.url);

const isBrowser = (runtime: Runtime): runtime is 'chromium' | 'firefox' =>
  runtime === 'chromium' || runtime === 'firefox';

/** The program that is a runtime, undefined where it is not installed. */
export const findRuntime = (runtime: Runtime): string | undefined =>
  isBrowser(runtime) ? findBrowser(runtime) : findShell(runtime);

function findCanvas(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('@napi-rs/canvas')).href;
  } catch {
    return undefined;
  }
}

export interface RunOptions {
  runtime: Runtime;
  suite: string;
  runs: readonly TestRun[];
  native?: boolean | undefined;
  jobs?: number | undefined;
  onResult(result: RunResult): void;
}

/** Runs these files in a runtime, with our classes. */
export async function runSuite({ runtime, suite, runs, native, jobs, onResult }: RunOptions): Promise<void> {
  if (isBrowser(runtime)) {
    const bundle = native ? undefined : fileURLToPath(dist);
    await runInBrowser({ browser: runtime, suite, runs, bundle, jobs, onResult });
  } else {
    const library = new URL('index.js', dist).href;
    const canvas = findCanvas();
    await runInShell({ shell: runtime, suite, runs, library, canvas, jobs: jobs ?? availableParallelism(), onResult });
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      runtime: { type: 'string', default: 'node' },
      suite: { type: 'string' },
      global: { type: 'string' },
      native: { type: 'boolean', default: false },
      jobs: { type: 'string' },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  return { ...values, filters: positionals };
}

async function main(): Promise<void> {
  const { runtime: name, suite: named, global, native, jobs, results, help: wantsHelp, filters } = readArguments();
  if (wantsHelp) return console.log(help);
  const runtime = runtimes.find((known) => known === name) ?? fail(`unknown runtime ${name}: ${runtimes.join(', ')}`);
  const suite = findSuite(named) ?? fail('the suite is not there: node --import tsx wpt/fetch-suite.ts');
  if (!findRuntime(runtime)) fail(`${runtime} is not installed`);
  const expectations = native ? {} : readExpectations();
  const isChosen = (run: TestRun) =>
    (global ?? run.global) === run.global && filters.every((filter) => (run.file + run.variant).includes(filter));
  const chosen = listRuns(suite).filter(isChosen);
  if (chosen.length === 0) fail('no file of the suite is like that');
  const runs = chosen.filter((run) => reasonToSkip(expectations, run, runtime) === undefined);
  const total = { passed: 0, failed: 0, excused: 0 };
  const collected: RunResult[] = [];
  await runSuite({
    runtime,
    suite,
    runs,
    native,
    jobs: jobs ? Number(jobs) : undefined,
    onResult(result) {
      collected.push(result);
      const { passed, excused, faults } = judge(result, expectations, runtime);
      total.passed += passed;
      total.excused += excused;
      total.failed += faults.length;
      console.log(
        `${describeRun(result.run)}: ${passed} passed${faults.length > 0 ? `, ${faults.length} failed` : ''}`,
      );
      for (const fault of faults) console.log(`    ${fault.replaceAll('\n', '\n    ')}`);
    },
  });
  if (results) writeFileSync(results, JSON.stringify(collected, null, 1));
  const left = chosen.length - runs.length;
  console.log(`${left} runs left out, ${total.excused} subtests not expected to pass (expectations.json)`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
