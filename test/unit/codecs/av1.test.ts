import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  av1SequenceHeaderObu,
  formatAv1CodecString,
  isAv1KeyFrame,
  makeAv1CodecConfigurationRecord,
  obusOf,
  parseAv1CodecConfigurationRecord,
  parseAv1CodecString,
  withoutTemporalDelimiters,
} from '../../../src/codecs/av1.ts';
import { parseAv1SequenceHeader } from '../../../src/codecs/av1-sequence.ts';
import { BitWriter } from '../../../src/codecs/bits.ts';
import { readVideoTrack } from '../../support/container.ts';
import { isIvf, readIvf } from '../../support/ivf.ts';
import { mediaAbsent, mediaFiles } from '../../support/media.ts';
import { assertPrefixesThrow, assertSurvives, assertSurvivesHostility, hex, toHex } from './bytes.ts';

// Of av1/wpt__av1.mp4: Main, 320×240.
const mainHeader = hex('0a0b000000043cffbcfff98040');
// Of av1/androidx__sample_av1.mkv: 10 bit, 720×1280, HLG.
const hlgHeader = hex('0a0e0000002cd59f3fc6af9509120904');
// Of av1/rav1d__rgb.ivf: High, 240×100, RGB.
const rgbHeader = hex('0a0d20000003b77e33efe680868010');
// Of av1/rav1d__00000731.ivf: Professional, 160×90, 12 bit 4:2:0.
const proHeader = hex('0a0b40000003b4fd97ffe78c20');
// Of av1/xpra_av1_yuv400p_320x240.ivf.
const monochromeHeader = hex('0a0a000000043cffbdfff9a2');
// Of av1/rav1d__av1-1-b8-22-svc-L2T2.ivf: four operating points.
const layeredHeader = hex('0a1200330309808440c22021a99ff67bfff30080');
// Of av1/rav1d__av1-1-b8-23-film_grain-50.ivf.
const grainHeader = hex('0a0b00000004457e3e7dfcc060');
const headers = [mainHeader, hlgHeader, rgbHeader, proHeader, monochromeHeader, layeredHeader, grainHeader];
const payloadOf = (obu: Uint8Array) => [...obusOf(obu)][0]!.payload;
const parse = (obu: Uint8Array) => parseAv1SequenceHeader(payloadOf(obu));

test('AV1 codec strings', () => {
  assert.deepEqual(parseAv1CodecString('av01.0.04M.08'), {
    profile: 0,
    level: 30,
    tier: 'main',
    bitDepth: 8,
    chroma: '420',
    colorSpace: undefined,
  });
  assert.deepEqual(parseAv1CodecString('av01.0.13H.10.0.112.09.16.09.1'), {
    profile: 0,
    level: 51,
    tier: 'high',
    bitDepth: 10,
    chroma: '420',
    colorSpace: { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: true },
  });
  assert.equal(parseAv1CodecString('av01.0.00M.08')?.level, 20);
  assert.equal(parseAv1CodecString('av01.0.23M.08')?.level, 73);
  assert.equal(parseAv1CodecString('av01.0.31M.08')?.level, 93, 'maximum parameters');
});

test('chroma of AV1 codec strings', () => {
  const chroma = (codec: string) => parseAv1CodecString(codec)?.chroma;
  assert.equal(chroma('av01.0.04M.10.1'), '400');
  assert.equal(chroma('av01.0.04M.10.1.110'), '400');
  assert.equal(chroma('av01.1.04M.08'), '444');
  assert.equal(chroma('av01.1.04M.08.0.000'), '444');
  assert.equal(chroma('av01.2.04M.10'), '422');
  assert.equal(chroma('av01.2.04M.10.0.100'), '422');
  assert.equal(chroma('av01.2.04M.12'), '420');
  assert.equal(chroma('av01.2.04M.12.0.000'), '444');
  assert.equal(chroma('av01.2.04M.12.1'), '400');
});

test('what an AV1 codec string leaves out of the colours is BT.709', () => {
  const colorSpace = (codec: string) => parseAv1CodecString(codec)?.colorSpace;
  assert.equal(colorSpace('av01.0.04M.08.0.110'), undefined);
  const bt709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };
  assert.deepEqual(colorSpace('av01.0.04M.08.0.110.01'), bt709);
  assert.deepEqual(colorSpace('av01.0.04M.08.0.110.09.18'), { ...bt709, primaries: 'bt2020', transfer: 'hlg' });
  assert.equal(colorSpace('av01.1.04M.08.0.000.01.13.00.1')?.matrix, 'rgb');
});

test('strings that name no AV1', () => {
  const strings = [
    ...['av1', 'av01', 'av01.0', 'av01.0.04M', 'av01.0.04M.', 'av01.00.04M.08', 'av01.3.04M.08', 'av01.-1.04M.08'],
    ...['av01.0.4M.08', 'av01.0.04.08', 'av01.0.04L.08', 'av01.0.04m.08', 'av01.0.04M.8', 'av01.0.04M.09'],
    ...['av01.0.24M.08', 'av01.0.32M.08', 'av01.9.99M.08', 'av01.0.04M.08.', 'av01.0.04M.08.00', 'av01.0.04M.08.2'],
    ...['av01.0.04M.12', 'av01.1.04M.12', 'av01.1.04M.08.1', 'av01.1.04M.08.0.110', 'av01.0.04M.08.0.000'],
    ...['av01.2.04M.08.0.110', 'av01.0.04M.08.0.010', 'av01.0.04M.08.0.114', 'av01.2.04M.12.1.000'],
    ...['av01.0.04M.08.0.110.1', 'av01.0.04M.08.0.110.01.01.01.2', 'av01.0.04M.08.0.110.01.01.01.00'],
    ...['av01.0.04M.08.0.110.01.01.00.0', 'av01.0.04M.08.0.110.01.01.01.0.0', 'AV01.0.04M.08', 'av01.0.04M.08 '],
  ];
  for (const codec of strings) assert.equal(parseAv1CodecString(codec), undefined, codec);
});

test('AV1 sequence headers of real streams', () => {
  const main = parse(mainHeader);
  assert.deepEqual([main.maxFrameWidth, main.maxFrameHeight, main.bitDepth, main.chroma], [320, 240, 8, '420']);
  const hlg = parse(hlgHeader);
  assert.deepEqual([hlg.maxFrameWidth, hlg.maxFrameHeight, hlg.bitDepth], [720, 1280, 10]);
  assert.deepEqual(hlg.colorSpace, {
    primaries: 'bt2020',
    transfer: 'hlg',
    matrix: 'bt2020-ncl',
    fullRange: false,
  });
  const rgb = parse(rgbHeader);
  assert.deepEqual([rgb.profile, rgb.chroma, rgb.colorSpace.matrix, rgb.colorSpace.fullRange], [1, '444', 'rgb', true]);
  const pro = parse(proHeader);
  assert.deepEqual([pro.profile, pro.bitDepth, pro.chroma], [2, 12, '420']);
  assert.equal(parse(monochromeHeader).chroma, '400');
  const layered = parse(layeredHeader);
  assert.deepEqual(
    layered.operatingPoints.map(({ layers }) => layers.toString(16)),
    ['303', '301', '103', '101'],
  );
  assert.deepEqual([layered.maxFrameWidth, layered.maxFrameHeight], [1280, 720]);
  assert.deepEqual([parse(grainHeader).filmGrainParamsPresent, main.filmGrainParamsPresent], [true, false]);
  assert.deepEqual([hlgHeader, rgbHeader, proHeader].map(parse).map(formatAv1CodecString), [
    'av01.0.05M.10',
    'av01.1.00M.08',
    'av01.2.00M.12',
  ]);
});

/** A header with a decoder model, a level with a tier, and numbers of frames. */
const timedHeader = new BitWriter()
  .bits(0, 5) // seq_profile, still_picture, reduced_still_picture_header
  .bits(1, 1) // timing_info_present_flag
  .bits(1, 32)
  .bits(30, 32)
  .bits(1, 1) // equal_picture_interval
  .bits(0b00100, 5) // num_ticks_per_picture_minus_1: 3
  .bits(1, 1) // decoder_model_info_present_flag
  .bits(9, 5) // buffer_delay_length_minus_1
  .bits(1, 32)
  .bits(0, 10)
  .bits(1, 1) // initial_display_delay_present_flag
  .bits(0, 5) // operating_points_cnt_minus_1
  .bits(0, 12)
  .bits(13, 5) // seq_level_idx
  .bits(1, 1) // seq_tier
  .bits(1, 1) // decoder_model_present_for_this_op
  .bits(0, 21)
  .bits(1, 1) // initial_display_delay_present_for_this_op
  .bits(3, 4)
  .bits(10, 4)
  .bits(10, 4)
  .bits(1919, 11)
  .bits(1079, 11)
  .bits(1, 1) // frame_id_numbers_present_flag
  .bits(0, 7)
  .bits(0, 3)
  .bits(0, 4)
  .bits(1, 1) // enable_order_hint
  .bits(0, 2)
  .bits(0, 1) // seq_choose_screen_content_tools
  .bits(1, 1) // seq_force_screen_content_tools
  .bits(0, 2) // seq_choose_integer_mv, seq_force_integer_mv
  .bits(6, 3) // order_hint_bits_minus_1
  .bits(0, 3)
  .bits(1, 1) // high_bitdepth
  .bits(0, 2) // mono_chrome, color_description_present_flag
  .bits(1, 1) // color_range
  .bits(2, 2) // chroma_sample_position
  .bits(0, 1)
  .bits(1, 1) // film_grain_params_present
  .bits(1, 1) // trailing_one_bit
  .bytes();

/** 64×48, level 2.1. */
const stillHeader = new BitWriter()
  .bits(0b00011, 5) // still_picture, reduced_still_picture_header
  .bits(1, 5)
  .bits(5, 4)
  .bits(5, 4)
  .bits(63, 6)
  .bits(47, 6)
  .bits(0, 6)
  .bits(0, 3) // high_bitdepth, mono_chrome, color_description_present_flag
  .bits(0, 4)
  .bits(0, 1)
  .bits(1, 1)
  .bytes();

test('AV1 sequence headers with everything and with next to nothing', () => {
  const timed = parseAv1SequenceHeader(timedHeader);
  assert.deepEqual(timed.operatingPoints, [{ layers: 0, levelIndex: 13, tier: 'high' }]);
  assert.deepEqual([timed.maxFrameWidth, timed.maxFrameHeight, timed.bitDepth], [1920, 1080, 10]);
  assert.deepEqual([timed.chromaSamplePosition, timed.colorSpace.fullRange], [2, true]);
  assert.equal(timed.filmGrainParamsPresent, true);
  assert.equal(formatAv1CodecString(timed), 'av01.0.13H.10');
  const still = parseAv1SequenceHeader(stillHeader);
  assert.deepEqual([still.maxFrameWidth, still.maxFrameHeight, still.operatingPoints[0]?.levelIndex], [64, 48, 1]);
  assert.equal(still.reducedStillPictureHeader, true);
});

test('AV1 sequence headers that are cut short or damaged', () => {
  const payload = payloadOf(mainHeader);
  assertPrefixesThrow(parseAv1SequenceHeader, payload, payload.length);
  for (const header of headers) assertSurvives(parseAv1SequenceHeader, payloadOf(header));
  assertSurvives(parseAv1SequenceHeader, timedHeader);
  assertSurvivesHostility(parseAv1SequenceHeader);
  assertSurvivesHostility(parseAv1SequenceHeader, payload.subarray(0, 4));
});

test('OBUs of a temporal unit', () => {
  const obus = (data: string) => [...obusOf(hex(data))].map(({ type, payload }) => [type, toHex(payload)]);
  assert.deepEqual(obus('1200 0a02abcd 32810001 16080155'), [
    [2, ''],
    [1, 'abcd'],
    [6, '01'],
    [2, '55'],
  ]);
  assert.deepEqual(obus('1200 30abcdef'), [
    [2, ''],
    [6, 'abcdef'],
  ]);
  assert.deepEqual(obus(''), []);
  const broken = ['0a', '0a05ab', '0aff', '92', '34', '3e', '0affffffffffffffffff00', '0a8080808080808080800100'];
  for (const data of broken) assert.throws(() => obus(data), RangeError, data);
  const tooLong = hex(`0a${'80'.repeat(1000)}`);
  assert.throws(() => [...obusOf(tooLong)], RangeError);
  assertSurvivesHostility((bytes) => [...obusOf(bytes)]);
});

test('temporal delimiters are taken out', () => {
  const stripped = (data: string) => toHex(withoutTemporalDelimiters(hex(data)));
  assert.equal(stripped('1200 0a02abcd 320101'), '0a02abcd320101');
  assert.equal(stripped('320101 1200 30ef'), '32010130ef');
  assert.equal(stripped('0a02abcd'), '0a02abcd');
  assert.equal(stripped('1200'), '');
});

test('the sequence header of a temporal unit', () => {
  const found = (data: string) => {
    const obu = av1SequenceHeaderObu(hex(data));
    return obu && toHex(obu);
  };
  assert.equal(found('1200 0a02abcd 0a02ffff'), '0a02abcd');
  assert.equal(found('1200 08abcd'), '0a02abcd', 'a size is added');
  assert.equal(found('1200 0c10abcd'), '0e1002abcd', 'behind the extension');
  assert.equal(found('1200 3201ff'), undefined);
  assert.equal(found(`08${'55'.repeat(200)}`), `0ac801${'55'.repeat(200)}`);
});

test('key packets of AV1', () => {
  const header = toHex(mainHeader);
  const isKey = (data: string) => isAv1KeyFrame(hex(data));
  // show_existing_frame, frame_type (2), show_frame
  assert.equal(isKey(`1200 ${header} 320110`), true);
  assert.equal(isKey(`${header} 1a0110`), true, 'OBU_FRAME_HEADER');
  assert.equal(isKey(`${header} 320100`), false, 'not shown');
  assert.equal(isKey(`${header} 320130`), false, 'INTER_FRAME');
  assert.equal(isKey(`${header} 320150`), false, 'INTRA_ONLY_FRAME');
  assert.equal(isKey(`${header} 1a0190`), false, 'show_existing_frame');
  assert.equal(isKey('1200 320130'), false);
  assert.equal(isKey('1200 320110'), undefined, 'the sequence header may have come before');
  assert.equal(isKey(header), undefined);
  assert.equal(isKey(''), undefined);
  assert.equal(isKey(`${header} 3205`), undefined, 'cut off');
  const still = toHex(stillHeader);
  const size = stillHeader.length.toString(16).padStart(2, '0');
  assert.equal(isKey(`0a${size}${still} 320180`), true, 'reduced_still_picture_header');
  assertSurvivesHostility(isAv1KeyFrame);
  assertSurvivesHostility(isAv1KeyFrame, mainHeader);
});

test('an av1C is written and read back', () => {
  for (const header of headers) {
    const record = parseAv1CodecConfigurationRecord(makeAv1CodecConfigurationRecord(header));
    const { profile, bitDepth, chroma, chromaSamplePosition, operatingPoints } = parse(header);
    assert.deepEqual(record, {
      profile,
      levelIndex: operatingPoints[0]!.levelIndex,
      tier: operatingPoints[0]!.tier,
      bitDepth,
      chroma,
      chromaSamplePosition,
      initialPresentationDelay: undefined,
      configObus: record.configObus,
    });
    assert.equal(toHex(record.configObus), toHex(header));
  }
  // The boxes of av1/wpt__av1.mp4 and av1/androidx__sample_with_it35_track.mp4.
  for (const box of ['81000c000a0b000000043cffbcfff98040', '81004c000a0e00000004477e1a6d7ca848804820']) {
    assert.equal(toHex(makeAv1CodecConfigurationRecord(hex(box.slice(8)))), box);
  }
  assert.equal(toHex(makeAv1CodecConfigurationRecord(hlgHeader)).slice(0, 8), '81054c00');
  assert.equal(parseAv1CodecConfigurationRecord(hex('81054c13')).initialPresentationDelay, 4);
  assert.throws(() => makeAv1CodecConfigurationRecord(hex('1200')), RangeError);
  assert.throws(() => makeAv1CodecConfigurationRecord(new Uint8Array()), RangeError);
});

test('an av1C that is cut short or damaged', () => {
  const record = makeAv1CodecConfigurationRecord(mainHeader);
  assertPrefixesThrow(parseAv1CodecConfigurationRecord, record, 4);
  assertSurvives(parseAv1CodecConfigurationRecord, record);
  assertSurvivesHostility(parseAv1CodecConfigurationRecord);
});

const temporalUnits = mediaFiles('av1').filter(({ name, isDamaged }) => !isDamaged && /\.(ivf|mp4|mkv)$/.test(name));

test('AV1 files: sequence headers and key packets', { skip: mediaAbsent }, async (t) => {
  for (const { name, path } of temporalUnits) {
    await t.test(name, async () => {
      const bytes = new Uint8Array(readFileSync(path));
      const { config, packets } = isIvf(bytes) ? readIvf(bytes) : (await readVideoTrack(bytes)).stream;
      const obu = av1SequenceHeaderObu(packets[0]!.data);
      assert.ok(obu);
      const string = formatAv1CodecString(parse(obu));
      if (!isIvf(bytes)) assert.ok(config.codec.startsWith(string), `${config.codec} and ${string}`);
      assert.ok(parseAv1CodecString(string));
      const keys = packets.map(({ data }) => isAv1KeyFrame(data));
      assert.equal(keys[0], true);
      if (!isIvf(bytes)) {
        assert.deepEqual(
          keys,
          packets.map(({ type }) => type === 'key'),
        );
      }
      for (const { data } of packets) {
        const types = [...obusOf(withoutTemporalDelimiters(data))].map(({ type }) => type);
        assert.equal(types.includes(2), false);
      }
    });
  }
});
