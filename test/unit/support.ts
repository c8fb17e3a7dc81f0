/** Checks that every interface of the specification must pass. */
import assert from 'node:assert/strict';

interface Interface {
  name: string;
  length: number;
  prototype: object;
}

/** What WebIDL says of an interface object and its prototype. */
export function assertIsInterface(type: Interface, name: string, members: Record<string, number | 'attribute'>): void {
  assert.equal(type.name, name);
  assert.equal(Object.prototype.toString.call(Object.create(type.prototype)), `[object ${name}]`);
  assert.throws(() => Reflect.apply(type as unknown as () => void, undefined, []), TypeError, 'calling without new');
  const enumerable = Object.keys(Object.getOwnPropertyDescriptors(type.prototype)).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(type.prototype, key),
  );
  assert.deepEqual(enumerable.sort(), Object.keys(members).sort());
  for (const [key, kind] of Object.entries(members)) {
    const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, key)!;
    if (kind === 'attribute') {
      assert.throws(() => get!.call({}), TypeError, `${key} of a foreign object`);
      assert.throws(() => get!.call(type.prototype), TypeError, `${key} of the prototype`);
    } else assert.equal(value.length, kind, `${key}.length`);
  }
}

/** A buffer that was transferred away. */
export function detachedBuffer(size = 4): ArrayBuffer {
  const buffer = new ArrayBuffer(size);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
