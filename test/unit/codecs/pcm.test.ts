import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alawToLinear, ulawToLinear } from '../../../src/codecs/g711.ts';
import { isPcmCodecName, pcmBytesPerSample, pcmSampleType } from '../../../src/codecs/pcm.ts';

test('linear PCM', () => {
  assert.deepEqual(Object.values(pcmBytesPerSample), [1, 2, 3, 4, 4]);
  assert.equal(pcmSampleType['pcm-s24'], 's32');
  assert.equal(isPcmCodecName('pcm-s16'), true);
  assert.equal(isPcmCodecName('toString'), false);
});

test('G.711: the ends and the middle of both scales', () => {
  assert.deepEqual([0x2a, 0xaa, 0x55, 0xd5].map(alawToLinear), [-32256, 32256, -8, 8]);
  assert.deepEqual([0x00, 0x80, 0x7f, 0xff, 0x7e].map(ulawToLinear), [-32124, 32124, 0, 0, -8]);
});
