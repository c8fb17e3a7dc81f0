import type { BrowserLauncher, SessionResult } from '@web/test-runner-core';
import type { Browser, BrowserName, BrowserWindow, LaunchOptions } from './browsers/browser.ts';
import { launchBrowser } from './browsers/browser.ts';

/** Milliseconds after which a window that does not close is taken for hung. */
const closingLimit = 5_000;

/** Lets @web/test-runner open its pages in our browsers. */
export class Launcher implements BrowserLauncher {
  readonly name: string;
  readonly type = 'everycodec';
  /** One page's threads wait for its own computations often enough that two pages are done sooner. */
  readonly concurrency = 2;
  readonly #browserName: BrowserName;
  readonly #options: LaunchOptions;
  readonly #onGone: (sessionId: string, reason: string) => void;
  readonly #windows = new Map<string, BrowserWindow>();
  #browser: Promise<Browser> | undefined;

  /** `onGone` is called for sessions whose window has crashed, alone or with the browser. */
  constructor(browserName: BrowserName, options: LaunchOptions, onGone: (sessionId: string, reason: string) => void) {
    this.name = browserName;
    this.#browserName = browserName;
    this.#options = options;
    this.#onGone = onGone;
  }

  async startSession(sessionId: string, url: string): Promise<void> {
    const browser = await this.#runningBrowser();
    const window = await browser.open((reason) => {
      this.#windows.delete(sessionId);
      this.#onGone(sessionId, reason);
    });
    this.#windows.set(sessionId, window);
    await window.load(url);
  }

  async #runningBrowser(): Promise<Browser> {
    const last = this.#browser;
    if ((await last)?.isRunning) return last!;
    // Whoever comes first starts the next.
    if (this.#browser === last) this.#browser = launchBrowser(this.#browserName, this.#options);
    return this.#browser!;
  }

  isActive(sessionId: string): boolean {
    return this.#windows.has(sessionId);
  }

  getBrowserUrl(): undefined {}

  async stopSession(sessionId: string): Promise<SessionResult> {
    const window = this.#windows.get(sessionId);
    this.#windows.delete(sessionId);
    // A window that cannot be closed takes the browser with it.
    const end = () => this.stop();
    const timer = setTimeout(end, closingLimit);
    await window
      ?.close()
      .catch(end)
      .finally(() => clearTimeout(timer));
    return {};
  }

  async startDebugSession(): Promise<void> {
    throw new Error('these browsers have no visible windows');
  }

  async stop(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    browser?.kill();
  }
}
