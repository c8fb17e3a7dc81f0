/** The worker's side of the platform layer, for Node, Deno and Bun. */
import { createRequire } from 'node:module';
import { parentPort, Worker } from 'node:worker_threads';

export const postToHost = (message: unknown, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, transfer);

export const onHostMessage = (listener: (message: unknown) => void): void => {
  parentPort?.on('message', listener);
};

/**
 * Bun gives worker threads a global postMessage(), as web workers have it, but no onmessage: Emscripten, which looks for
 * the first, would wait for ever (Bun 1.4, oven-sh/bun#41825). A pack's threads begin without it here.
 */
class BunThread extends Worker {
  constructor(module: URL, options: object) {
    const script = `globalThis.postMessage = undefined; await import(${JSON.stringify(module.href)});`;
    super(new URL(`data:text/javascript,${encodeURIComponent(script)}`), options);
  }
}

if ('Bun' in globalThis) {
  // The object that a pack's own require() gives it.
  const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
  threads.Worker = BunThread as typeof Worker;
}

/** What a pack's threads are started with, undefined where the pack finds that itself. */
export const threadScript = (_glue: string, _onFailure: (message: string) => void): string | undefined => undefined;
