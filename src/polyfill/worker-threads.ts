/** What of structured-clone.ts concerns node:worker_threads, in Node, Deno and Bun. */
import type { Replacement } from './structured-clone.ts';

interface WorkerThreads {
  Worker: { prototype: object };
  parentPort: object | null;
}
interface Builtins {
  process?: { getBuiltinModule?(name: string): object | undefined };
}

interface Patches {
  replace(target: object | null | undefined, key: PropertyKey, replacement: Replacement): void;
  /** Does what a postMessage() does. */
  post: Replacement;
  /** The value of a message. */
  receive(message: unknown): unknown;
}

/** Servers: emitters give values to their listeners without an event. */
export function patchWorkerThreads({ replace, post, receive }: Patches): void {
  const builtin = (globalThis as Builtins).process?.getBuiltinModule;
  const threads = builtin?.('node:worker_threads') as WorkerThreads | undefined;
  if (!threads) return;
  const { Worker, parentPort } = threads;
  replace(Worker.prototype, 'postMessage', post);
  // Deno's is an object of its own, others inherit from MessagePort.
  replace(parentPort, 'postMessage', post);
  const emitsMessage: Replacement = (original, self, [type, value, ...rest]) =>
    original.call(self, type, type === 'message' ? receive(value) : value, ...rest);
  replace(Worker.prototype, 'emit', emitsMessage);
  // Node: what gives a message to both kinds of listeners of a port.
  replace(
    MessagePort.prototype,
    Symbol.for('nodejs.internal.kHybridDispatch'),
    (original, self, [value, type, event]) =>
      original.call(self, type === 'message' ? receive(value) : value, type, event),
  );
  replace(threads, 'receiveMessageOnPort', (original, self, args) => {
    const result = original.apply(self, args) as { message: unknown } | undefined;
    return result && { message: receive(result.message) };
  });
  (builtin!('node:module') as { syncBuiltinESMExports?(): void } | undefined)?.syncBuiltinESMExports?.();
}
