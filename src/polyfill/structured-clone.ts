/**
 * Teaches the runtime's structuredClone() and messages our objects: what sends makes records of them, what receives
 * makes objects of records again.
 */
import { replaceObjects } from '../serialization/object-graph.ts';
import { nameOf, serializationOf } from '../serialization/records.ts';
import { deserialize, prepareMessage, replaceOurs, splitTransferList } from '../serialization/serialize.ts';
import { engineMark } from '../wasm/messages.ts';
import { patchWorkerThreads } from './worker-threads.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;
/** What is done in the place of a function of the runtime's. */
export type Replacement = (original: Method, self: unknown, args: unknown[]) => unknown;

const replaced = new WeakSet<Method>();

/** Gives `target` a method or getter of the same name, length and attributes as that which it has or inherits. */
function replace(target: object | null | undefined, key: PropertyKey, replacement: Replacement): void {
  let owner = target;
  while (owner && !Object.hasOwn(owner, key)) owner = Object.getPrototypeOf(owner);
  if (!owner || !target) return;
  const descriptor = Object.getOwnPropertyDescriptor(owner, key)!;
  const part = descriptor.get ? 'get' : 'value';
  const original: Method = descriptor[part];
  if (typeof original !== 'function' || replaced.has(original)) return;
  // A method, as the original is: no constructor, no prototype.
  const { method } = {
    method(this: unknown, ...args: unknown[]) {
      return replacement(original, this, args);
    },
  };
  for (const property of ['name', 'length']) {
    Object.defineProperty(method, property, Object.getOwnPropertyDescriptor(original, property)!);
  }
  replaced.add(method);
  // Does nothing where a program has frozen its intrinsics.
  Reflect.defineProperty(target, key, { ...descriptor, [part]: method });
}

/** Replaces the first argument, where there is one. */
const withMessage =
  (replaceMessage: (message: unknown) => unknown): Replacement =>
  (original, self, args) =>
    original.apply(
      self,
      args.map((argument, index) => (index === 0 ? replaceMessage(argument) : argument)),
    );

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof (value as Iterable<unknown> | undefined)?.[Symbol.iterator] === 'function';

/** https://html.spec.whatwg.org/#dom-structuredclone; no thread is left here, so the media resources are shared. */
const clone: Replacement = (original, self, args) => {
  const [value, options] = args as [unknown, { transfer?: Iterable<unknown> } | undefined];
  const list = options?.transfer ?? [];
  const { native, ours, close } = splitTransferList(list);
  const objects: object[] = [];
  // Plain objects stand in for ours: whatever becomes of them in the clone is where ours belong.
  const places: object[] = [];
  const message = replaceOurs(value, (object) => {
    const place = {};
    objects.push(object);
    places.push(place);
    return place;
  });
  if (message === value && ours.size === 0 && Array.isArray(list)) return original.apply(self, args);
  const [copy, cloned] = original.call(self, [message, places], { transfer: native }) as [unknown, object[]];
  const shared = new Map(objects.map((object, index) => [cloned[index]!, serializationOf(object)!.share!(object)]));
  close();
  return replaceObjects(
    copy,
    (place) => shared.has(place),
    (place) => shared.get(place),
  );
};

/** Both forms of postMessage(): with a transfer list, and with options. */
const post: Replacement = (original, self, args) => {
  const [value, options] = args as [unknown, Iterable<unknown> | { transfer?: Iterable<unknown> } | null | undefined];
  const list = isIterable(options) ? options : (options?.transfer ?? []);
  const { message, transfer, close, changed } = prepareMessage(value, list);
  // An iterator cannot be read again.
  if (!changed && Array.isArray(list)) return original.apply(self, args);
  const result = original.call(self, message, transfer);
  close();
  return result;
};

/** Values of messages whose records are objects already. */
const received = new WeakMap<object, unknown>();

/** The value of a message, the same each time. */
function receive(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return message;
  if ((message as { everycodec?: unknown }).everycodec === engineMark) return message;
  if (!received.has(message)) {
    const value = deserialize<object>(message);
    received.set(message, value);
    received.set(value, value);
  }
  return received.get(message);
}

/** A document of another origin is of another agent cluster, where these objects do not exist. */
function isForeign(event: MessageEvent): boolean {
  const { origin } = globalThis as { origin?: string };
  return origin !== undefined && event.origin !== '' && event.origin !== origin;
}

function patchMessageEvent(): void {
  const { prototype } = MessageEvent;
  if (!('data' in prototype)) {
    // Deno's constructor assigns the member: an accessor meets the value there.
    const values = new WeakMap<object, unknown>();
    Object.defineProperty(prototype, 'data', {
      get(this: object) {
        return values.get(this);
      },
      set(this: object, value) {
        values.set(this, value);
      },
      enumerable: true,
      configurable: true,
    });
  }
  replace(prototype, 'data', (original, self) => {
    const data = original.call(self);
    return isForeign(self as MessageEvent) ? data : receive(data);
  });
}

/**
 * Patches structuredClone(), `postMessage()` of ports, workers and broadcast channels, and what receives messages.
 * Storing an object fails with DataCloneError. Patching again does nothing.
 */
export function patchStructuredClone(): void {
  const prototypeOf = (name: string) =>
    (globalThis as unknown as Record<string, { prototype: object }>)[name]?.prototype;
  replace(globalThis, 'structuredClone', clone);
  // A window's must be called by the sender's own script, whose window becomes the event's source.
  if (!('document' in globalThis)) replace(globalThis, 'postMessage', post);
  for (const name of ['MessagePort', 'Worker', 'ServiceWorker']) replace(prototypeOf(name), 'postMessage', post);
  // It has no transfer list.
  replace(
    prototypeOf('BroadcastChannel'),
    'postMessage',
    withMessage((message) => prepareMessage(message, []).message),
  );
  // "If forStorage is true, throw a DataCloneError."
  const store = withMessage((value) =>
    replaceOurs(value, (object) => {
      throw new DOMException(`${nameOf(object)} cannot be stored.`, 'DataCloneError');
    }),
  );
  for (const key of ['pushState', 'replaceState']) replace(prototypeOf('History'), key, store);
  for (const key of ['add', 'put']) replace(prototypeOf('IDBObjectStore'), key, store);
  replace(prototypeOf('IDBCursor'), 'update', store);
  patchMessageEvent();
  patchWorkerThreads({ replace, post, receive });
}
