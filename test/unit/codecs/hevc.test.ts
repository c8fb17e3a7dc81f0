import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BitWriter } from '../../../src/codecs/bits.ts';
import {
  formatHevcCodecString,
  hevcNalType,
  isHevcKeyFrame,
  isHevcLevelSufficient,
  parseHevcCodecString,
} from '../../../src/codecs/hevc.ts';
import {
  annexBToHevc,
  makeHevcDecoderConfigurationRecord,
  parseHevcDecoderConfigurationRecord,
} from '../../../src/codecs/hevc-record.ts';
import { parseHevcSequenceParameterSet } from '../../../src/codecs/hevc-sps.ts';
import { annexBNalUnits } from '../../../src/codecs/nal-units.ts';
import { readVideoTrack } from '../../support/container.ts';
import { mediaAbsent, mediaFiles } from '../../support/media.ts';
import { assertPrefixesThrow, assertSurvives, assertSurvivesHostility, bytesOf, hex, toHex } from './bytes.ts';

// Of hevc/cros__bear.h265: Main, 320×180 in 320×184.
const bearSps = hex('42010101600000030080000003000003003ca00a080b9f79657924cae010000006400000bb5080');
// Of hevc/h265nal__akiyo.x265.qp_30.265: Main, 352×288, pixels of 128:117.
const akiyoSps = hex('42010101600000030090000003000003003ca00b08048596566924cafff00800075680800001f480003a9804');
// Of hevc/h265__yuv422_176x144.h265: range extensions, 8 bit 4:2:2 in a profile of 10 bit.
const rangeSps = hex('4201010408000003009d0800000300001eb0162024596566924cae0100000303e800000303e808');
// Of hevc/oxideav__r416-ibc.hevc: screen content coding.
const screenSps = hex('4201010900400000bf8400000300001ea02083165ad6f0844210');
// Of x265, Main 10: with HRD parameters and scaling lists, …
const hrdSps = hex(
  '42010102200000030090000003000003003ca00b080484d96566924e5780b4040000030004000003006580325978007a10001e8488',
);
// … interlaced, full range, PQ, pixels of 4:3, …
const pqSps = hex('42010102200000030040000003000003003ca00b080484d96566924caf0ef70910093b6dc0000003004000000642');
// … and of level 5.1, high tier.
const highTierSps = hex('420101222000000300900000030000030099a00b080484d96766924caf016808000003000800000300c840');
const sequenceParameterSets = [bearSps, akiyoSps, rangeSps, screenSps, hrdSps, pqSps, highTierSps];
const vps = hex('40010c01ffff01600000030090000003000003003c959409');
const pps = hex('4401c172b46240');

test('HEVC codec strings', () => {
  assert.deepEqual(parseHevcCodecString('hvc1.1.6.L93.B0'), {
    profileSpace: 0,
    tier: 'main',
    profile: 1,
    compatibility: 0x60000000,
    constraints: [0xb0, 0, 0, 0, 0, 0],
    levelIdc: 93,
    level: 31,
    bitDepth: 8,
    chroma: '420',
  });
  for (const codec of [
    ...['hev1.1.6.L93', 'hvc1.1.6.L123.00', 'hev1.1.6.L60.90', 'hvc1.2.4.H153.B0.0.0.0.0.0', 'hvc1.3.E.L90.b0'],
    ...['hvc1.1.60000000.L30', 'hvc1.6.40.L120', 'hvc1.1.6.H255'],
  ]) {
    assert.ok(parseHevcCodecString(codec), codec);
  }
});

test('bit depth and chroma of the HEVC range extensions', () => {
  const format = (codec: string) => {
    const parsed = parseHevcCodecString(codec);
    return parsed && [parsed.bitDepth, parsed.chroma];
  };
  assert.deepEqual(format('hvc1.2.4.L93'), [10, '420']);
  assert.deepEqual(format('hvc1.4.10.L30.99.88'), [12, '420']);
  assert.deepEqual(format('hvc1.4.10.L30.9D.8'), [10, '422']);
  assert.deepEqual(format('hvc1.4.10.L30.9E.8'), [8, '444']);
  assert.deepEqual(format('hvc1.4.10.L30.9F.C8'), [8, '400']);
  assert.deepEqual(format('hvc1.4.10.L30'), [12, '444'], 'the string does not tell');
  assert.equal(format('hvc1.4.10.L30.90.30'), undefined, 'Main 4:4:4 16 Still Picture');
});

test('strings that are no HEVC codec that can be decoded', () => {
  const strings = [
    ...['hvc1', 'hev1', 'hvc1.', 'hvc1..', 'hvc1...', 'hvc1....', 'hvc1.1', 'hvc1.1.6', 'hvc1.1.6.', 'hvc1.1.6.L'],
    ...['hvc1.1.6.93', 'hvc1.1.6.M93', 'hvc1.1.6.l93', 'hvc1.1.6.L93.', 'hvc1.1.6.L93.GG', 'hvc1.1.6.L93.100'],
    ...['hvc1.1.6.L93.0.0.0.0.0.0.0', 'hvc1.1.123456789.L93', 'hvc1.-1.6.L93', 'hvc1.1.x.L93', 'hvc2.1.6.L93'],
    ...['hvc1.C99.6FFFFFF.L93', 'hvc1.D1.6.L93', 'hvc1.A1.6.L93', 'hvc1.0.6.L93', 'hvc1.1.6.L94', 'hvc1.1.6.L0'],
    ...['hvc1.5.20.L93', 'hvc1.7.80.L93', 'hvc1.9.200.L30.BF.84', 'hvc1.11.800.L93', 'HVC1.1.6.L93', 'hvc1.hvcC'],
    ...[' hvc1.1.6.L93', 'hvc1.1.6.L93\n', 'hvc1.1.6.L999'],
  ];
  for (const codec of strings) assert.equal(parseHevcCodecString(codec), undefined, codec);
});

test('HEVC codec strings are written', () => {
  for (const codec of ['hvc1.1.6.L93.B0', 'hvc1.2.4.H153', 'hvc1.4.10.L30.9D.8', 'hvc1.1.6.L60.90']) {
    assert.equal(formatHevcCodecString(parseHevcCodecString(codec)!), codec);
  }
  assert.equal(formatHevcCodecString(parseHevcSequenceParameterSet(rangeSps)), 'hvc1.4.10.L30.9D.8');
  assert.equal(formatHevcCodecString(parseHevcSequenceParameterSet(screenSps)), 'hvc1.9.200.L30.BF.84');
});

test('picture sizes of HEVC levels', () => {
  const fits = (levelIdc: number, width: number, height: number) => isHevcLevelSufficient({ levelIdc, width, height });
  assert.equal(fits(93, 1280, 720), true);
  assert.equal(fits(93, 1920, 1080), false);
  assert.equal(fits(120, 1920, 1088), true);
  assert.equal(fits(30, 4096, 8), false, 'too long for the level');
  assert.equal(fits(94, 16, 16), false, 'no such level');
});

test('HEVC sequence parameter sets of real streams', () => {
  const bear = parseHevcSequenceParameterSet(bearSps);
  assert.deepEqual([bear.codedWidth, bear.codedHeight, bear.width, bear.height], [320, 184, 320, 180]);
  assert.deepEqual([bear.profile, bear.levelIdc, bear.tier, bear.temporalLayers], [1, 60, 'main', 1]);
  assert.equal(bear.maxNumReorderPics, 2);
  assert.deepEqual(bear.vui?.colorSpace, undefined);
  const akiyo = parseHevcSequenceParameterSet(akiyoSps);
  assert.deepEqual(akiyo.vui?.sampleAspectRatio, { width: 128, height: 117 });
  assert.equal(akiyo.vui?.colorSpace?.fullRange, false);
  const range = parseHevcSequenceParameterSet(rangeSps);
  assert.deepEqual([range.chromaFormatIdc, range.bitDepthLuma, range.bitDepthChroma], [2, 8, 8]);
  assert.deepEqual([range.width, range.height, range.constraints[0]], [176, 144, 0x9d]);
});

test('HEVC sequence parameter sets of x265', () => {
  const hrd = parseHevcSequenceParameterSet(hrdSps);
  assert.deepEqual([hrd.width, hrd.bitDepthLuma, hrd.vui?.minSpatialSegmentation], [352, 10, 0]);
  const { vui } = parseHevcSequenceParameterSet(pqSps);
  assert.deepEqual(vui?.sampleAspectRatio, { width: 4, height: 3 });
  assert.deepEqual(vui?.colorSpace, {
    primaries: 'bt2020',
    transfer: 'pq',
    matrix: 'bt2020-ncl',
    fullRange: true,
  });
  assert.equal(formatHevcCodecString(parseHevcSequenceParameterSet(highTierSps)), 'hvc1.2.4.H153.90');
});

/** ue(v) of H.265, 9.2. */
function writeExpGolomb(writer: BitWriter, ...values: number[]): BitWriter {
  for (const value of values) {
    const bits = Math.floor(Math.log2(value + 1));
    writer.bits(0, bits).bits(value + 1, bits + 1);
  }
  return writer;
}

/** Puts in the emulation prevention bytes. */
function withEmulationPrevention(bytes: Uint8Array): Uint8Array {
  const escaped: number[] = [];
  for (const byte of bytes) {
    if (byte <= 3 && escaped.length >= 2 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return Uint8Array.from(escaped);
}

/** Three temporal layers, 4:4:4, PCM, scaling lists, predicted reference picture sets, long-term pictures. */
function makeFullSps(): Uint8Array {
  const writer = new BitWriter().bits(0x4201, 16).bits(0, 4).bits(2, 3).bits(1, 1);
  writer.bits(4, 8).bits(0x08000000, 32).bits(0x9e080000, 32).bits(0, 16).bits(120, 8);
  writer.bits(0b1101, 4).bits(0, 12).bits(0, 32).bits(0, 32).bits(0, 24).bits(90, 8).bits(93, 8);
  writeExpGolomb(writer, 0, 3).bits(0, 1); // sps_seq_parameter_set_id, chroma_format_idc, separate_colour_plane_flag
  writeExpGolomb(writer, 1920, 1088).bits(1, 1);
  writeExpGolomb(writer, 0, 2, 0, 8); // conformance window
  writeExpGolomb(writer, 0, 0, 4).bits(1, 1); // bit depths, order count; sps_sub_layer_ordering_info_present_flag
  writeExpGolomb(writer, 4, 1, 0, 4, 2, 0, 4, 3, 0);
  writeExpGolomb(writer, 0, 3, 0, 3, 1, 1).bits(0b11, 2); // scaling_list_enabled_flag, …_data_present_flag
  writeScalingLists(writer);
  writer.bits(0b11, 2).bits(1, 1).bits(0x77, 8); // amp, sao, pcm_enabled_flag
  writeExpGolomb(writer, 0, 2).bits(0, 1);
  writeExpGolomb(writer, 3); // num_short_term_ref_pic_sets
  writeExpGolomb(writer, 2, 1); // pictures before and after
  for (let i = 0; i < 3; i++) writeExpGolomb(writer, i).bits(1, 1);
  // −1, −3 and 3, predicted with 1: 0, which is no reference, −2 not used but kept, 4 dropped, and 1.
  writeExpGolomb(writer.bits(0b10, 2), 0).bits(0b1, 1).bits(0b01, 2).bits(0b00, 2).bits(0b1, 1);
  // −2 and 1, predicted with −2.
  writeExpGolomb(writer.bits(0b11, 2), 1).bits(0b111, 3);
  writeExpGolomb(writer.bits(1, 1), 2).bits(0, 2 * 9); // long-term pictures
  writer.bits(0b11, 2).bits(1, 1); // vui_parameters_present_flag
  writer.bits(0, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(0, 3).bits(1, 1);
  writeExpGolomb(writer, 0, 0, 0, 0).bits(0, 1); // default display window, vui_timing_info_present_flag
  writeExpGolomb(writer.bits(0b1000, 4), 77); // bitstream_restriction_flag
  return withEmulationPrevention(writer.bits(1, 8).bytes());
}

/** scaling_list_data(): the lists of one size predicted, all others coded. */
function writeScalingLists(writer: BitWriter): void {
  for (let sizeId = 0; sizeId < 4; sizeId++) {
    for (let matrixId = 0; matrixId < 6; matrixId += sizeId === 3 ? 3 : 1) {
      if (sizeId === 1) {
        writeExpGolomb(writer.bits(0, 1), matrixId);
        continue;
      }
      writer.bits(1, 1);
      if (sizeId > 1) writeExpGolomb(writer, 5);
      for (let i = 0; i < Math.min(64, 16 << (2 * sizeId)); i++) writeExpGolomb(writer, i % 4);
    }
  }
}

test('an HEVC sequence parameter set with all that has to be skipped', () => {
  const set = makeFullSps();
  const sps = parseHevcSequenceParameterSet(set);
  assert.deepEqual([sps.temporalLayers, sps.levelIdc, sps.chromaFormatIdc], [3, 120, 3]);
  assert.deepEqual([sps.codedWidth, sps.codedHeight, sps.width, sps.height], [1920, 1088, 1918, 1080]);
  assert.equal(sps.maxNumReorderPics, 3);
  assert.equal(sps.vui?.minSpatialSegmentation, 77);
  const record = parseHevcDecoderConfigurationRecord(
    makeHevcDecoderConfigurationRecord({ vps: [], sps: [set], pps: [] }),
  );
  assert.deepEqual([record.minSpatialSegmentation, record.temporalLayers, record.chromaFormatIdc], [77, 3, 3]);
  assertSurvives(parseHevcSequenceParameterSet, set);
});

test('HEVC sequence parameter sets that are cut short, damaged or something else', () => {
  assertPrefixesThrow(parseHevcSequenceParameterSet, bearSps, bearSps.length - 1);
  for (const sps of sequenceParameterSets) {
    assertSurvives(parseHevcSequenceParameterSet, sps);
    for (const length of [2, 15, 20]) assertSurvivesHostility(parseHevcSequenceParameterSet, sps.subarray(0, length));
  }
  assertSurvivesHostility(parseHevcSequenceParameterSet);
  assert.throws(() => parseHevcSequenceParameterSet(pps), RangeError);
  assert.throws(() => parseHevcSequenceParameterSet(hex(`4209${toHex(bearSps).slice(4)}`)), /enhancement layer/);
});

test('an hvcC is written and read back', () => {
  const written = makeHevcDecoderConfigurationRecord({ vps: [vps], sps: [akiyoSps], pps: [pps, pps] });
  assert.equal(toHex(written).slice(0, 46), '01016000000090000000000 03cf000fcfdf8f800000f03'.replace(' ', ''));
  const record = parseHevcDecoderConfigurationRecord(written);
  assert.equal(formatHevcCodecString(record), 'hvc1.1.6.L60.90');
  assert.deepEqual([record.lengthSize, record.temporalLayers, record.temporalIdNesting], [4, 1, true]);
  assert.deepEqual([record.chromaFormatIdc, record.bitDepthLuma, record.bitDepthChroma], [1, 8, 8]);
  assert.deepEqual(record.vps.map(toHex), [toHex(vps)]);
  assert.deepEqual(record.sps.map(toHex), [toHex(akiyoSps)]);
  assert.deepEqual(record.pps.map(toHex), [toHex(pps), toHex(pps)]);
  assert.deepEqual(
    record.arrays.map(({ type, isComplete }) => [type, isComplete]),
    [
      [32, true],
      [33, true],
      [34, true],
    ],
  );
  assert.throws(() => makeHevcDecoderConfigurationRecord({ vps: [], sps: [], pps: [] }), RangeError);
});

test('an hvcC that is cut short or damaged', () => {
  const written = makeHevcDecoderConfigurationRecord({ vps: [vps], sps: [akiyoSps], pps: [pps] });
  assertPrefixesThrow(parseHevcDecoderConfigurationRecord, written, written.length);
  assertSurvives(parseHevcDecoderConfigurationRecord, written);
  assertSurvivesHostility(parseHevcDecoderConfigurationRecord);
  assertSurvivesHostility(parseHevcDecoderConfigurationRecord, written.subarray(0, 22));
});

test('key packets of HEVC', () => {
  const description = makeHevcDecoderConfigurationRecord({ vps: [vps], sps: [akiyoSps], pps: [pps] });
  const firstByte = (type: number) => (type << 1).toString(16).padStart(2, '0');
  for (let type = 0; type < 64; type++) {
    const expected = type > 31 ? undefined : type >= 16 && type <= 21;
    assert.equal(isHevcKeyFrame(hex(`00000001 ${firstByte(type)}01af`), undefined), expected, `type ${type}`);
    assert.equal(isHevcKeyFrame(hex(`00000003 ${firstByte(type)}01af`), description), expected, `type ${type}`);
  }
  assert.equal(isHevcKeyFrame(hex('00000001 460150 000001 2601af'), undefined), true, 'behind a delimiter');
  assert.equal(isHevcKeyFrame(hex('00000001 0201d0 000001 2609af'), undefined), false, 'IDR of layer 1 only');
  assert.equal(isHevcKeyFrame(hex('000000ff 2601af'), description), undefined);
  assert.equal(isHevcKeyFrame(hex('00000001 26'), undefined), undefined);
  assert.equal(isHevcKeyFrame(hex('00000003 2601af'), hex('ff')), undefined);
  assert.equal(isHevcKeyFrame(new Uint8Array(), undefined), undefined);
  assertSurvivesHostility((bytes) => isHevcKeyFrame(bytes, undefined));
  assertSurvivesHostility((bytes) => isHevcKeyFrame(bytes, description));
});

test('a packet of HEVC changes from the byte stream format to lengths', () => {
  const units = ['460150', toHex(vps), toHex(akiyoSps), toHex(pps), '4e0105', '2601af'];
  const converted = annexBToHevc(hex(units.map((unit) => `00000001${unit}`).join('')));
  assert.equal(toHex(converted.data), '000000034e0105' + '000000032601af');
  assert.deepEqual(converted.vps.map(toHex), [toHex(vps)]);
  assert.deepEqual(converted.sps.map(toHex), [toHex(akiyoSps)]);
  assert.deepEqual(converted.pps.map(toHex), [toHex(pps)]);
});

const inContainer = mediaFiles('hevc').filter(({ name, isDamaged }) => !isDamaged && /\.(mp4|mov)$/i.test(name));

test('HEVC in containers: records, codec strings and key packets', { skip: mediaAbsent }, async (t) => {
  for (const { name, path } of inContainer) {
    await t.test(name, async () => {
      const { config, packets } = (await readVideoTrack(readFileSync(path))).stream;
      const description = bytesOf(config.description!);
      const record = parseHevcDecoderConfigurationRecord(description);
      const sps = parseHevcSequenceParameterSet(record.sps[0]!);
      assert.equal(formatHevcCodecString(sps).slice(4), config.codec.slice(4));
      assert.deepEqual(
        [sps.chromaFormatIdc, sps.bitDepthLuma, sps.bitDepthChroma, sps.levelIdc],
        [record.chromaFormatIdc, record.bitDepthLuma, record.bitDepthChroma, record.levelIdc],
      );
      // Up to the rates and temporal layers, of which files tell nothing or something wrong.
      const bytesToCompare = 21;
      const written = makeHevcDecoderConfigurationRecord(record);
      assert.equal(toHex(written.subarray(0, bytesToCompare)), toHex(description.subarray(0, bytesToCompare)));
      for (const packet of packets) assert.equal(isHevcKeyFrame(packet.data, description), packet.type === 'key');
    });
  }
});

const rawStreams = mediaFiles('hevc').filter(({ name, isDamaged }) => !isDamaged && /\.(h?265|hevc)$/.test(name));

test('HEVC byte streams: every sequence parameter set of the base layer', { skip: mediaAbsent }, async (t) => {
  for (const { name, path } of rawStreams) {
    await t.test(name, () => {
      const units = annexBNalUnits(readFileSync(path));
      const sets = units.filter((unit) => unit[0]! >> 1 === hevcNalType.sequenceParameterSet && unit[1]! >> 3 === 0);
      assert.ok(sets.length > 0);
      for (const set of sets) {
        const { width, codedWidth, maxNumReorderPics } = parseHevcSequenceParameterSet(set);
        assert.ok(width > 0 && width <= codedWidth && maxNumReorderPics < 16);
      }
    });
  }
});
