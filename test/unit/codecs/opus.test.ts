import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeOpusHead, opusPacketDuration, parseOpusHead } from '../../../src/codecs/opus.ts';
import { isValidOpusFrameDuration } from '../../../src/codecs/opus-encoder-config.ts';
import { assertPrefixesThrow, assertSurvives, hex, toHex } from './bytes.ts';

// opus/androidx__bear.opus and opus/androidx__bbb_6ch_8kHz_opus.ogg
const stereo = hex('4f70757348656164 01 02 3801 80bb0000 0000 00');
const surround = hex('4f70757348656164 01 06 3801 401f0000 0000 01 04 02 000401020305');

test('OpusHeads are read and written back', () => {
  const head = { version: 1, preSkip: 312, outputGain: 0 };
  const two = {
    ...head,
    channels: 2,
    inputSampleRate: 48000,
    mappingFamily: 0,
    streams: 1,
    coupled: 1,
    mapping: [0, 1],
  };
  assert.deepEqual(parseOpusHead(stereo), two);
  const six = { ...head, channels: 6, inputSampleRate: 8000, mappingFamily: 1, streams: 4, coupled: 2 };
  assert.deepEqual(parseOpusHead(surround), { ...six, mapping: [0, 4, 1, 2, 3, 5] });
  assert.equal(toHex(makeOpusHead(parseOpusHead(stereo))), toHex(stereo));
  assert.equal(toHex(makeOpusHead({ channels: 6, preSkip: 312, inputSampleRate: 8000 })), toHex(surround));
  assert.equal(parseOpusHead(makeOpusHead({ channels: 1, outputGain: -256 })).outputGain, -256);
  for (let channels = 1; channels <= 8; channels++) {
    assert.equal(parseOpusHead(makeOpusHead({ channels })).mapping.length, channels);
  }
  assert.throws(() => makeOpusHead({ channels: 0 }), RangeError);
});

test('an OpusHead that is cut short or damaged', () => {
  assertPrefixesThrow(parseOpusHead, stereo, stereo.length);
  assertPrefixesThrow(parseOpusHead, surround, surround.length);
  assertSurvives(parseOpusHead, surround);
  const changed = (at: number, value: number) => surround.with(at, value);
  for (const [at, value] of [
    [0, 0],
    [8, 0x10],
    [9, 0],
    [18, 0],
    [19, 0],
    [20, 5],
    [21, 6],
  ] as const) {
    assert.throws(() => parseOpusHead(changed(at, value)), RangeError, `byte ${at} = ${value}`);
  }
});

test('the duration of packets', () => {
  const duration = (data: string) => opusPacketDuration(hex(data));
  assert.equal(duration('f8b50e'), 20000); // opus/wpt__sfx-opus.ogg
  assert.deepEqual(['00', '08', '10', '18'].map(duration), [10000, 20000, 40000, 60000]);
  assert.deepEqual(['60', '68', '80', '88', '90', '98'].map(duration), [10000, 20000, 2500, 5000, 10000, 20000]);
  assert.deepEqual(['f9', 'fa', 'fb03'].map(duration), [40000, 40000, 60000]);
  for (const data of ['', 'fb', 'fb00', 'fb07', '1b03']) assert.throws(() => duration(data), RangeError, data);
});

test('frame durations of an encoder', () => {
  for (const us of [2500, 5000, 10000, 20000, 40000, 60000]) assert.equal(isValidOpusFrameDuration(us), true);
  for (const us of [0, 2501, 30000, Number.NaN]) assert.equal(isValidOpusFrameDuration(us), false);
});
