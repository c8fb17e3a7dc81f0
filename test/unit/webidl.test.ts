import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as webidl from '../../src/webcodecs/webidl.ts';

describe('integers', () => {
  test('[EnforceRange] cuts fractions off and refuses what is out of range', () => {
    assert.equal(webidl.enforceRangeUnsignedLong(1.9, 'x'), 1);
    assert.equal(webidl.enforceRangeUnsignedLong('7', 'x'), 7);
    assert.equal(webidl.enforceRangeUnsignedLong(2 ** 32 - 1, 'x'), 2 ** 32 - 1);
    assert.ok(Object.is(webidl.enforceRangeUnsignedLong(-0.5, 'x'), 0));
    for (const value of [-1, 2 ** 32, Number.NaN, Infinity, undefined, 1n, Symbol('s')]) {
      assert.throws(() => webidl.enforceRangeUnsignedLong(value, 'x'), TypeError, String(value));
    }
    assert.equal(webidl.enforceRangeLongLong(-10, 'x'), -10);
    assert.throws(() => webidl.enforceRangeLongLong(2 ** 53, 'x'), TypeError);
    assert.throws(() => webidl.enforceRangeUnsignedLongLong(-1, 'x'), TypeError);
  });

  test('without it, they wrap around', () => {
    assert.equal(webidl.unsignedLong(2 ** 32 + 5, 'x'), 5);
    assert.equal(webidl.unsignedLong(-1, 'x'), 2 ** 32 - 1);
    assert.equal(webidl.unsignedLongLong(Infinity, 'x'), 0);
    assert.equal(webidl.longLong(Number.NaN, 'x'), 0);
    assert.equal(webidl.longLong(-2.5, 'x'), -2);
  });
});

test('doubles are finite, floats are rounded to single precision', () => {
  assert.throws(() => webidl.double(Infinity, 'x'), TypeError);
  assert.equal(webidl.unrestrictedDouble(Infinity, 'x'), Infinity);
  assert.equal(webidl.float(44100.1, 'x'), Math.fround(44100.1));
  assert.throws(() => webidl.float(1e39, 'x'), TypeError);
});

test('an enumeration takes its values and nothing else', () => {
  const type = webidl.enumeration('T', ['key', 'delta']);
  assert.equal(type('key', 'x'), 'key');
  assert.throws(() => type('Key', 'x'), TypeError);
  assert.throws(() => type(undefined, 'x'), TypeError);
});

describe('dictionaries', () => {
  const dictionary = webidl.dictionary<{ a?: number; b: string; c?: number }>('D', [
    { key: 'c', converter: webidl.double },
    { key: 'b', converter: webidl.DOMString, default: () => 'default' },
    { key: 'a', converter: webidl.double },
  ]);

  test('members are read once each, in lexicographic order', () => {
    const read: string[] = [];
    const source = new Proxy({}, { get: (_, key) => void read.push(String(key)) });
    dictionary(source, 'x');
    assert.deepEqual(read, ['a', 'b', 'c']);
  });

  test('undefined and null are empty; other primitives are refused', () => {
    assert.deepEqual(dictionary(undefined, 'x'), { b: 'default' });
    assert.deepEqual(dictionary(null, 'x'), { b: 'default' });
    assert.throws(() => dictionary(1, 'x'), TypeError);
    assert.throws(() => dictionary('string', 'x'), TypeError);
  });

  test('a required member must be there; unknown ones are dropped', () => {
    const required = webidl.dictionary<{ a: number }>('R', [{ key: 'a', converter: webidl.double, required: true }]);
    assert.throws(() => required({}, 'x'), /x\.a/);
    assert.deepEqual(required({ a: 1, z: 2 }, 'x'), { a: 1 });
  });
});

describe('buffers', () => {
  test('a view counts with its offset and length', () => {
    const view = new Uint16Array(new Uint8Array([1, 2, 3, 4, 5, 6]).buffer, 2, 1);
    assert.deepEqual([...webidl.bytesOf(view)], [3, 4]);
    assert.deepEqual([...webidl.bytesOf(new DataView(view.buffer, 5))], [6]);
  });

  test('what only looks like a buffer is none', () => {
    assert.throws(
      () => webidl.allowSharedBufferSource({ byteLength: 1, [Symbol.toStringTag]: 'ArrayBuffer' }, 'x'),
      TypeError,
    );
    assert.throws(() => webidl.allowSharedBufferSource([1, 2], 'x'), TypeError);
    assert.throws(() => webidl.arrayBuffer(new SharedArrayBuffer(1), 'x'), TypeError);
    assert.equal(webidl.allowSharedBufferSource(new SharedArrayBuffer(3), 'x').byteLength, 3);
  });

  test('a transfer detaches every buffer and moves the bytes of the source', () => {
    const [data, other] = [new Uint8Array([1, 2, 3, 4]), new ArrayBuffer(8)];
    const detach = webidl.prepareTransfer([other, data.buffer]);
    assert.equal(other.byteLength, 8, 'not before the function is called');
    assert.deepEqual([...detach(data.subarray(1, 3))!], [2, 3]);
    assert.ok(webidl.isDetached(other) && webidl.isDetached(data));
  });

  test('duplicates and detached buffers are refused', () => {
    const buffer = new ArrayBuffer(1);
    assert.throws(() => webidl.prepareTransfer([buffer, buffer]), { name: 'DataCloneError' });
    structuredClone(buffer, { transfer: [buffer] });
    assert.throws(() => webidl.prepareTransfer([buffer]), { name: 'DataCloneError' });
    assert.equal(webidl.isDetached(new ArrayBuffer(0)), false);
  });
});

test('promise() turns what is thrown into a rejection', async () => {
  const promise = webidl.promise(() => {
    throw new TypeError('no');
  });
  await assert.rejects(promise, TypeError);
});
