/**
 * WebKitGTK's MiniBrowser, driven through its WebKitWebDriver. It has no headless mode, hence an X server of its own.
 * A driver has one session, which is one browser.
 */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { type Command, WebDriverBrowser } from './web-driver.ts';

const endpoints: Record<Command, [method: 'GET' | 'POST' | 'DELETE', path: string]> = {
  NewSession: ['POST', ''],
  SetTimeouts: ['POST', '/timeouts'],
  GetWindowHandle: ['GET', '/window'],
  NewWindow: ['POST', '/window/new'],
  SwitchToWindow: ['POST', '/window'],
  CloseWindow: ['DELETE', '/window'],
  Navigate: ['POST', '/url'],
  ExecuteScript: ['POST', '/execute/sync'],
  TakeScreenshot: ['GET', '/screenshot'],
};

const capabilities = {
  alwaysMatch: { browserName: 'MiniBrowser', acceptInsecureCerts: true, pageLoadStrategy: 'none' },
};

/**
 * ms, within which a script must have answered: all of ours do at once. WebKitGTK 2.50 never answers some that it is
 * sent while one page makes way for the next, but answers those that follow.
 */
const scriptLimit = 10_000;

export const findXServer = (): string | undefined => findProgram(['Xvfb']);

export class WebKit extends WebDriverBrowser {
  readonly #program: string;
  readonly #sharedMemory: boolean;
  #session = '';

  constructor(program: string, sharedMemory: boolean) {
    super();
    this.#program = program;
    this.#sharedMemory = sharedMemory;
  }

  start(): Promise<void> {
    return this.process.unlessGone(this.startSession({ capabilities }));
  }

  /** Starts the X server, which finds a free display itself and writes its number when it is ready. */
  async #startDisplay(): Promise<string> {
    const args = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-nolisten', 'unix'];
    const child = this.process.start(findXServer()!, args, ['ignore', 'ignore', 'ignore', 'pipe']);
    const [number] = (await once(child.stdio[3] as Readable, 'data')) as [Buffer];
    return `:${number.toString().trim()}`;
  }

  protected async connect(): Promise<void> {
    const { profile } = this.process;
    const display = await this.#startDisplay();
    const port = await freePort();
    this.process.start(this.#program, [`--port=${port}`], 'ignore', {
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      HOME: profile,
      XDG_RUNTIME_DIR: profile,
      XDG_CACHE_HOME: `${profile}/cache`,
      XDG_CONFIG_HOME: `${profile}/config`,
      XDG_DATA_HOME: `${profile}/data`,
      // Without a session bus GLib would start one, which would stay.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      // Containers have not the rights for a sandbox.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      // WebKitGTK 2.50 has it off in isolated pages, too, or on in all.
      JSC_useSharedArrayBuffer: this.#sharedMemory ? '1' : '0',
    });
    this.#session = `http://127.0.0.1:${port}/session`;
    while (this.isRunning && !(await this.#isReady(port))) await delay(50);
  }

  async #isReady(port: number): Promise<boolean> {
    return fetch(`http://127.0.0.1:${port}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  protected async send(command: Command, parameters: object = {}): Promise<unknown> {
    const [method, path] = endpoints[command];
    const body = method === 'POST' ? JSON.stringify(parameters) : null;
    const signal = command === 'ExecuteScript' ? AbortSignal.timeout(scriptLimit) : null;
    const response = await this.process.unlessGone(fetch(this.#session + path, { method, body, signal }));
    const { value } = (await response.json()) as { value: { sessionId?: string; error?: string; message?: string } };
    // When a page crashes, its driver gives up all windows.
    if (value?.error === 'invalid session id') this.kill();
    if (!response.ok) throw new Error(`${command}: ${value.error} ${value.message}`);
    if (command === 'NewSession') this.#session += `/${value.sessionId}`;
    return value;
  }
}
