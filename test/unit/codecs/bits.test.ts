import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitReader, BitWriter } from '../../../src/codecs/bits.ts';
import { hex, toHex } from './bytes.ts';

test('what is written is read back', () => {
  const bytes = new BitWriter().bits(5, 3).bits(0xffffffff, 32).bits(0, 0).bits(0x12345, 20).bits(1, 1).bytes();
  assert.equal(toHex(bytes), 'bfffffffe2468b');
  const reader = new BitReader(bytes);
  assert.deepEqual([reader.bits(3), reader.bits(32), reader.bits(0), reader.bits(20)], [5, 0xffffffff, 0, 0x12345]);
  assert.equal(reader.flag(), true);
  assert.equal(reader.left, 0);
  assert.throws(() => reader.bits(1), RangeError);
  assert.throws(() => reader.skip(1), RangeError);
});

test('Exp-Golomb codes, ITU-T H.264 tables 9-2 and 9-3', () => {
  // 1 010 011 00100 00101 00110 00111 and filling.
  const reader = new BitReader(hex('a6 42 98 e0'));
  assert.deepEqual(
    Array.from({ length: 7 }, () => reader.unsignedExpGolomb()),
    [0, 1, 2, 3, 4, 5, 6],
  );
  const signed = new BitReader(hex('a6 42 98 e0'));
  assert.deepEqual(
    Array.from({ length: 7 }, () => signed.signedExpGolomb() + 0),
    [0, 1, -1, 2, -2, 3, -3],
  );
});

test('an Exp-Golomb code without an end', () => {
  assert.throws(() => new BitReader(new Uint8Array(2)).unsignedExpGolomb(), RangeError);
  assert.throws(() => new BitReader(new Uint8Array(1000)).unsignedExpGolomb(), RangeError);
});
