/** The platform layer for pages and their dedicated workers. */
import { assets } from './browser-assets.ts';
import type { WorkerCallbacks, WorkerHandle } from './platform.ts';
import { importing, isSameOrigin, refusalOf } from './script-origin.ts';
import { serveFiles } from './serve-files.ts';

export const coreCount = (): number => navigator.hardwareConcurrency || 1;

/** The environment's number of threads: a page has no environment. */
export const threadSetting = (): number | undefined => undefined;

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
  if (assetBase !== undefined) return new URL(path === 'worker.js' ? 'browser/worker.js' : path, assetBase);
  try {
    return assets[path]!();
  } catch {
    // Bundles of some formats do not know their address.
    throw new Error(`nothing tells where ${path} is: ${serveFiles}`);
  }
}

/** Why nothing came from an address, and what helps. */
function explain({ protocol, origin }: URL): string {
  if (protocol === 'file:') return 'pages in files have no access to others: open it through a web server';
  if (origin === self.origin) return "does the server run? CSP needs connect-src 'self'";
  const headers = 'Access-Control-Allow-Origin and Cross-Origin-Resource-Policy';
  return `does the server run, and send ${headers}? CSP needs connect-src ${origin}`;
}

async function fetchAsset(url: URL): Promise<Response> {
  const response = await fetch(url).catch(({ message }) => {
    throw new Error(`${url.href}: ${message} (${explain(url)})`);
  });
  // Servers of one-page applications answer with the page.
  const isPage = response.headers.get('Content-Type')?.startsWith('text/html');
  if (!response.ok || isPage) {
    throw new Error(`${url.href} is ${isPage ? 'an HTML page' : `not there (${response.status})`}: ${serveFiles}`);
  }
  return response;
}

/** Returns what compiles the file. Browsers keep what they compiled only if they did so while it came in. */
export async function readModule(url: URL): Promise<() => Promise<WebAssembly.Module>> {
  const response = await fetchAsset(url);
  return response.headers.get('Content-Type') === 'application/wasm'
    ? () => WebAssembly.compileStreaming(response)
    : async () => WebAssembly.compile(await response.arrayBuffer());
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

/**
 * Bundlers find the worker's file among the assets, and copy it. They would make another file of it if they found `new
 * Worker(new URL(…))`, of which a page of another origin than its files could not make use.
 */
const createWorker = (url: URL): Worker =>
  new Worker(isSameOrigin(url) ? url : importing(url), { type: 'module', name: 'everycodec' });

/** Why a worker did not start, of which browsers tell nothing; what can be read was refused for its kind. */
const workerFailure = (url: URL): Promise<Error> =>
  fetchAsset(url).then(
    () => new Error(refusalOf(url)),
    (error: Error) => error,
  );

/** Starts the engine's worker. */
export function startWorker(callbacks: WorkerCallbacks): WorkerHandle {
  const url = assetUrl('worker.js');
  let worker: Worker;
  try {
    worker = createWorker(url);
  } catch (error) {
    void workerFailure(url).then(({ message }) => callbacks.error(new Error(`${message} (${error})`)));
    return { post() {}, ref() {}, unref() {}, terminate() {} };
  }
  let hasStarted = false;
  worker.onmessage = ({ data }) => {
    hasStarted = true;
    callbacks.message(data);
  };
  worker.onerror = (event) => {
    // The codec's error callback hears of it.
    event.preventDefault();
    if (hasStarted) callbacks.error(new Error(event.message));
    else void workerFailure(url).then(callbacks.error);
  };
  worker.onmessageerror = () => callbacks.error(new Error('a message of the worker could not be read'));
  return {
    post: (message, transfer = []) => postMessage.call(worker, message, { transfer: transfer as ArrayBuffer[] }),
    // Workers do not keep a page.
    ref() {},
    unref() {},
    terminate: () => worker.terminate(),
  };
}
