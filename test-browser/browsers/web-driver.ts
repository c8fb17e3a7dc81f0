/** What browsers have in common that are driven by WebDriver's commands: https://www.w3.org/TR/webdriver2/ */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserWindow } from './browser.ts';
import { BrowserProcess } from './browser-process.ts';

export type Command =
  | 'NewSession'
  | 'GetWindowHandle'
  | 'NewWindow'
  | 'SwitchToWindow'
  | 'CloseWindow'
  | 'SetTimeouts'
  | 'Navigate'
  | 'ExecuteScript'
  | 'TakeScreenshot';

/** Keeps the result in the page, as JSON, because WebDriver has forms of its own for some values. */
const startScript = (expression: string): string => `
  const [id] = arguments;
  const results = (window.everycodecResults ??= {});
  (async () => (${expression}))().then(
    (value) => { results[id] = JSON.stringify({ value }); },
    (error) => { results[id] = JSON.stringify({ error: String(error) }); },
  );`;

/** Null while there is no result. */
const resultScript = `
  const [id] = arguments;
  if (!window.everycodecResults) return JSON.stringify({ error: 'the page has been left' });
  const result = window.everycodecResults[id] ?? null;
  delete window.everycodecResults[id];
  return result;`;

/** Constructed, it is being launched; start() waits for it. */
export abstract class WebDriverBrowser implements Browser {
  protected readonly process = new BrowserProcess();
  /** Stays open. */
  #firstWindow = '';
  #evaluations = 0;
  #turn: Promise<unknown> = Promise.resolve();

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Resolves when commands can be sent. */
  protected abstract connect(): Promise<void>;

  /** Sends a command and waits for its result. */
  protected abstract send(command: Command, parameters?: object): Promise<unknown>;

  protected async startSession(parameters: object): Promise<void> {
    await this.connect();
    await this.send('NewSession', parameters);
    // A page may be busy; tests have time limits of their own.
    await this.send('SetTimeouts', { script: 3_600_000 });
    this.#firstWindow = (await this.send('GetWindowHandle')) as string;
  }

  async open(onGone: (reason: string) => void): Promise<BrowserWindow> {
    const { handle } = (await this.send('NewWindow', { type: 'window', focus: true })) as { handle: string };
    const withdraw = this.process.onGone(onGone);
    return {
      load: async (address) => void (await this.#inWindow(handle, () => this.send('Navigate', { url: address }))),
      evaluate: (expression) => this.#evaluate(handle, expression),
      screenshot: async () => {
        const options = { id: null, full: false };
        const image = await this.#inWindow(handle, () => this.send('TakeScreenshot', options));
        return Uint8Array.from(Buffer.from(image as string, 'base64'));
      },
      close: async () => {
        withdraw();
        await this.#inWindow(handle, () => this.send('CloseWindow'));
      },
    };
  }

  /** WebDriver can wait for results itself, but WebKitGTK 2.50 was seen to do so for ever, and all windows with it. */
  async #evaluate(handle: string, expression: string): Promise<unknown> {
    const execute = (script: string, ...args: number[]) =>
      this.#inWindow(handle, () => this.send('ExecuteScript', { script, args }));
    const id = ++this.#evaluations;
    await execute(startScript(expression), id);
    for (;;) {
      const result = await execute(resultScript, id);
      if (result === null) {
        await delay(50);
        continue;
      }
      const { value, error } = JSON.parse(result as string) as { value?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    }
  }

  /** Commands are for the current window, so those for one stay together. */
  #inWindow<Value>(handle: string, work: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(async () => {
      await this.send('SwitchToWindow', { handle, focus: false });
      // Commands fail whose current window has been closed.
      return work().finally(() => this.send('SwitchToWindow', { handle: this.#firstWindow, focus: false }));
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  kill(): void {
    this.process.kill();
  }
}
