import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Reads process groups, one per line, until its input ends, which it does with whoever writes it, however that comes
 * about. Then it kills them, and removes the folder; killed processes may be writing for a moment more.
 */
const reaperScript = `
while read -r group; do groups="$groups -$group"; done
kill -KILL $groups 2>/dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" && break
  sleep 0.2
done`;

/** The processes of a browser, with a temporary profile: all of it goes with the first of them, and with this program. */
export class BrowserProcess {
  /** Nobody else may look into it. */
  readonly profile = mkdtempSync(join(tmpdir(), 'everycodec-browser-'));
  readonly #reaper = spawn('sh', ['-c', reaperScript, 'sh', this.profile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in our group, to which a terminal sends its signals.
    detached: true,
  });
  readonly #goneListeners = new Set<(reason: string) => void>();
  readonly #groups: number[] = [];
  #isRunning = true;

  constructor() {
    this.#reaper.unref();
    (this.#reaper.stdin as Socket).unref();
    this.#reaper.stdin.on('error', () => {});
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(
    program: string,
    args: readonly string[],
    stdio: StdioOptions,
    environment: NodeJS.ProcessEnv = {},
  ): ChildProcess {
    // A group of its own, in which its own children are, too.
    const child = spawn(program, args, { stdio, env: { ...process.env, ...environment }, detached: true });
    if (child.pid !== undefined) {
      this.#groups.push(child.pid);
      this.#reaper.stdin.write(`${child.pid}\n`);
    }
    child.once('error', (error) => this.#end(error.message));
    child.once('exit', (code, signal) => this.#end(`the browser ended (${signal ?? code})`));
    return child;
  }

  #end(reason: string): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.kill();
    for (const listener of this.#goneListeners) listener(reason);
  }

  /** Calls the listener when the processes have ended; returns how to withdraw it. */
  onGone(listener: (reason: string) => void): () => void {
    if (!this.isRunning) listener('the browser has ended');
    this.#goneListeners.add(listener);
    return () => void this.#goneListeners.delete(listener);
  }

  /** Rejects if the processes end first. */
  async unlessGone<Value>(promise: Promise<Value>): Promise<Value> {
    let withdraw = () => {};
    const gone = new Promise<never>((_, reject) => {
      withdraw = this.onGone((reason) => reject(new Error(reason)));
    });
    return Promise.race([promise, gone]).finally(() => withdraw());
  }

  kill(): void {
    for (const group of this.#groups.splice(0)) {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // All of the group has ended.
      }
    }
    this.#reaper.stdin.end();
  }
}
