import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isVp8KeyFrame, parseVp8FrameHeader } from '../../../src/codecs/vp8.ts';
import { isIvf, readIvf } from '../../support/ivf.ts';
import { mediaAbsent, mediaFiles } from '../../support/media.ts';
import { assertPrefixesThrow, assertSurvives, assertSurvivesHostility, hex } from './bytes.ts';

// Of vp8/vp8__vp80-00-comprehensive-008.ivf.
const key = hex('1096079d012a98057803');

test('VP8 frame headers', () => {
  assert.deepEqual(parseVp8FrameHeader(key), {
    ...{ isKey: true, version: 0, isShown: true, firstPartitionSize: 15536 },
    size: { width: 1432, height: 888, horizontalScale: 0, verticalScale: 0 },
  });
  const scaled = parseVp8FrameHeader(hex('1096079d012a 9845 78c3')).size;
  assert.deepEqual(scaled, { width: 1432, height: 888, horizontalScale: 1, verticalScale: 3 });
  const { isKey, isShown, version, size } = parseVp8FrameHeader(hex('670200'));
  assert.deepEqual([isKey, isShown, version, size], [false, false, 3, undefined]);
});

test('VP8 frame headers that are cut short or damaged', () => {
  assertPrefixesThrow(parseVp8FrameHeader, key, key.length);
  assertSurvives(parseVp8FrameHeader, key);
  assertSurvivesHostility(parseVp8FrameHeader);
  assertSurvivesHostility(isVp8KeyFrame);
});

test('VP8 files: the size of key frames', { skip: mediaAbsent }, () => {
  for (const { path, isDamaged } of mediaFiles('vp8')) {
    const bytes = new Uint8Array(readFileSync(path));
    if (isDamaged || !isIvf(bytes)) continue;
    const [width, height] = new Uint16Array(bytes.slice(12, 16).buffer);
    const { packets } = readIvf(bytes);
    const first = parseVp8FrameHeader(packets[0]!.data).size;
    assert.deepEqual([first?.width, first?.height], [width, height]);
    for (const { data, type } of packets) assert.equal(parseVp8FrameHeader(data).isKey, type === 'key');
  }
});
