import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  annexBNalUnits,
  lengthPrefixedNalUnits,
  rawByteSequence,
  toLengthPrefixed,
  withLengths,
} from '../../../src/codecs/nal-units.ts';
import { hex, toHex } from './bytes.ts';

test('NAL units of a byte stream', () => {
  const units = (data: string) => annexBNalUnits(hex(data)).map(toHex);
  assert.deepEqual(units('00000001 6764 000001 68eb 00000001 6588 0000'), ['6764', '68eb', '6588']);
  assert.deepEqual(units('0000000000 000001 09f0'), ['09f0']);
  assert.deepEqual(units('000001 000001 6588'), ['6588']);
  assert.deepEqual(units('6588000003'), []);
  assert.deepEqual(units('000001'), []);
  assert.deepEqual(units(''), []);
});

test('NAL units with lengths', () => {
  const units = (data: string, lengthSize: number) => lengthPrefixedNalUnits(hex(data), lengthSize).map(toHex);
  assert.deepEqual(units('00000002 6764 00000001 65', 4), ['6764', '65']);
  assert.deepEqual(units('0002 6764 0000 0001 65', 2), ['6764', '65']);
  assert.deepEqual(units('02 6764 01 65', 1), ['6764', '65']);
  assert.deepEqual(units('', 4), []);
  for (const data of ['ffffffff 65', '00000002 65', '000000']) assert.throws(() => units(data, 4), RangeError, data);
});

test('NAL units become a sample', () => {
  assert.equal(toHex(toLengthPrefixed([hex('6764'), hex('65')])), '000000026764' + '0000000165');
  assert.equal(toLengthPrefixed([]).length, 0);
});

test('emulation prevention bytes are taken out', () => {
  const raw = (nal: string) => toHex(rawByteSequence(hex(nal)));
  assert.equal(raw('67 000003 01 000003 000003 00'), '67 0000 01 0000 0000 00'.replaceAll(' ', ''));
  assert.equal(raw('0003 000003 03'), '0003000003');
});

test('a parameter set that no record can hold', () => {
  assert.throws(() => withLengths([new Uint8Array(0x10000)]), RangeError);
});
