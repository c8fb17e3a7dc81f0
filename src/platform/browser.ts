/** The platform layer for pages and their dedicated workers. */
import { assets } from './browser-assets.ts';
import type { WorkerCallbacks, WorkerHandle } from './platform.ts';
import { importing, isSameOrigin } from './script-origin.ts';

export const coreCount = (): number => navigator.hardwareConcurrency || 1;

/** A setting from the environment: a page has none. */
export const environmentSetting = (_name: string): string | undefined => undefined;

let assetBase: string | undefined;

/**
 * Names the address of the package's folder `dist/`, where its workers and WebAssembly are to be loaded from: for pages
 * whose bundler does not bring them along. It applies to codecs that are configured from now on.
 *
 * @param address absolute, or relative to the page; undefined: where the library itself was loaded from (the default).
 * @throws {TypeError} if it is no address.
 */
export function setAssetBase(address: string | URL | undefined): void {
  const base = address === undefined ? undefined : new URL(address, globalThis.document?.baseURI ?? location.href).href;
  assetBase = base?.replace(/\/*$/, '/');
}

/** Where a file of the package lies; `path` is relative to its folder `dist/`, where that of Node's worker.js lies, too. */
export function assetUrl(path: string): URL {
  if (assetBase === undefined) return assets[path]!();
  return new URL(path === 'worker.js' ? 'browser/worker.js' : path, assetBase);
}

const wherefrom = 'serve the folder dist/ of the package everycodec, and name its address with setAssetBase()';

export async function readAsset(url: URL): Promise<Uint8Array> {
  const response = await fetch(url).catch(({ message }) => {
    const headers = 'Access-Control-Allow-Origin and Cross-Origin-Resource-Policy';
    throw new Error(
      `${url.href}: ${message}. CSP needs connect-src ${url.origin}, another origin must send ${headers}`,
    );
  });
  // Servers of one-page applications answer with the page.
  const isPage = response.headers.get('Content-Type')?.startsWith('text/html');
  if (!response.ok || isPage) {
    throw new Error(`${url.href} is ${isPage ? 'an HTML page' : `not there (${response.status})`}: ${wherefrom}`);
  }
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

const options: WorkerOptions = { type: 'module', name: 'everycodec' };

function createWorker(url: URL): Worker {
  if (!isSameOrigin(url)) return new Worker(importing(url), options);
  if (assetBase !== undefined) return new Worker(url, options);
  // Bundlers look for these words.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'everycodec' });
}

/** Starts the engine's worker. */
export function startWorker(callbacks: WorkerCallbacks): WorkerHandle {
  const url = assetUrl('worker.js');
  const fail = (reason: string) => {
    const policy = `worker-src ${isSameOrigin(url) ? "'self'" : `blob:, script-src ${url.origin}`}`;
    callbacks.error(new Error(`${url.href}: ${reason || 'refused'}. CSP needs ${policy}; else ${wherefrom}`));
  };
  let worker: Worker;
  try {
    worker = createWorker(url);
  } catch (error) {
    queueTask(() => fail(String(error)));
    return { post() {}, ref() {}, unref() {}, terminate() {} };
  }
  worker.onmessage = ({ data }) => callbacks.message(data);
  worker.onerror = ({ message }) => fail(message);
  worker.onmessageerror = () => callbacks.error(new Error('a message of the worker could not be read'));
  return {
    post: (message, transfer = []) => postMessage.call(worker, message, { transfer: transfer as ArrayBuffer[] }),
    // Workers do not keep a page.
    ref() {},
    unref() {},
    terminate: () => worker.terminate(),
  };
}
