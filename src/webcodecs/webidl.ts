/**
 * WebIDL in small (https://webidl.spec.whatwg.org/): conversion of JavaScript values to IDL types,
 * declared as data, and the finish that interfaces get (enumerable members, a name tag).
 */

/** Turns a value into an IDL value or throws a TypeError that begins with `context`. */
export type Converter<T> = (value: unknown, context: string) => T;

const describe = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

// Integers: https://webidl.spec.whatwg.org/#abstract-opdef-converttoint

const toNumber = (value: unknown, context: string): number => {
  if (typeof value === 'bigint' || typeof value === 'symbol') {
    throw new TypeError(`${context} is a ${typeof value}, not a number`);
  }
  return Number(value);
};

/** [EnforceRange]: a finite number within the type's range, its fraction cut off. */
function enforceRange(least: number, most: number): Converter<number> {
  return (value, context) => {
    const number = Math.trunc(toNumber(value, context));
    if (!Number.isFinite(number) || number < least || number > most) {
      throw new TypeError(`${context} is ${describe(value)}, outside the range ${least} to ${most}`);
    }
    // −0 becomes 0.
    return number + 0;
  };
}

/** Without an extended attribute, integers wrap around; the range a double can hold is enough for 64 bits. */
function modulo(bits: number, signed: boolean): Converter<number> {
  return (value, context) => {
    const number = Math.trunc(toNumber(value, context));
    if (!Number.isFinite(number)) return 0;
    const wrapped = signed ? BigInt.asIntN(bits, BigInt(number)) : BigInt.asUintN(bits, BigInt(number));
    return Number(wrapped);
  };
}

export const enforceRangeUnsignedShort = enforceRange(0, 0xffff);
export const enforceRangeUnsignedLong = enforceRange(0, 0xffffffff);
export const enforceRangeUnsignedLongLong = enforceRange(0, Number.MAX_SAFE_INTEGER);
export const enforceRangeLongLong = enforceRange(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const unsignedLong = modulo(32, false);
export const long = modulo(32, true);
export const unsignedLongLong = modulo(64, false);
export const longLong = modulo(64, true);

// Other primitive types

export const double: Converter<number> = (value, context) => {
  const number = toNumber(value, context);
  if (!Number.isFinite(number)) throw new TypeError(`${context} is ${describe(value)}, not a finite number`);
  return number;
};

export const float: Converter<number> = (value, context) => {
  const number = Math.fround(double(value, context));
  if (!Number.isFinite(number)) throw new TypeError(`${context} is ${describe(value)}, too large for a float`);
  return number;
};

export const unrestrictedDouble: Converter<number> = toNumber;

export const boolean: Converter<boolean> = Boolean;

export const DOMString: Converter<string> = (value, context) => {
  if (typeof value === 'symbol') throw new TypeError(`${context} is a symbol, not a string`);
  return String(value);
};

export function enumeration<T extends string>(name: string, values: readonly T[]): Converter<T> {
  return (value, context) => {
    const string = DOMString(value, context);
    if (!(values as readonly string[]).includes(string)) {
      throw new TypeError(`${context} is '${string}', not one of ${name}: ${values.join(', ')}`);
    }
    return string as T;
  };
}

export const nullable =
  <T>(converter: Converter<T>): Converter<T | null> =>
  (value, context) =>
    value === null || value === undefined ? null : converter(value, context);

export const callback = ((value, context) => {
  if (typeof value !== 'function') throw new TypeError(`${context} is not a function`);
  return value;
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares the dictionary gives the signature
}) as Converter<any>;

// Objects

/** https://webidl.spec.whatwg.org/#js-sequence */
export function sequence<T>(converter: Converter<T>): Converter<T[]> {
  return (value, context) => {
    const iterator = isObject(value) ? (value as Iterable<unknown>)[Symbol.iterator] : undefined;
    if (typeof iterator !== 'function') throw new TypeError(`${context} is not iterable`);
    return Array.from(value as Iterable<unknown>, (item, index) => converter(item, `${context}[${index}]`));
  };
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

export interface Member {
  key: string;
  // biome-ignore lint/suspicious/noExplicitAny: members are of many types
  converter: Converter<any>;
  required?: boolean;
  default?: () => unknown;
}

/** https://webidl.spec.whatwg.org/#js-dictionary; undefined and null stand for an empty dictionary. */
export function dictionary<T extends object>(name: string, members: readonly Member[]): Converter<T> {
  // "in lexicographical order"
  const sorted = [...members].sort((a, b) => (a.key < b.key ? -1 : 1));
  return (value, context) => {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new TypeError(`${context} is not an object, as ${name} must be`);
    }
    const result: Record<string, unknown> = {};
    for (const { key, converter, required, default: makeDefault } of sorted) {
      const member = (value as Record<string, unknown> | null | undefined)?.[key];
      if (member !== undefined) result[key] = converter(member, `${context}.${key}`);
      else if (makeDefault) result[key] = makeDefault();
      else if (required) throw new TypeError(`${context}.${key} is required`);
    }
    return result as T;
  };
}

/** Objects of one class, told by its private state. */
export function interfaceType<T>(name: string, isInstance: (value: unknown) => value is T): Converter<T> {
  return (value, context) => {
    if (!isInstance(value)) throw new TypeError(`${context} is not of type ${name}`);
    return value;
  };
}

// Buffers

export type BufferSource = ArrayBufferLike | ArrayBufferView;

/**
 * A test by a getter of a class of the runtime's, which knows its own kind, also out of another realm (a vm context, a
 * frame).
 */
export function hasGetterOf(type: { prototype: object } | undefined, key: string): (value: unknown) => boolean {
  const getter = type && Object.getOwnPropertyDescriptor(type.prototype, key)?.get;
  return (value) => {
    if (!getter || typeof value !== 'object') return false;
    try {
      getter.call(value);
      return true;
    } catch {
      return false;
    }
  };
}

const isArrayBuffer = hasGetterOf(ArrayBuffer, 'byteLength') as (value: unknown) => value is ArrayBuffer;
const isSharedArrayBuffer = hasGetterOf(
  typeof SharedArrayBuffer === 'undefined' ? undefined : SharedArrayBuffer,
  'byteLength',
) as (value: unknown) => value is SharedArrayBuffer;

export const isBufferSource = (value: unknown): value is BufferSource =>
  ArrayBuffer.isView(value) || isArrayBuffer(value) || isSharedArrayBuffer(value);

export const allowSharedBufferSource: Converter<BufferSource> = (value, context) => {
  if (isBufferSource(value)) return value;
  throw new TypeError(`${context} is neither a buffer nor a view of one`);
};

export const arrayBuffer: Converter<ArrayBuffer> = (value, context) => {
  if (!isArrayBuffer(value)) throw new TypeError(`${context} is not an ArrayBuffer`);
  return value;
};

export const transferList = sequence(arrayBuffer);

/** A buffer source's bytes, not copied; those of a detached one are none. */
export function bytesOf(source: BufferSource): Uint8Array {
  if (ArrayBuffer.isView(source)) {
    if (isDetached(source.buffer)) return new Uint8Array(0);
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  return isDetached(source) ? new Uint8Array(0) : new Uint8Array(source);
}

/** https://tc39.es/ecma262/#sec-isdetachedbuffer, of a buffer or the buffer of a view. */
export function isDetached(source: BufferSource): boolean {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  if (buffer.byteLength > 0 || isSharedArrayBuffer(buffer)) return false;
  try {
    // No view can be made of a detached buffer, though one can of an empty one.
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/**
 * The checks and effects of a `transfer` member (https://html.spec.whatwg.org/#structuredserializewithtransfer):
 * throws DataCloneError for duplicates and detached buffers. The function that is returned detaches them all,
 * and gives the bytes of `data`, moved, if its buffer is one of them.
 */
export function prepareTransfer(buffers: readonly ArrayBuffer[]): (data?: BufferSource) => Uint8Array | undefined {
  if (new Set(buffers).size !== buffers.length) {
    throw new DOMException('The transfer list holds a buffer twice.', 'DataCloneError');
  }
  if (buffers.some(isDetached)) throw new DOMException('The transfer list holds a detached buffer.', 'DataCloneError');
  return (data) => {
    if (buffers.length === 0) return undefined;
    const { buffer, byteOffset, byteLength } = data ? bytesOf(data) : new Uint8Array(0);
    const index = buffers.indexOf(buffer as ArrayBuffer);
    const moved = structuredClone(buffers, { transfer: [...buffers] })[index];
    return moved && new Uint8Array(moved, byteOffset, byteLength);
  };
}

// Operations

export function requireArguments(given: number, wanted: number, operation: string): void {
  if (given < wanted) {
    throw new TypeError(
      `${operation}: ${wanted} argument${wanted === 1 ? '' : 's'} required, but only ${given} present`,
    );
  }
}

/** Promise-returning operations reject, they never throw: https://webidl.spec.whatwg.org/#dfn-create-operation-function */
export async function promise<T>(operation: () => T | Promise<T>): Promise<T> {
  return operation();
}

/** Makes a class an interface: its members enumerable, its prototype tagged with its name. */
export function defineInterface(interfaceObject: { prototype: object }, name: string): void {
  for (const target of [interfaceObject, interfaceObject.prototype]) {
    for (const key of Object.getOwnPropertyNames(target)) {
      if (['constructor', 'prototype', 'name', 'length'].includes(key)) continue;
      Object.defineProperty(target, key, { enumerable: true });
    }
  }
  // A program's bundler may have given the class a shorter name.
  Object.defineProperty(interfaceObject, 'name', { value: name, configurable: true });
  Object.defineProperty(interfaceObject.prototype, Symbol.toStringTag, { value: name, configurable: true });
}
