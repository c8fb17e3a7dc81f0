/** A browser's window that visits one page after the other, and asks each for its result. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, type BrowserName, type BrowserWindow, launchBrowser } from '../browsers/browser.ts';

/** ms, within which a page must have its result; most take a second, on a machine that has time for them. */
const pageLimit = 120_000;

/** A page has its result as the global promise `result`. */
const question = (address: string): string => `
  location.href === ${JSON.stringify(address)} && globalThis.result
    ? Promise.resolve(result).then((value) => ({ value }), (error) => ({ error: error + '\\n' + error?.stack }))
    : null`;

interface PageAnswer {
  value?: unknown;
  error?: string;
}

export class Visitor {
  readonly #browser: Browser;
  readonly #window: BrowserWindow;
  #visits = 0;

  private constructor(browser: Browser, window: BrowserWindow) {
    this.#browser = browser;
    this.#window = window;
  }

  static async start(name: BrowserName, hostNames: readonly string[] = []): Promise<Visitor> {
    const browser = await launchBrowser(name, { hostNames });
    return new Visitor(browser, await browser.open(() => {}));
  }

  /** Loads a page and waits for its result. */
  async visit(page: string): Promise<unknown> {
    const address = `${page}?${++this.#visits}`;
    await this.#window.load(address);
    const deadline = Date.now() + pageLimit;
    while (Date.now() < deadline && this.#browser.isRunning) {
      const answer = await this.#ask(address, deadline - Date.now());
      if (answer?.error !== undefined) throw new Error(`${page}: ${answer.error}`);
      if (answer) return answer.value;
      await delay(20);
    }
    throw new Error(`${page} has no result`);
  }

  async #ask(address: string, limit: number): Promise<PageAnswer | undefined> {
    // Fails while one page makes way for the next.
    const asked = this.#window.evaluate(question(address)).catch(() => undefined);
    return (await Promise.race([asked, delay(limit, undefined, { ref: false })])) as PageAnswer | undefined;
  }

  close(): void {
    this.#browser.kill();
  }
}
