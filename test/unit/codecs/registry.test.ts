import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audioDescriptionError } from '../../../src/codecs/audio-description.ts';
import { parseAudioCodec, parseVideoCodec, videoPacketIsKey } from '../../../src/codecs/registry.ts';
import { hex } from './bytes.ts';

test('video codec strings that name a codec', () => {
  assert.equal(parseVideoCodec('vp8')?.codec, 'vp8');
  for (const codec of ['avc1.42001E', 'avc1.42001e', 'avc3.42001E', 'avc1.64000b', 'avc1.4d401f', 'avc1.F4000A']) {
    assert.equal(parseVideoCodec(codec)?.codec, 'avc', codec);
  }
  for (const codec of [
    'vp09.00.10.08',
    'vp09.02.10.10',
    'vp09.01.10.08',
    'vp09.03.62.12',
    'vp09.00.10.08.01.01.01.01.00',
    'vp09.01.10.08.03',
    'vp09.03.10.10.03',
  ]) {
    assert.equal(parseVideoCodec(codec)?.codec, 'vp9', codec);
  }
  for (const codec of ['hvc1.1.6.L123.00', 'hev1.1.6.L60.90', 'hev1.2.4.L93.B0']) {
    assert.equal(parseVideoCodec(codec)?.codec, 'hevc', codec);
  }
  for (const codec of ['av01.0.04M.08', 'av01.1.04M.08.0.000', 'av01.0.05M.10.0.110.09.18.09.0']) {
    assert.equal(parseVideoCodec(codec)?.codec, 'av1', codec);
  }
  const { codec, profile, constraints, level } = parseVideoCodec('avc1.4D401F')!;
  assert.deepEqual({ codec, profile, constraints, level }, { codec: 'avc', profile: 77, constraints: 0x40, level: 31 });
});

test('profile, level and tier out of HEVC and AV1 codec strings', () => {
  assert.deepEqual(parseVideoCodec('hvc1.2.4.H153.B0'), {
    ...{ codec: 'hevc', profile: 2, constraints: 0, level: 51, tier: 'high', bitDepth: 10, chroma: '420' },
  });
  assert.deepEqual(parseVideoCodec('av01.1.08M.10'), {
    ...{ codec: 'av1', profile: 1, constraints: 0, level: 40, tier: 'main', bitDepth: 10, chroma: '444' },
    colorSpace: undefined,
  });
});

test('bit depth, chroma and colours out of video codec strings', () => {
  const format = (codec: string) => {
    const parsed = parseVideoCodec(codec);
    return parsed && [parsed.bitDepth, parsed.chroma];
  };
  assert.deepEqual(format('avc1.64001F'), [8, '420']);
  assert.deepEqual(format('avc1.6E001F'), [10, '420']);
  assert.deepEqual(format('avc1.7A001F'), [10, '422']);
  assert.deepEqual(format('avc1.F4001F'), [8, '444']);
  assert.deepEqual(format('vp09.02.10.12'), [12, '420']);
  assert.deepEqual(format('vp09.01.10.08.02.01.01.01.00'), [8, '422']);
  assert.equal(parseVideoCodec('vp09.00.10.08')?.colorSpace, undefined);
  assert.deepEqual(parseVideoCodec('vp09.02.10.10.01.09.16.09.01')?.colorSpace, {
    primaries: 'bt2020',
    transfer: 'pq',
    matrix: 'bt2020-ncl',
    fullRange: true,
  });
});

test('video codec strings that name none', () => {
  const strings = [
    ...['', 'bogus', 'vp9', 'VP8', 'vP8', ' vp8 ', 'vp8\n', 'vp8.foo', 'vp08.00.10.08', 'video/webm; codecs="vp8"'],
    ...['avc1', 'avc1.', 'avc1.42001', 'avc1.42001E0', 'avc1.42E0 1', 'AVC1.42001E', 'avc2.42001E', 'avc1.42001G'],
    ...['avc1.FF000b', 'avc1.4D401D', 'avc1.420000', 'avc1.90001E', 'avc1.42001E\n', 'avc1.42001E.', 'avc1.66.30'],
    ...['vp09', 'vp09.00', 'vp09.00.10', 'Vp09.00.10.08', '  vp09.00.10.08  ', 'vp09.99.99.08', 'vp09.99.99.99'],
    ...['vp09.04.10.08', 'vp09.00.12.08', 'vp09.00.10.10', 'vp09.02.10.08', 'vp09.0.10.08', 'vp09.00.10.08.'],
    ...['vp09.00.10.08.03.01.01.01.00', 'vp09.00.10.08.01.01.01.00.00', 'vp09.00.10.08.01.01.01.01.02'],
    ...[
      'vp09.00.10.08.01.01.01.01.00.00',
      'av01.9.99M.08',
      'hvc1.C99.6FFFFFF.L93',
      'hvc1',
      'hev1',
      'av01',
      '7󠎢ﷺ۹.9',
      'opus',
      'vorbis',
    ],
  ];
  for (const codec of strings) assert.equal(parseVideoCodec(codec), undefined, JSON.stringify(codec));
});

test('audio codec strings', () => {
  for (const codec of [
    'opus',
    'mp3',
    'flac',
    'vorbis',
    'alaw',
    'ulaw',
    'pcm-u8',
    'pcm-s16',
    'pcm-s24',
    'pcm-s32',
    'pcm-f32',
  ]) {
    assert.deepEqual(parseAudioCodec(codec), { codec });
  }
  const objectTypes = { 2: 2, '02': 2, 5: 5, '05': 5, 29: 29, 42: 42 };
  for (const [suffix, objectType] of Object.entries(objectTypes)) {
    assert.deepEqual(parseAudioCodec(`mp4a.40.${suffix}`), { codec: 'aac', objectType });
  }
  assert.deepEqual(parseAudioCodec('mp4a.67'), { codec: 'aac', objectType: 2 });
  assert.deepEqual(parseAudioCodec('mp4a.69'), { codec: 'mp3' });
  assert.deepEqual(parseAudioCodec('mp4a.6B'), { codec: 'mp3' });
  const strings = [
    ...['', 'bogus', 'vp8', '  opus  ', 'Opus', 'opus.123', '  mp3  ', 'audio/webm; codecs="opus"', 'mp4a', 'aac'],
    ...['mp4a.40', 'mp4a.40.', 'mp4a.FF.9', 'mp4a.40.2 ', 'mp4a.40.99', 'mp4a.6b', 'pcm', 'pcm-s8', 'pcm-s16be'],
    ...['toString', '__proto__', 'constructor'],
  ];
  for (const codec of strings) assert.equal(parseAudioCodec(codec), undefined, JSON.stringify(codec));
});

test('a codec string that was parsed can be changed without harm', () => {
  parseAudioCodec('mp4a.40.2')!.objectType = 5;
  assert.equal(parseAudioCodec('mp4a.40.2')?.objectType, 2);
});

const avcC = hex('0164000bffe100186764000bacb20283f60220000003002000000302 91e285490100 0668ebc3cb22c0 fdf8f800');

test('key packets of H.264', () => {
  const isKey = (data: string, description?: Uint8Array) => videoPacketIsKey('avc', hex(data), description);
  assert.equal(isKey('00000001 67640015 0000000168eb 000001 65888420'), true);
  assert.equal(isKey('00000001 0910 000001 419a'), false);
  assert.equal(isKey('00000001 06050100'), undefined);
  assert.equal(isKey('00000002 0605 00000002 6588', avcC), true);
  assert.equal(isKey('00000002 419a', avcC), false);
  assert.equal(isKey('000000ff 6588', avcC), undefined);
  assert.equal(isKey(''), undefined);
});

test('key packets of VP8 and VP9', () => {
  assert.equal(videoPacketIsKey('vp8', hex('501d009d012ab00090000007')), true);
  assert.equal(videoPacketIsKey('vp8', hex('311d00aabbcc')), false);
  assert.equal(videoPacketIsKey('vp8', hex('50')), undefined);
  assert.equal(videoPacketIsKey('vp9', hex('a24983420000fe00fec18704')), true);
  assert.equal(videoPacketIsKey('vp9', hex('8249834200')), true);
  assert.equal(videoPacketIsKey('vp9', hex('8600')), false);
  assert.equal(videoPacketIsKey('vp9', hex('8800')), false, 'show_existing_frame');
  assert.equal(videoPacketIsKey('vp9', new Uint8Array()), undefined);
});

test('key packets of HEVC and AV1', () => {
  assert.equal(videoPacketIsKey('hevc', hex('00000001 2601af')), true);
  assert.equal(videoPacketIsKey('hevc', hex('00000001 0201af')), false);
  assert.equal(videoPacketIsKey('hevc', hex('2601af')), undefined);
  assert.equal(videoPacketIsKey('av1', hex('0a0b000000043cffbcfff98040 320110')), true);
  assert.equal(videoPacketIsKey('av1', hex('320130')), false);
  assert.equal(videoPacketIsKey('av1', new Uint8Array()), undefined);
});

test('descriptions that a decoder cannot be configured with', () => {
  const none = undefined;
  assert.match(audioDescriptionError('flac', none) ?? '', /FLAC/);
  assert.match(audioDescriptionError('vorbis', none) ?? '', /Vorbis/);
  assert.match(audioDescriptionError('vorbis', new Uint8Array(3)) ?? '', /Vorbis/);
  assert.match(audioDescriptionError('opus', none, { numberOfChannels: 3 }) ?? '', /Opus/);
  assert.match(audioDescriptionError('opus', new Uint8Array(9), { numberOfChannels: 3 }) ?? '', /Opus/);
  assert.match(audioDescriptionError('aac', none, { objectType: 42 }) ?? '', /xHE-AAC/);
  assert.match(audioDescriptionError('aac', hex('12')) ?? '', /./);
});

test('descriptions that are right or not needed', () => {
  assert.equal(audioDescriptionError('opus', undefined, { numberOfChannels: 2 }), undefined);
  assert.equal(audioDescriptionError('opus', hex('4f70757348656164 0102 3801 80bb0000 0000 00')), undefined);
  assert.equal(audioDescriptionError('aac', undefined, { objectType: 2 }), undefined);
  assert.equal(audioDescriptionError('aac', hex('1188 56e500')), undefined);
  assert.equal(audioDescriptionError('pcm-s16', undefined), undefined);
  assert.equal(audioDescriptionError('mp3', new Uint8Array(4)), undefined);
});
