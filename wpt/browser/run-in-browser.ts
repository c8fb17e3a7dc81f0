/** Runs files of the suite in a browser, in a few windows at a time. */

import { type Browser, type BrowserName, launchBrowser } from '../../test-browser/browsers/browser.ts';
import type { RunResult, TestRun } from '../suite.ts';
import { hostNames } from './hosts.ts';
import { type SuiteServer, startServer } from './server.ts';
import { type Outcome, type Reports, TestWindow } from './test-window.ts';

export { findBrowser } from '../../test-browser/browsers/browser.ts';

export interface BrowserOptions {
  browser: BrowserName;
  suite: string;
  runs: readonly TestRun[];
  /** The folder of our build; undefined for the browser's own classes. */
  bundle: string | undefined;
  /** Windows at a time. */
  jobs?: number | undefined;
  onResult(result: RunResult): void;
}

/** Rejects where the browser cannot be started. */
export async function runInBrowser(options: BrowserOptions): Promise<void> {
  const { browser, suite, runs, bundle, jobs = 2, onResult } = options;
  const reports: Reports = new Map();
  const onReport = (run: string, report: string) => reports.get(run)?.(JSON.parse(report) as Outcome);
  const server = await startServer({ suite, bundle, onReport });
  const browsers = new BrowserKeeper(browser);
  const waiting = [...runs];
  const work = async () => {
    const job = new Job(browsers, server, reports);
    for (let run = waiting.shift(); run; run = waiting.shift()) onResult({ run, ...(await job.run(run)) });
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    await browsers.kill();
    server.close();
  }
}

/** One browser, started again whenever it has ended. */
class BrowserKeeper {
  readonly #name: BrowserName;
  #browser: Promise<Browser> | undefined;

  constructor(name: BrowserName) {
    this.#name = name;
  }

  async get(): Promise<Browser> {
    const last = this.#browser;
    if ((await last)?.isRunning) return last!;
    // Whoever comes first starts the next.
    if (this.#browser === last) this.#browser = launchBrowser(this.#name, { hostNames });
    return this.#browser!;
  }

  async kill(): Promise<void> {
    (await this.#browser?.catch(() => undefined))?.kill();
  }
}

/** Runs one file after the other, in the same window while that is sound. */
class Job {
  readonly #browsers: BrowserKeeper;
  readonly #server: SuiteServer;
  readonly #reports: Reports;
  #window: TestWindow | undefined;

  constructor(browsers: BrowserKeeper, server: SuiteServer, reports: Reports) {
    this.#browsers = browsers;
    this.#server = server;
    this.#reports = reports;
  }

  async run(run: TestRun): Promise<Outcome> {
    const outcome = await this.#runOnce(run);
    // When a browser ends, all its windows do, and one alone is to blame.
    if (outcome.harness === 'CRASH' && !this.#window!.browser.isRunning) return this.#runOnce(run);
    return outcome;
  }

  async #runOnce(run: TestRun): Promise<Outcome> {
    if (!this.#window?.isSound || !this.#window.browser.isRunning) {
      await this.#window?.close();
      this.#window = new TestWindow(await this.#browsers.get(), this.#reports);
    }
    return this.#window.run(run, this.#server.originFor(run.file));
  }
}
