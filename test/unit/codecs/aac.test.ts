import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hasAdtsSync,
  makeAdtsHeader,
  makeAudioSpecificConfig,
  parseAudioSpecificConfig,
} from '../../../src/codecs/aac.ts';
import { BitWriter } from '../../../src/codecs/bits.ts';
import { assertPrefixesThrow, assertSurvives, hex, toHex } from './bytes.ts';

const lc = { objectType: 2, sampleRate: 44100, channels: 2, frameLength: 1024 };

test('AudioSpecificConfigs of real files', () => {
  // aac/cts__sinesweep51m4a.m4a, h264/androidx__preroll-5s.mp4, aac/androidx__bbb_1ch_16kHz_aac.mp4
  assert.deepEqual(parseAudioSpecificConfig(hex('1230')), { ...lc, channels: 6 });
  assert.deepEqual(parseAudioSpecificConfig(hex('120856e500')), { ...lc, channels: 1, sbr: false });
  assert.deepEqual(parseAudioSpecificConfig(hex('140856e500')), { ...lc, sampleRate: 16000, channels: 1, sbr: false });
  // aac/mp4parse__sine-3s-xhe-aac-44khz-mono.mp4
  const usac = parseAudioSpecificConfig(hex('f94824211cc01850002000970847 30b0'));
  assert.deepEqual([usac.objectType, usac.sampleRate, usac.channels], [42, 44100, 1]);
});

test('HE-AAC, signalled explicitly and behind the configuration', () => {
  const explicit = parseAudioSpecificConfig(makeAudioSpecificConfig(5, 48000, 2));
  const he = {
    objectType: 2,
    sampleRate: 24000,
    channels: 2,
    frameLength: 1024,
    sbr: true,
    extensionSampleRate: 48000,
  };
  assert.deepEqual(explicit, he);
  const stereo = parseAudioSpecificConfig(makeAudioSpecificConfig(29, 48000, 2));
  assert.deepEqual(stereo, { ...he, channels: 1, ps: true });
  // 24 kHz, mono; 0x2b7, object type 5, SBR to 48 kHz, 0x548, PS.
  assert.deepEqual(parseAudioSpecificConfig(hex('130856e59d4880')), { ...he, channels: 1, ps: true });
});

test('an AudioSpecificConfig with escapes: a rate of its own, 960 samples', () => {
  const bytes = new BitWriter().bits(2, 5).bits(15, 4).bits(12345, 24).bits(1, 4).bits(0b100, 3).bytes();
  assert.deepEqual(parseAudioSpecificConfig(bytes), { ...lc, sampleRate: 12345, channels: 1, frameLength: 960 });
});

test('an AudioSpecificConfig whose channels a program config element tells', () => {
  const bytes = new BitWriter().bits(2, 5).bits(4, 4).bits(0, 4).bits(0, 3);
  bytes.bits(0, 4).bits(1, 2).bits(4, 4); // tag, profile, rate
  bytes.bits(2, 4).bits(0, 4).bits(1, 4).bits(1, 2).bits(0, 3).bits(0, 4).bits(0, 3); // elements, no mixdown
  bytes.bits(0, 1).bits(0, 4).bits(1, 1).bits(0, 4); // front: single, pair
  bytes.bits(1, 1).bits(1, 4); // back: pair
  bytes.bits(0, 4); // low frequency
  const element = bytes.bytes();
  const record = new Uint8Array([...element, 1, 0x41]); // a comment of one byte
  assert.deepEqual(parseAudioSpecificConfig(record), { ...lc, channels: 6 });
  assertPrefixesThrow(parseAudioSpecificConfig, record, record.length);
  assertSurvives(parseAudioSpecificConfig, record);
});

test('an AudioSpecificConfig that is cut short, reserved or damaged', () => {
  assertPrefixesThrow(parseAudioSpecificConfig, hex('119056e500'), 2);
  assertPrefixesThrow(parseAudioSpecificConfig, makeAudioSpecificConfig(5, 48000, 2), 4);
  assert.throws(() => parseAudioSpecificConfig(hex('1690')), RangeError, 'frequency index 13');
  assert.throws(() => parseAudioSpecificConfig(hex('1240')), RangeError, 'channel configuration 8');
  assertSurvives(parseAudioSpecificConfig, hex('120856e500'));
  assertSurvives(parseAudioSpecificConfig, hex('f94824211cc01850002000970847 30b0'));
});

test('an AudioSpecificConfig is written', () => {
  assert.equal(toHex(makeAudioSpecificConfig(2, 44100, 2)), '1210');
  assert.equal(toHex(makeAudioSpecificConfig(2, 48000, 8)), '11b8');
  assert.deepEqual(parseAudioSpecificConfig(makeAudioSpecificConfig(2, 44056, 1)).sampleRate, 44056);
  assert.throws(() => makeAudioSpecificConfig(2, 44100, 9), RangeError);
  assert.throws(() => makeAudioSpecificConfig(42, 44100, 2), RangeError);
});

test('ADTS headers', () => {
  // aac/wpt__sfx.adts: LC, 48 kHz, mono, a first frame of 248 bytes.
  const real = hex('fff14c401f1ffc');
  const made = makeAdtsHeader({ objectType: 2, sampleRate: 48000, channels: 1 }, 241);
  assert.equal(toHex(made), toHex(real));
  assert.equal(hasAdtsSync(real), true);
  assert.equal(hasAdtsSync(real.subarray(0, 6)), false);
  for (const data of ['fff74c401f1ffc', 'fff17c401f1ffc', 'fff14c40001ffc', '214c401f1ffcde', '']) {
    assert.equal(hasAdtsSync(hex(data)), false, data);
  }
  assert.throws(() => makeAdtsHeader({ objectType: 2, sampleRate: 48000, channels: 1 }, 8185), RangeError);
  assert.throws(() => makeAdtsHeader({ objectType: 42, sampleRate: 48000, channels: 1 }, 1), RangeError);
  assert.throws(() => makeAdtsHeader({ objectType: 2, sampleRate: 44056, channels: 1 }, 1), RangeError);
});
