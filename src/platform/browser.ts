/** The platform layer for pages and their dedicated workers. */
import type { WorkerCallbacks, WorkerHandle } from './platform.ts';

export const coreCount = (): number => navigator.hardwareConcurrency || 1;

/** A setting from the environment: a page has none. */
export const environmentSetting = (_name: string): string | undefined => undefined;

/** Where a file of the library lies; `path` is relative to the folder of worker.js. */
export const assetUrl = (path: string): URL => new URL(path.replace('./wasm/', '../wasm/'), import.meta.url);

export async function readAsset(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

let channel: MessageChannel | undefined;
const tasks: (() => void)[] = [];

/** Runs `task` as a task of its own, after those queued before. Timers would be delayed by 4 ms, or in hidden pages 1 s. */
export function queueTask(task: () => void): void {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => tasks.shift()?.();
  }
  tasks.push(task);
  channel.port2.postMessage(null);
}

/** Runs `task` after `milliseconds`. */
export const runLater = (task: () => void, milliseconds: number): (() => void) => {
  const timer = setTimeout(task, milliseconds);
  return () => clearTimeout(timer);
};

/** As it is before polyfill() teaches it our objects, of which the engine's messages have none. */
const postMessage = globalThis.Worker?.prototype.postMessage;

/** Starts the engine's worker. */
export function startWorker(callbacks: WorkerCallbacks): WorkerHandle {
  const worker = new Worker(assetUrl('./worker.js'), { type: 'module', name: 'everycodec' });
  worker.onmessage = ({ data }) => callbacks.message(data);
  worker.onerror = ({ message }) => callbacks.error(new Error(message || 'the worker could not be loaded'));
  worker.onmessageerror = () => callbacks.error(new Error('a message of the worker could not be read'));
  return {
    post: (message, transfer = []) => postMessage.call(worker, message, { transfer: transfer as ArrayBuffer[] }),
    // Workers do not keep a page.
    ref() {},
    unref() {},
    terminate: () => worker.terminate(),
  };
}
