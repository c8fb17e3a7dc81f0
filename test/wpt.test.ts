/** The web-platform-tests of WebCodecs, in every runtime that is installed (wpt/run.ts runs them alone). */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { judge, type Runtime, readExpectations, reasonToSkip } from '../wpt/expectations.ts';
import { findRuntime, runSuite } from '../wpt/run.ts';
import { describeRun, findSuite, listRuns, type RunResult, type TestRun } from '../wpt/suite.ts';

const suite = findSuite();
const expectations = readExpectations();

/** Files at a time, where that is not one per core: a worker within a worker takes Deno 2.9 a second of doing nothing. */
const jobs: Partial<Record<Runtime, number>> = { deno: 4 };

const runsFor = (runtime: Runtime): TestRun[] =>
  (suite ? listRuns(suite) : []).filter((run) => reasonToSkip(expectations, run, runtime) === undefined);

function obstacle(runtime: Runtime): string | false {
  if (!suite) return 'no suite: node --import tsx wpt/fetch-suite.ts, or EVERYCODEC_WPT';
  return findRuntime(runtime) ? false : `${runtime} is not installed`;
}

for (const runtime of ['node', 'deno', 'bun', 'chromium', 'firefox'] as const) {
  const skip = obstacle(runtime);
  describe(`web-platform-tests in ${runtime}`, { skip }, () => {
    if (skip) return;
    const runs = runsFor(runtime);
    const waiting = new Map<string, { resolve(result: RunResult): void; promise: Promise<RunResult> }>();
    for (const run of runs) {
      let resolve!: (result: RunResult) => void;
      const promise = new Promise<RunResult>((resolvePromise) => {
        resolve = resolvePromise;
      });
      waiting.set(describeRun(run), { resolve, promise });
    }
    let whole: Promise<void>;
    before(() => {
      whole = runSuite({
        runtime,
        suite: suite!,
        runs,
        jobs: jobs[runtime],
        onResult: (result) => waiting.get(describeRun(result.run))!.resolve(result),
      });
      // Each test waits for its result or for the end of all.
      whole.catch(() => {});
    });
    for (const run of runs) {
      test(describeRun(run), async () => {
        const missing = whole.then(() => assert.fail('no result'));
        const result = await Promise.race([waiting.get(describeRun(run))!.promise, missing]);
        assert.deepEqual(judge(result, expectations, runtime).faults, []);
      });
    }
  });
}
