import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BitWriter } from '../../../src/codecs/bits.ts';
import {
  isVp9KeyFrame,
  makeVpCodecConfigurationRecord,
  parseVp9CodecString,
  parseVp9FrameHeader,
  parseVpCodecConfigurationRecord,
  type VpCodecConfigurationRecord,
  vp9Frames,
  vp9QuantizerFromIndex,
} from '../../../src/codecs/vp9.ts';
import { readVideoTrack } from '../../support/container.ts';
import { isIvf, readIvf } from '../../support/ivf.ts';
import { mediaAbsent, mediaFiles } from '../../support/media.ts';
import { assertPrefixesThrow, assertSurvives, assertSurvivesHostility, hex, toHex } from './bytes.ts';

test("quantizer indices map to libvpx's nearest quantizers", () => {
  assert.deepEqual(
    [0, 1, 3, 4, 128, 243, 244, 249, 252, 253, 255].map(vp9QuantizerFromIndex),
    [0, 0, 1, 1, 32, 61, 61, 62, 62, 63, 63],
  );
  for (let index = 1; index < 256; index++) {
    assert.ok(vp9QuantizerFromIndex(index) >= vp9QuantizerFromIndex(index - 1));
  }
});

test('VP9 codec strings may end after any of the optional fields', () => {
  const fields = ['vp09.00.10.08', '01', '09', '16', '09', '01'];
  const chromaAndColors = fields.map((_, last) => {
    const parsed = parseVp9CodecString(fields.slice(0, last + 1).join('.'));
    return parsed && [parsed.chroma, parsed.colorSpace];
  });
  assert.deepEqual(chromaAndColors, [
    ['420', undefined],
    ['420', undefined],
    ['420', { primaries: 'bt2020', transfer: 'bt709', matrix: 'bt709', fullRange: false }],
    ['420', { primaries: 'bt2020', transfer: 'pq', matrix: 'bt709', fullRange: false }],
    ['420', { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: false }],
    ['420', { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: true }],
  ]);
  assert.equal(parseVp9CodecString('vp09.01.10.08.03')?.chroma, '444');
  assert.equal(parseVp9CodecString('vp09.03.10.10.02')?.chroma, '422');
  for (const codec of ['vp09.01.10.08.01', 'vp09.00.10.08.03', 'vp09.00.10.08.05', 'vp09.00.10.08.01.']) {
    assert.equal(parseVp9CodecString(codec), undefined, codec);
  }
  assert.equal(parseVp9CodecString('vp09.00.10.08.01.01.01.00'), undefined, 'RGB of 4:2:0');
});

test('a vpcC is written and read back', () => {
  const record: VpCodecConfigurationRecord = {
    profile: 2,
    level: 31,
    bitDepth: 10,
    chromaSubsampling: 1,
    videoFullRangeFlag: true,
    colourPrimaries: 9,
    transferCharacteristics: 16,
    matrixCoefficients: 9,
  };
  const bytes = makeVpCodecConfigurationRecord(record);
  assert.equal(toHex(bytes), '021fa3091009' + '0000');
  assert.deepEqual(parseVpCodecConfigurationRecord(bytes), record);
  // The box of vp9/webgl__video-rotation-90.vp9.mp4.
  const box = hex('000a820202020000');
  assert.equal(toHex(makeVpCodecConfigurationRecord(parseVpCodecConfigurationRecord(box))), toHex(box));
  assertPrefixesThrow(parseVpCodecConfigurationRecord, bytes, bytes.length);
  assertSurvives(parseVpCodecConfigurationRecord, bytes);
  assertSurvivesHostility(parseVpCodecConfigurationRecord);
});

test('VP9 frame headers of real streams', () => {
  // Of vp9/cros__vp90-2-10-show-existing-frame.vp9.ivf.
  const key = parseVp9FrameHeader(hex('824983420015f011f0'));
  assert.deepEqual(key, {
    profile: 0,
    showExistingFrame: false,
    isKey: true,
    isIntraOnly: false,
    isShown: true,
    format: {
      ...{ bitDepth: 8, chroma: '420', width: 352, height: 288, renderWidth: 352, renderHeight: 288 },
      colorSpace: { primaries: null, transfer: null, matrix: null, fullRange: false },
    },
  });
  const hidden = parseVp9FrameHeader(hex('8400204970288900'));
  assert.deepEqual([hidden.isKey, hidden.isShown, hidden.format], [false, false, undefined]);
  assert.equal(parseVp9FrameHeader(hex('88')).showExistingFrame, true);
  // Of vp9/oxideav__vp9-intra.ivf and vp9/xpra_vp9_yuv444p_128x128.ivf, profile 1.
  const rgb = parseVp9FrameHeader(hex('a2498342e007f007f60838241c184a00')).format;
  assert.deepEqual([rgb?.chroma, rgb?.colorSpace.matrix, rgb?.colorSpace.fullRange], ['444', 'rgb', true]);
  const yuv444 = parseVp9FrameHeader(hex('a24983420000fe00fec1870483831200')).format;
  assert.deepEqual([yuv444?.chroma, yuv444?.width, yuv444?.height], ['444', 128, 128]);
});

/** frame_marker, profile_low_bit, profile_high_bit */
const begin = (profile: number) =>
  new BitWriter()
    .bits(2, 2)
    .bits(profile & 1, 1)
    .bits(profile >> 1, 1);
const intraOnly = (profile: number) =>
  begin(profile)
    .bits(0b0100, 4) // show_existing_frame, frame_type, show_frame, error_resilient_mode
    .bits(1, 1)
    .bits(0, 2)
    .bits(0x498342, 24);

test('VP9 intra-only frames, and a size to show that is another', () => {
  const first = intraOnly(0).bits(0xff, 8).bits(639, 16).bits(359, 16).bits(1, 1).bits(1279, 16).bits(719, 16).bytes();
  const { isIntraOnly, isKey, format } = parseVp9FrameHeader(first);
  assert.deepEqual([isIntraOnly, isKey, format?.colorSpace.matrix], [true, false, 'bt470bg']);
  assert.deepEqual([format?.width, format?.height, format?.renderWidth, format?.renderHeight], [640, 360, 1280, 720]);
  // ten_or_twelve_bit, color_space BT.2020, color_range
  const second = intraOnly(2).bits(1, 1).bits(5, 3).bits(1, 1).bits(0, 8).bits(15, 16).bits(15, 16).bits(0, 1).bytes();
  const deep = parseVp9FrameHeader(second).format;
  assert.deepEqual([deep?.bitDepth, deep?.colorSpace.matrix, deep?.colorSpace.fullRange], [12, 'bt2020-ncl', true]);
});

test('4:2:2 and 4:4:0 of VP9 profile 3', () => {
  const key = (subsampling: number) =>
    begin(3)
      .bits(0, 1) // reserved_zero
      .bits(0b0010, 4)
      .bits(0x498342, 24)
      .bits(0, 1)
      .bits(2, 3)
      .bits(0, 1)
      .bits(subsampling, 2)
      .bits(0, 33)
      .bits(0, 1)
      .bytes();
  assert.equal(parseVp9FrameHeader(key(2)).format?.chroma, '422');
  assert.equal(parseVp9FrameHeader(key(1)).format?.chroma, '440');
  assert.throws(() => parseVp9FrameHeader(key(3)), RangeError);
});

test('VP9 frame headers that are cut short or damaged', () => {
  const header = hex('824983420015f011f0');
  assertPrefixesThrow(parseVp9FrameHeader, header, header.length);
  assertSurvives(parseVp9FrameHeader, header);
  assertSurvivesHostility(parseVp9FrameHeader);
  assertSurvivesHostility(isVp9KeyFrame);
  assert.throws(() => parseVp9FrameHeader(hex('824983430015f011f0')), /sync code/);
});

test('superframes of VP9', () => {
  const frames = (data: string) => vp9Frames(hex(data)).map(toHex);
  assert.deepEqual(frames('aabbcc c102 01c1'.replaceAll(' ', '')), ['aabb', 'cc']);
  assert.deepEqual(frames('aabbcc c90200 0100c9'), ['aabb', 'cc']);
  assert.deepEqual(frames('c202c2'), ['c202c2'], 'the index would be longer than the data');
  assert.deepEqual(frames('8249834200'), ['8249834200'], 'a single frame');
  assert.deepEqual(frames('aabbccc1'), ['aabbccc1'], 'only the last byte looks like an index');
  assert.deepEqual(frames('aac000c0'), []);
  assert.deepEqual(frames(''), []);
  assert.throws(() => frames('aa c105 01c1'), RangeError);
  assertSurvivesHostility(vp9Frames);
  assertSurvivesHostility((bytes) => vp9Frames(Uint8Array.from([...bytes, 0xdf])));
});

test('VP9 files: every frame of every superframe', { skip: mediaAbsent }, async (t) => {
  const files = mediaFiles('vp9').filter(({ name, isDamaged }) => !isDamaged && /\.(ivf|webm|mp4)$/.test(name));
  for (const { name, path } of files) {
    await t.test(name, async () => {
      const bytes = new Uint8Array(readFileSync(path));
      const { packets } = isIvf(bytes) ? readIvf(bytes) : (await readVideoTrack(bytes)).stream;
      for (const { data, type } of packets) {
        const headers = vp9Frames(data).map(parseVp9FrameHeader);
        assert.equal(headers[0]!.isKey, type === 'key');
        assert.equal(isVp9KeyFrame(data), type === 'key');
        assert.ok(headers.filter(({ isShown }) => isShown).length <= 1);
      }
    });
  }
});
