/** Chromium, driven by the DevTools protocol over a pipe: https://chromedevtools.github.io/devtools-protocol/ */
import type { Readable, Writable } from 'node:stream';
import type { Browser, BrowserWindow } from './browser.ts';
import { BrowserProcess } from './browser-process.ts';

const usualArguments = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--password-store=basic',
  '--mute-audio',
  // Containers have neither the rights for a sandbox nor much /dev/shm.
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--no-proxy-server',
  '--ignore-certificate-errors',
  // A page must be gone when the next is loaded in its window.
  '--disable-features=HttpsUpgrades,BackForwardCache',
  '--autoplay-policy=no-user-gesture-required',
  // Only one of the windows can be in front.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  // WebGL without a graphics card.
  '--enable-unsafe-swiftshader',
];

interface Result {
  targetId?: string;
  sessionId?: string;
  /** Of Page.captureScreenshot: PNG in base64. */
  data?: string;
  /** Of Runtime.evaluate. */
  result?: { value?: unknown };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

interface Message {
  id?: number;
  method?: string;
  params?: { targetId: string };
  result?: Result;
  error?: { message: string };
}

/** Constructed, it is being launched; start() waits for it. */
export class Chromium implements Browser {
  readonly #process = new BrowserProcess();
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #windows = new Map<string, (reason: string) => void>();
  readonly #input: Writable;
  #lastId = 0;
  #received = '';

  constructor(program: string, hostNames: readonly string[]) {
    const resolver = `--host-resolver-rules=${hostNames.map((name) => `MAP ${name} 127.0.0.1`).join()}`;
    const args = [...usualArguments, resolver, `--user-data-dir=${this.#process.profile}`];
    const child = this.#process.start(program, args, ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']);
    this.#input = child.stdio[3] as Writable;
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    // Writing to a browser that has ended; its end is noticed elsewhere.
    for (const stream of [this.#input, output]) stream.on('error', () => {});
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  async start(): Promise<void> {
    await this.#send('Target.setDiscoverTargets', { discover: true });
  }

  /** Messages end with a zero. */
  #receive(text: string): void {
    const messages = (this.#received + text).split('\0');
    this.#received = messages.pop() ?? '';
    for (const message of messages) this.#handle(JSON.parse(message) as Message);
  }

  #handle(message: Message): void {
    const { id, method, params } = message;
    if (id !== undefined) {
      this.#answers.get(id)?.(message);
      this.#answers.delete(id);
    } else if (method === 'Target.targetCrashed') this.#windows.get(params!.targetId)?.('the page crashed');
    else if (method === 'Target.targetDestroyed') this.#windows.get(params!.targetId)?.('the window closed');
  }

  async #send(method: string, params: object, sessionId?: string): Promise<Result> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await this.#process.unlessGone(answer);
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  async #evaluate(expression: string, sessionId: string): Promise<unknown> {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', parameters, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result!.value;
  }

  async open(onGone: (reason: string) => void): Promise<BrowserWindow> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank', newWindow: true });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    const withdraw = this.#process.onGone(onGone);
    this.#windows.set(targetId!, onGone);
    return {
      load: async (address) => void (await this.#send('Page.navigate', { url: address }, sessionId)),
      evaluate: (expression) => this.#evaluate(expression, sessionId!),
      screenshot: async () => {
        const { data } = await this.#send('Page.captureScreenshot', { format: 'png' }, sessionId);
        return Uint8Array.from(Buffer.from(data!, 'base64'));
      },
      close: async () => {
        withdraw();
        this.#windows.delete(targetId!);
        await this.#send('Target.closeTarget', { targetId });
      },
    };
  }

  kill(): void {
    this.#process.kill();
  }
}
