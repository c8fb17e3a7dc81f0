/** Runs test files in a browser, through @web/test-runner. */
import { relative } from 'node:path';
import { SESSION_STATUS, TestRunner, type TestSession, type TestSuiteResult } from '@web/test-runner-core';
import type { BrowserName } from './browsers/browser.ts';
import { configure, hasThreads, type Kind, repository } from './configure.ts';
import { Launcher } from './launcher.ts';

export interface RunOptions {
  browser: BrowserName;
  kind: Kind;
  /** Paths. */
  files: readonly string[];
  /** Called when a file is done. */
  onResult(result: FileResult): void;
}

export interface TestOutcome {
  /** With the names of its suites before. */
  name: string;
  skipped: boolean;
  error: string | undefined;
}

export interface FileResult {
  /** Relative to the repository. */
  file: string;
  tests: TestOutcome[];
  /** What went wrong outside of tests. */
  errors: string[];
  /** What the page wrote to its console. */
  logs: string[];
  seconds: number;
}

/** Resolves when all files are done; rejects where the browser cannot be started. */
export async function runInBrowser({ browser, kind, files, onResult }: RunOptions): Promise<void> {
  const launcher = new Launcher(browser, { sharedMemory: hasThreads(kind) }, (id, reason) => fail(id, reason));
  const runner = new TestRunner(await configure(kind, files, { browsers: [launcher] }));
  const fail = (id: string, message: string) => {
    const session = runner.sessions.get(id);
    if (!session || session.status === SESSION_STATUS.FINISHED) return;
    const errors = [...session.errors, { message }];
    runner.sessions.updateStatus({ ...session, passed: false, errors }, SESSION_STATUS.FINISHED);
  };
  const started = new Map<string, number>();
  runner.sessions.on('session-status-updated', (session) => {
    if (session.status === SESSION_STATUS.INITIALIZING) started.set(session.id, Date.now());
    if (session.status !== SESSION_STATUS.FINISHED) return;
    onResult({ ...read(session), seconds: (Date.now() - started.get(session.id)!) / 1000 });
  });
  const finished = new Promise((resolve) => runner.on('finished', resolve));
  try {
    await runner.start();
    await finished;
  } finally {
    await launcher.stop();
    await runner.stop();
  }
}

function read({ testFile, testResults, errors, logs }: TestSession): Omit<FileResult, 'seconds'> {
  return {
    file: relative(repository, testFile),
    tests: testResults ? [...listTests(testResults)] : [],
    errors: errors.map(describeError),
    logs: logs.map((line) => line.join(' ')),
  };
}

function* listTests(suite: TestSuiteResult, suites: readonly string[] = []): Generator<TestOutcome> {
  for (const { name, skipped, passed, error } of suite.tests) {
    const failure = passed || skipped ? undefined : describeError(error ?? { message: 'failed' });
    yield { name: [...suites, name].join(' › '), skipped, error: failure };
  }
  for (const inner of suite.suites) yield* listTests(inner, [...suites, inner.name]);
}

/** Only some browsers' stacks begin with the message. */
function describeError({ message, stack }: { message: string; stack?: string }): string {
  return !stack || stack.includes(message) ? (stack ?? message) : `${message}\n${stack}`;
}
