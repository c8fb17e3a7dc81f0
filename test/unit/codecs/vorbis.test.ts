import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeVorbisDescription, parseVorbisDescription } from '../../../src/codecs/vorbis.ts';
import { assertPrefixesThrow, assertSurvives, hex, toHex } from './bytes.ts';

// vorbis/wpt__sfx-vorbis.ogg, its setup header cut down to its first bytes.
const identification = hex('01766f72626973 00000000 01 80bb0000 ffffffff 00770100 ffffffff b8 01');
const comment = hex('03766f72626973 0c000000 4c61766636312e312e313030 00000000 01');
const setup = hex('05766f72626973 2942435601000800');

test('a Vorbis description is made and read', () => {
  const description = makeVorbisDescription([identification, comment, setup]);
  assert.equal(toHex(description.subarray(0, 3)), '021e1c');
  const { headers, ...rest } = parseVorbisDescription(description);
  assert.deepEqual(rest, { channels: 1, sampleRate: 48000, blockSizes: [256, 2048] });
  assert.deepEqual(headers.map(toHex), [identification, comment, setup].map(toHex));
});

test('lengths of 255 and more', () => {
  for (const length of [254, 255, 256, 510, 1000]) {
    const long = new Uint8Array(length);
    long.set(comment);
    const { headers } = parseVorbisDescription(makeVorbisDescription([identification, long, setup]));
    assert.equal(headers[1].length, length);
  }
});

test('a Vorbis description that is cut short or damaged', () => {
  const description = makeVorbisDescription([identification, comment, setup]);
  assertPrefixesThrow(parseVorbisDescription, description, 3 + 30 + 28 + 7);
  assertSurvives(parseVorbisDescription, description);
  assert.throws(() => parseVorbisDescription(new Uint8Array(100).fill(255).with(0, 2)), RangeError);
});
