/** What a file of the suite expects of its global beside WebCodecs, where the runtime has none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const types = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif' };

/** fetch() of the suite's own files; http: and data: go to the runtime's. */
function localFetch(suite, base, fetchElsewhere) {
  return async (resource, init) => {
    const url = new URL(String(resource?.url ?? resource), base);
    if (url.protocol !== 'file:') return fetchElsewhere(resource, init);
    const path = resource.startsWith?.('/') ? join(suite, resource) : url;
    const type = types[url.pathname.split('.').pop()] ?? 'application/octet-stream';
    return new Response(readFileSync(path), { headers: { 'Content-Type': type } });
  };
}

const define = (name, value) =>
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

/** Keeps the message channels that tests leave open, which would keep the process alive. Returns what closes them. */
function trackPorts() {
  const ports = [];
  define(
    'MessageChannel',
    class extends globalThis.MessageChannel {
      constructor() {
        super();
        ports.push(this.port1, this.port2);
      }
    },
  );
  return () => {
    for (const port of ports) port.close();
  };
}

/** Node 20 lacks this method, by which two files detach a buffer. */
function defineTransfer() {
  ArrayBuffer.prototype.transferToFixedLength ??= function () {
    return structuredClone(this, { transfer: [this] });
  };
}

/**
 * Takes away what would make testharness.js wait for a page. Returns what defines the kind of the global, once
 * testharness.js is there, and what closes the message ports.
 */
export function defineGlobals({ suite, file, variant, global }) {
  const base = new URL(`${pathToFileURL(join(suite, file)).href}${variant}`);
  const isWorker = global === 'dedicatedworker';
  define('self', globalThis);
  if (!isWorker) define('window', globalThis);
  defineTransfer();
  const closePorts = trackPorts();
  define('location', base);
  define('fetch', localFetch(suite, base, globalThis.fetch));
  define('GLOBAL', { isWindow: () => !isWorker, isWorker: () => isWorker, isShadowRealm: () => false });
  // The pages of these files are served with the headers for that; the other files do not look.
  define('crossOriginIsolated', true);
  define('isSecureContext', true);
  for (const name of ['Window', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope', 'document']) delete globalThis[name];
  const defineKind = () => {
    const kind = function Global() {};
    Object.defineProperty(kind, Symbol.hasInstance, { value: (value) => value === globalThis });
    define(isWorker ? 'DedicatedWorkerGlobalScope' : 'Window', kind);
  };
  return { defineKind, closePorts };
}
