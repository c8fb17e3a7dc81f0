/** What browsers have in common that are driven by WebDriver's commands: https://www.w3.org/TR/webdriver2/ */
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
  | 'ExecuteAsyncScript'
  | 'TakeScreenshot';

/** Answers with JSON, because WebDriver has forms of its own for some values. */
const evaluation = (expression: string): string => `
  const done = arguments[arguments.length - 1];
  (async () => (${expression}))().then(
    (value) => done(JSON.stringify({ value })),
    (error) => done(JSON.stringify({ error: String(error) })),
  );`;

/** Constructed, it is being launched; start() waits for it. */
export abstract class WebDriverBrowser implements Browser {
  protected readonly process = new BrowserProcess();
  /** Stays open. */
  #firstWindow = '';
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
    // Tests have time limits of their own.
    await this.send('SetTimeouts', { script: 3_600_000 });
    this.#firstWindow = (await this.send('GetWindowHandle')) as string;
  }

  async open(onGone: (reason: string) => void): Promise<BrowserWindow> {
    const { handle } = (await this.send('NewWindow', { type: 'window', focus: true })) as { handle: string };
    const withdraw = this.process.onGone(onGone);
    return {
      load: async (address) => void (await this.#inWindow(handle, () => this.send('Navigate', { url: address }))),
      evaluate: (expression) => this.#inWindow(handle, () => this.#evaluate(expression)),
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

  async #evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('ExecuteAsyncScript', { script: evaluation(expression), args: [] });
    const { value, error } = JSON.parse(answer as string) as { value?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
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
