/**
 * Firefox, driven by Marionette: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 *
 * WebDriver BiDi, which libraries speak with it, will not do: while a BiDi session lasts, Firefox 153 listens for all
 * workers, and now and then a `new Worker()` within a worker then never returns.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, WebDriverBrowser } from './web-driver.ts';

const usualPreferences: Record<string, string | number | boolean> = {
  // Any; it is then written to a file of the profile.
  'marionette.port': 0,
  'network.proxy.type': 0,
  'dom.security.https_first': false,
  // A page must be gone when the next is loaded in its window.
  'browser.sessionhistory.max_total_viewers': 0,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
};

/** Lets a crash of a page end the browser, where it would show a page that says so. */
const environment = { MOZ_CRASHREPORTER: '1', MOZ_CRASHREPORTER_SHUTDOWN: '1', MOZ_CRASHREPORTER_NO_REPORT: '1' };

type Answer = [type: 1, id: number, error: { message: string } | null, result: { value?: unknown } | null];

export class Firefox extends WebDriverBrowser {
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #socket: Socket | undefined;
  #lastId = 0;
  #received = Buffer.alloc(0);

  constructor(program: string, hostNames: readonly string[]) {
    super();
    const preferences = { ...usualPreferences, 'network.dns.localDomains': hostNames.join() };
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    const { profile } = this.process;
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const args = ['--headless', '--no-remote', '--marionette', '--profile', profile];
    this.process.start(program, args, 'ignore', environment);
  }

  start(): Promise<void> {
    return this.startSession({ acceptInsecureCerts: true, pageLoadStrategy: 'none' });
  }

  protected async connect(): Promise<void> {
    this.#socket = connect(await this.process.unlessGone(this.#port()), '127.0.0.1');
    this.#socket.on('data', (data) => this.#receive(data));
    // Its end is noticed by that of the process.
    this.#socket.on('error', () => {});
  }

  async #port(): Promise<number> {
    const file = join(this.process.profile, 'MarionetteActivePort');
    while (this.isRunning) {
      const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
      if (port > 0) return port;
      await delay(50);
    }
    throw new Error('the browser has ended');
  }

  /** Messages are JSON, with the number of their bytes and a colon before. */
  #receive(data: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const start = this.#received.indexOf(':') + 1;
      const end = start + Number(this.#received.toString('latin1', 0, Math.max(start - 1, 0)));
      if (start === 0 || end > this.#received.length) return;
      const message = JSON.parse(this.#received.toString('utf8', start, end)) as Answer | object;
      this.#received = this.#received.subarray(end);
      // The greeting is no answer.
      if (Array.isArray(message)) this.#answers.get(message[1] as number)?.(message as Answer);
    }
  }

  protected async send(command: Command, parameters: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    const message = JSON.stringify([0, id, `WebDriver:${command}`, parameters]);
    this.#socket?.write(`${Buffer.byteLength(message)}:${message}`);
    const [, , error, result] = await this.process.unlessGone(answer).finally(() => this.#answers.delete(id));
    if (error) throw new Error(`${command}: ${error.message}`);
    // Some results are values, others lie in an object's `value`.
    return result && 'value' in result ? result.value : result;
  }
}
