import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMp3Header } from '../../../src/codecs/mp3.ts';
import { hex } from './bytes.ts';

test('MPEG audio frame headers', () => {
  const header = (data: string) => parseMp3Header(hex(data));
  // mp3/wpt__sfx.mp3
  const mono = { version: 1, layer: 3, bitrate: 96000, sampleRate: 48000, channels: 1, samplesPerFrame: 1152 };
  assert.deepEqual(header('fffb74c4'), mono);
  assert.deepEqual(header('fff384c4'), {
    ...mono,
    version: 2,
    bitrate: 64000,
    sampleRate: 24000,
    samplesPerFrame: 576,
  });
  assert.equal(header('ffe384c4')?.sampleRate, 12000);
  assert.deepEqual([header('fffd7404')?.samplesPerFrame, header('ffff7404')?.samplesPerFrame], [1152, 384]);
  assert.deepEqual([header('fffb0404')?.bitrate, header('fffb7404')?.channels], [0, 2]);
});

test('what is no MPEG audio frame header', () => {
  for (const data of ['', 'fffb74', 'fe fb74c4', 'ffeb74c4', 'fff974c4', 'fffbf4c4', 'fffb7cc4', '49443303']) {
    assert.equal(parseMp3Header(hex(data)), undefined, data);
  }
});
