/** The platform layer for Node, and for Deno and Bun through their Node compatibility. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerCallbacks, WorkerHandle } from './platform.ts';

export const coreCount = (): number => availableParallelism();

/** The number of threads that the environment sets, if it does. */
export function threadSetting(): number | undefined {
  const setting = process.env.EVERYCODEC_THREADS;
  if (setting === undefined || setting === '') return undefined;
  const count = Number(setting);
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`EVERYCODEC_THREADS must be 0 (no shared memory) or a number of threads, not '${setting}'`);
  }
  return count;
}

let assetBase: string | URL = import.meta.url;

/**
 * Names the address of the package's folder `dist/`, where its worker and WebAssembly are to be loaded from: for
 * programs that are bundled into one file.
 *
 * @param address a file: URL or a path; undefined: where the library itself was loaded from (the default).
 */
export function setAssetBase(address: string | URL | undefined): void {
  const folder = String(address).startsWith('file:') ? new URL(address!) : pathToFileURL(String(address));
  assetBase = address === undefined ? import.meta.url : folder.href.replace(/\/*$/, '/');
}

/** Where a file of the package lies; `path` is relative to its folder `dist/`. */
export const assetUrl = (path: string): URL => new URL(path, assetBase);

/** Returns what compiles the file. */
export async function readModule(url: URL): Promise<() => Promise<WebAssembly.Module>> {
  const bytes = (await readFile(url)) as Uint8Array<ArrayBuffer>;
  return () => WebAssembly.compile(bytes);
}

/** Runs `task` as a task of its own, after those queued before. */
export const queueTask = (task: () => void): void => {
  setImmediate(task);
};

/** Runs `task` after `milliseconds` unless the process ends before. */
export const runLater = (task: () => void, milliseconds: number): (() => void) => {
  const timer = setTimeout(task, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
};

/** As it is before polyfill() teaches it our objects, of which the engine's messages have none. */
const { postMessage } = Worker.prototype;

/** Starts the engine's worker, unref'd. */
export function startWorker(callbacks: WorkerCallbacks): WorkerHandle {
  const worker = new Worker(assetUrl('worker.js'), {
    name: 'everycodec',
    // The program's options (loaders, --input-type) are not for the worker.
    execArgv: [],
  });
  worker.on('message', callbacks.message);
  worker.on('error', callbacks.error);
  worker.on('messageerror', callbacks.error);
  worker.on('exit', () => callbacks.error(new Error('the worker exited')));
  worker.unref();
  return {
    post: (message, transfer) => postMessage.call(worker, message, transfer as ArrayBuffer[] | undefined),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}
