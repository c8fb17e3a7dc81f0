/**
 * Messages as structuredClone() sees them: which objects it looks into, and the replacement of some of them.
 *
 * Arrays, maps, sets and plain objects are looked into. All others are left to the runtime, which alone knows how to
 * clone them.
 */

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Of this realm or another. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a copy must be made: something wanted is in there, or an accessor, which may be read only once. */
function needsCopy(root: object, isWanted: (value: object) => boolean): boolean {
  const seen = new Set<object>([root]);
  const look = (value: unknown): void => {
    if (isObject(value)) seen.add(value);
  };
  // A set's iterator meets what is added on the way: no recursion, however deep the message.
  for (const value of seen) {
    if (isWanted(value)) return true;
    if (Array.isArray(value) || value instanceof Set) for (const item of value) look(item);
    else if (value instanceof Map) {
      for (const [key, item] of value) {
        look(key);
        look(item);
      }
    } else if (isPlain(value)) {
      for (const key of Object.keys(value)) {
        const descriptor = Object.getOwnPropertyDescriptor(value, key);
        if (descriptor?.get) return true;
        look(descriptor?.value);
      }
    }
  }
  return false;
}

/** An empty container of the same kind; undefined if `value` is none. */
function emptyLike(value: object): object | undefined {
  if (Array.isArray(value)) return new Array(value.length);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  return isPlain(value) ? {} : undefined;
}

function fill(target: object, source: object, copy: (value: unknown) => unknown): void {
  if (source instanceof Map)
    for (const [key, item] of source) (target as Map<unknown, unknown>).set(copy(key), copy(item));
  else if (source instanceof Set) for (const item of source) (target as Set<unknown>).add(copy(item));
  else {
    for (const key of Object.keys(source)) {
      // Not an assignment: `__proto__` can be a member of its own.
      Object.defineProperty(target, key, {
        value: copy((source as Record<string, unknown>)[key]),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}

/**
 * `root` with every wanted object in it replaced, identities and cycles preserved: a copy, or `root` itself where
 * nothing is wanted. What `replace` has no answer for is kept.
 */
export function replaceObjects(
  root: unknown,
  isWanted: (value: object) => boolean,
  replace: (value: object) => object | undefined,
): unknown {
  if (!isObject(root) || !needsCopy(root, isWanted)) return root;
  const copies = new Map<object, object>();
  const copy = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    let result = copies.get(value);
    if (!result) {
      result = (isWanted(value) && replace(value)) || undefined;
      if (!result) {
        result = emptyLike(value) ?? value;
        if (result !== value) unfilled.push([result, value]);
      }
      copies.set(value, result);
    }
    return result;
  };
  const unfilled: [target: object, source: object][] = [];
  const result = copy(root);
  for (const [target, source] of unfilled) fill(target, source, copy);
  return result;
}
