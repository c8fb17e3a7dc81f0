import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserWindow } from '../../test-browser/browsers/browser.ts';
import { type RunResult, type TestRun, timeLimits } from '../suite.ts';

export type Outcome = Omit<RunResult, 'run'>;

/** Who waits for the report of a run, by the run's number. */
export type Reports = Map<string, (outcome: Outcome) => void>;

/** The limits are for a machine that does nothing else. */
const patience = 3;
/** Milliseconds more than the page's own limit, within which it is loaded and reports. */
const grace = 20_000;
/** Milliseconds after which a window that does not close is taken for hung. */
const closingLimit = 5_000;

const withoutResults = (harness: Outcome['harness'], message: string): Outcome => ({ harness, message, subtests: [] });

let runCount = 0;

/** A window that runs one file after the other. */
export class TestWindow {
  readonly browser: Browser;
  /** Whether it may run another file. */
  isSound = true;
  readonly #window: Promise<BrowserWindow>;
  readonly #reports: Reports;
  #end: (outcome: Outcome) => void = () => {};

  constructor(browser: Browser, reports: Reports) {
    this.browser = browser;
    this.#reports = reports;
    this.#window = browser.open((reason) => {
      this.isSound = false;
      this.#end(withoutResults('CRASH', reason));
    });
  }

  /** Loads a run's page from `origin` and waits for what comes of it; always ends. */
  async run(run: TestRun, origin: string): Promise<Outcome> {
    const id = String(++runCount);
    const limit = timeLimits[run.timeout] * patience + grace;
    const outcome = new Promise<Outcome>((resolve) => {
      this.#end = resolve;
    });
    const timer = setTimeout(() => this.#end(withoutResults('TIMEOUT', `no results within ${limit / 1000} s`)), limit);
    this.#reports.set(id, this.#end);
    this.#window
      .then((window) => window.load(`${origin}/${pageOf(run)}#run=${id}&patience=${patience}`))
      .catch((error: Error) => this.#end(withoutResults('CRASH', error.message)));
    const { harness } = await outcome;
    // What timed out may still be at work.
    if (harness === 'CRASH' || harness === 'TIMEOUT') this.isSound = false;
    clearTimeout(timer);
    this.#reports.delete(id);
    return outcome;
  }

  /** A window that cannot be closed takes the browser with it. */
  async close(): Promise<void> {
    const closed = this.#window
      .then((window) => window.close())
      .then(
        () => true,
        () => false,
      );
    const limit = delay(closingLimit, false, { ref: false });
    if (!(await Promise.race([closed, limit]))) this.browser.kill();
  }
}

/** The page for a run, with its variant. */
function pageOf({ file, variant, global }: TestRun): string {
  const extension = global === 'dedicatedworker' ? '.worker.html' : '.html';
  return file.replace(/\.(js|html)$/, extension) + variant;
}
