import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flacFrameBlockSize, makeFlacDescription, parseFlacDescription } from '../../../src/codecs/flac.ts';
import { assertPrefixesThrow, assertSurvives, hex, toHex } from './bytes.ts';

// flac/wpt__sfx.flac: the description ends inside what follows STREAMINFO.
const description = hex(
  '664c6143 00000022 12001200 000209 0008e4 0bb800f0 00002800 c4abae7af50b9d15f032395a2c5b3b08 04',
);

test('a FLAC description is read and made', () => {
  const info = { sampleRate: 48000, channels: 1, bitsPerSample: 16, totalSamples: 10240 };
  const expected = { minBlockSize: 4608, maxBlockSize: 4608, ...info };
  assert.deepEqual(parseFlacDescription(description), expected);
  const made = makeFlacDescription(description.subarray(8, 42));
  assert.equal(toHex(made.subarray(0, 8)), '664c614380000022');
  assert.deepEqual(parseFlacDescription(made), expected);
  assert.throws(() => makeFlacDescription(new Uint8Array(33)), RangeError);
});

test('a FLAC description that is cut short or damaged', () => {
  assertPrefixesThrow(parseFlacDescription, description, 42);
  assertSurvives(parseFlacDescription, description);
  assert.throws(() => parseFlacDescription(description.subarray(8)), RangeError, 'STREAMINFO alone');
});

test('the block size of frames', () => {
  const blockSize = (data: string) => flacFrameBlockSize(hex(data));
  assert.equal(blockSize('fff85a080081'), 4608); // flac/wpt__sfx.flac
  assert.deepEqual(['fff8190000', 'fff8290000', 'fff8c90000'].map(blockSize), [192, 576, 4096]);
  assert.equal(blockSize('fff86900 00 7f'), 128);
  assert.equal(blockSize('fff87900 c280 03ff'), 1024);
  for (const data of ['', 'fff8', 'fff8090000', 'fff8690000', 'fff8790000 03', 'fff8690080', '00f8190000']) {
    assert.equal(blockSize(data), undefined, data);
  }
});
