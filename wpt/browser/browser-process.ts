import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const running = new Set<BrowserProcess>();
let watchesExit = false;

/** A browser must not outlive the program that started it. */
function endTogether(): void {
  if (watchesExit) return;
  watchesExit = true;
  process.once('exit', () => {
    for (const browser of running) browser.kill();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

/** The process of a browser, with a temporary profile that goes when it ends. */
export class BrowserProcess {
  readonly profile = mkdtempSync(join(tmpdir(), 'everycodec-wpt-'));
  readonly #goneListeners = new Set<(reason: string) => void>();
  #child: ChildProcess | undefined;

  get isRunning(): boolean {
    return running.has(this);
  }

  start(
    program: string,
    args: readonly string[],
    stdio: StdioOptions,
    environment: NodeJS.ProcessEnv = {},
  ): ChildProcess {
    endTogether();
    running.add(this);
    const child = spawn(program, args, { stdio, env: { ...process.env, ...environment } });
    this.#child = child;
    child.once('error', (error) => this.#end(error.message));
    child.once('exit', (code, signal) => this.#end(`the browser ended (${signal ?? code})`));
    return child;
  }

  #end(reason: string): void {
    if (!running.delete(this)) return;
    // Its other processes may still be writing; what they leave in the end is temporary anyway.
    rm(this.profile, { recursive: true, force: true, maxRetries: 10 }).catch(() => {});
    for (const listener of this.#goneListeners) listener(reason);
  }

  /** Calls the listener when the process has ended; returns how to withdraw it. */
  onGone(listener: (reason: string) => void): () => void {
    if (!this.isRunning) listener('the browser has ended');
    this.#goneListeners.add(listener);
    return () => void this.#goneListeners.delete(listener);
  }

  /** Rejects if the process ends first. */
  async unlessGone<Value>(promise: Promise<Value>): Promise<Value> {
    let withdraw = () => {};
    const gone = new Promise<never>((_, reject) => {
      withdraw = this.onGone((reason) => reject(new Error(reason)));
    });
    return Promise.race([promise, gone]).finally(() => withdraw());
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}
