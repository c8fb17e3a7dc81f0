import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  annexBToAvc,
  makeAvcDecoderConfigurationRecord,
  parseAvcDecoderConfigurationRecord,
  parseSequenceParameterSet,
  reorderDepth,
  reorderDepthOfStream,
} from '../../../src/codecs/avc.ts';
import { toLengthPrefixed } from '../../../src/codecs/nal-units.ts';
import { assertPrefixesThrow, assertSurvives, hex, toHex } from './bytes.ts';

// Of h264/wpt__h264.mp4: High, level 1.1, 320×240.
const avcC = hex('0164000bffe100186764000bacb20283f6022000000300200000030291e28549010006 68ebc3cb22c0 fdf8f800');
// Of h264/cros__test-25fps-interlaced.h264: High, 320×240, interlaced, two B frames.
const interlacedSps = hex('67640015acd941410fcb35060106b7000003000100000300321f142996');
// Of h264/fate__PPH10I4_Panasonic_A.264: High 10 Intra, 1920×1080, interlaced.
const intraSps = hex('676e1029a6cd40780447da');
// Of h264/openh264__BA_MW_D.264: Baseline, 176×144.
const baselineSps = hex('6742e00a96528589c8');

test('an avcC is read and written back', () => {
  const record = parseAvcDecoderConfigurationRecord(avcC);
  assert.deepEqual([record.profile, record.constraints, record.level, record.lengthSize], [100, 0, 11, 4]);
  assert.equal(toHex(record.sps[0]!), '6764000bacb20283f6022000000300200000030291e28549');
  assert.equal(toHex(record.pps[0]!), '68ebc3cb22c0');
  assert.equal(toHex(makeAvcDecoderConfigurationRecord(record.sps, record.pps)), toHex(avcC));
});

test('an avcC has the chroma extension for the high profiles only', () => {
  assert.equal(toHex(makeAvcDecoderConfigurationRecord([baselineSps], [hex('68c92388')])).endsWith('68c92388'), true);
  assert.equal(toHex(makeAvcDecoderConfigurationRecord([intraSps], [hex('68de38b0')])).endsWith('fdfafa00'), true);
  assert.throws(() => makeAvcDecoderConfigurationRecord([], []), RangeError);
});

test('an avcC that is cut short or damaged', () => {
  const bytesBeforeExtension = avcC.length - 4;
  assertPrefixesThrow(parseAvcDecoderConfigurationRecord, avcC, bytesBeforeExtension);
  assertSurvives(parseAvcDecoderConfigurationRecord, avcC);
});

test('an avcC without parameter sets', () => {
  const record = parseAvcDecoderConfigurationRecord(hex('0142001effe000'));
  assert.deepEqual([record.sps.length, record.pps.length], [0, 0]);
});

test('sequence parameter sets of real streams', () => {
  const sizes = (sps: Uint8Array) => {
    const { codedWidth, codedHeight, width, height } = parseSequenceParameterSet(sps);
    return [codedWidth, codedHeight, width, height];
  };
  assert.deepEqual(sizes(interlacedSps), [320, 256, 320, 240]);
  assert.deepEqual(sizes(intraSps), [1920, 1088, 1920, 1080]);
  assert.deepEqual(sizes(baselineSps), [176, 144, 176, 144]);
  const intra = parseSequenceParameterSet(intraSps);
  assert.deepEqual([intra.profile, intra.bitDepthLuma, intra.bitDepthChroma, intra.chromaFormatIdc], [110, 10, 10, 1]);
  // Of h264/mp4parse__video_colr_nclx_rgb.mp4: High 4:4:4 Predictive, 2×2, RGB.
  const rgb = parseSequenceParameterSet(hex('67f4000a919b2bf1f1f80b501010040000030004000003 00c83c489658'));
  assert.deepEqual([rgb.chromaFormatIdc, rgb.width, rgb.height, rgb.vui?.colorSpace?.matrix], [3, 2, 2, 'rgb']);
});

test('a sequence parameter set that is cut short or damaged', () => {
  assertPrefixesThrow(parseSequenceParameterSet, interlacedSps, interlacedSps.length);
  for (const sps of [interlacedSps, intraSps, baselineSps]) assertSurvives(parseSequenceParameterSet, sps);
});

test('the reorder depth that a sequence parameter set tells or implies', () => {
  const depth = (sps: Uint8Array) => reorderDepth(parseSequenceParameterSet(sps));
  assert.equal(depth(interlacedSps), 2);
  assert.equal(depth(intraSps), 0);
  assert.equal(depth(baselineSps), 0);
  // Without VUI, MaxDpbFrames: of Main at level 1 and 176×144, 396 / 99; at level 1b as well; at 1.1, 900 / 99.
  const base = { ...parseSequenceParameterSet(baselineSps), picOrderCntType: 0, profile: 77, constraints: 0 };
  assert.equal(reorderDepth({ ...base, level: 10 }), 4);
  assert.equal(reorderDepth({ ...base, level: 11, constraints: 0x10 }), 4);
  assert.equal(reorderDepth({ ...base, level: 11 }), 9);
  assert.equal(reorderDepth({ ...base, level: 40 }), 16);
  assert.equal(reorderDepth({ ...base, level: 40, picOrderCntType: 2 }), 0);
  assert.equal(reorderDepth({ ...base, level: 10, profile: 100, constraints: 0x10 }), 0);
});

test('the reorder depth of a stream', () => {
  assert.equal(reorderDepthOfStream({ description: avcC }), 0);
  const firstPacket = new Uint8Array([0, 0, 0, 1, ...interlacedSps, 0, 0, 1, 0x68, 0xfb, 0, 0, 1, 0x65, 0x88]);
  assert.equal(reorderDepthOfStream({ firstPacket }), 2);
  assert.equal(reorderDepthOfStream({ firstPacket: hex('0000014188') }), undefined);
  // avc3: a record without sets, and lengths in the packet.
  const description = hex('0142001effe000');
  const inBand = toLengthPrefixed([interlacedSps, hex('68fb'), hex('6588')]);
  assert.equal(reorderDepthOfStream({ description }), undefined);
  assert.equal(reorderDepthOfStream({ description, firstPacket: inBand }), 2);
  assert.equal(reorderDepthOfStream({ description, firstPacket: hex('000000ff67') }), undefined);
  assert.equal(reorderDepthOfStream({ description: hex('01') }), undefined);
  assert.equal(reorderDepthOfStream({}), undefined);
});

test('a packet changes from the byte stream format to lengths', () => {
  const { data, sps, pps } = annexBToAvc(
    hex('00000001 0910 00000001 6764000b 00000001 68eb 000001 0605 000001 658884'),
  );
  assert.equal(toHex(data), `00000002${'0605'}00000003${'658884'}`);
  assert.deepEqual([sps.map(toHex), pps.map(toHex)], [['6764000b'], ['68eb']]);
});
