/**
 * What the support matrix asks: example configurations, by what each stands for. Whether they are supported is not said
 * here; matrix.ts asks the classes.
 */
import type { AudioDecoderConfig, AudioEncoderConfig, VideoDecoderConfig, VideoEncoderConfig } from '../../index.ts';

/** As the packs' manifest names them. */
export type Library = 'ffmpeg' | 'openh264' | 'kvazaar' | 'libvpx' | 'dav1d' | 'aom' | 'opus' | 'lame' | 'libvorbis';

/** By feature and by what it can be: one configuration, or several, such as both ends of a range, all of which count. */
export type Examples<Config> = Readonly<Record<string, Readonly<Record<string, Config | readonly Config[]>>>>;

export interface Side<Config> {
  library: Library;
  /** A feature has the name that the configuration has for it, where it has one: bitrateMode, avc.format … */
  examples: Examples<Config>;
}

interface Entry<DecoderConfig, EncoderConfig> {
  name: string;
  /** Codec strings, or MIME types of images. */
  codecs: readonly string[];
  decode: Side<DecoderConfig>;
  encode: Side<EncoderConfig> | null;
}

export type VideoEntry = Entry<VideoDecoderConfig, VideoEncoderConfig>;
export type AudioEntry = Entry<AudioDecoderConfig, AudioEncoderConfig>;
/** An image is asked for by its type; what the type's files may contain is decoded by test/cli/codecs.test.ts. */
export type ImageEntry = Entry<string, never>;

// Video

const size = { width: 640, height: 360 };
const decode = (codec: string): VideoDecoderConfig => ({ codec });
const encode = (codec: string, more: Partial<VideoEncoderConfig> = {}): VideoEncoderConfig => ({
  codec,
  ...size,
  ...more,
});

/** Codec strings as examples, by what they stand for. */
const decoding = (codecs: Record<string, string>): Record<string, VideoDecoderConfig> => mapValues(codecs, decode);
const encoding = (codecs: Record<string, string>): Record<string, VideoEncoderConfig> =>
  mapValues(codecs, (codec) => encode(codec));

function mapValues<From, To>(values: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

/** What is asked of every video encoder. `quantizers` is the range of the encode option. */
function commonOfEncoders(codec: string, quantizers?: string): Examples<VideoEncoderConfig> {
  const quantizer = encode(codec, { bitrateMode: 'quantizer' });
  return {
    bitrateMode: {
      constant: encode(codec, { bitrateMode: 'constant', bitrate: 1_000_000 }),
      variable: encode(codec, { bitrateMode: 'variable', bitrate: 1_000_000 }),
      quantizer,
    },
    ...(quantizers && { quantizer: { [quantizers]: quantizer } }),
    scalabilityMode: {
      L1T1: encode(codec, { scalabilityMode: 'L1T1' }),
      L1T2: encode(codec, { scalabilityMode: 'L1T2' }),
      L1T3: encode(codec, { scalabilityMode: 'L1T3' }),
    },
    alpha: { keep: encode(codec, { alpha: 'keep' }) },
  };
}

export const videoEntries: readonly VideoEntry[] = [
  {
    name: 'H.264',
    codecs: ['avc1.64001f', 'avc3.64001f'],
    decode: {
      library: 'ffmpeg',
      examples: {
        profiles: decoding({
          Baseline: 'avc1.42001f',
          Main: 'avc1.4d001f',
          High: 'avc1.64001f',
          'High 10': 'avc1.6e001f',
          'High 4:2:2': 'avc1.7a001f',
          'High 4:4:4': 'avc1.f4001f',
          'CAVLC 4:4:4': 'avc1.2c001f',
        }),
        formats: decoding({
          '8 bit': 'avc1.64001f',
          '10 bit': 'avc1.6e001f',
          '4:2:0': 'avc1.64001f',
          '4:2:2': 'avc1.7a001f',
          '4:4:4': 'avc1.f4001f',
        }),
      },
    },
    encode: {
      library: 'openh264',
      examples: {
        profiles: encoding({
          Baseline: 'avc1.42001f',
          Main: 'avc1.4d001f',
          High: 'avc1.64001f',
          'High 10': 'avc1.6e001f',
        }),
        formats: encoding({ '8 bit': 'avc1.64001f', '10 bit': 'avc1.6e001f', '4:2:0': 'avc1.64001f' }),
        ...commonOfEncoders('avc1.64001f', '0–51'),
        'avc.format': {
          avc: encode('avc1.64001f', { avc: { format: 'avc' } }),
          annexb: encode('avc1.64001f', { avc: { format: 'annexb' } }),
        },
      },
    },
  },
  {
    name: 'HEVC',
    codecs: ['hvc1.1.6.L93.B0', 'hev1.1.6.L93.B0'],
    decode: {
      library: 'ffmpeg',
      examples: {
        profiles: decoding({
          Main: 'hvc1.1.6.L93.B0',
          'Main 10': 'hvc1.2.4.L93.B0',
          'Main Still Picture': 'hvc1.3.E.L93.B0',
          'Main 12': 'hvc1.4.10.L93.99.88',
          'Main 4:2:2 10': 'hvc1.4.10.L93.9D.8',
          'Main 4:4:4': 'hvc1.4.10.L93.9E.8',
          'Screen-Extended Main': 'hvc1.9.200.L93.B0',
        }),
        formats: decoding({
          '8 bit': 'hvc1.1.6.L93.B0',
          '10 bit': 'hvc1.2.4.L93.B0',
          '12 bit': 'hvc1.4.10.L93.99.88',
          '4:0:0': 'hvc1.4.10.L93.99.C8',
          '4:2:0': 'hvc1.1.6.L93.B0',
          '4:2:2': 'hvc1.4.10.L93.9D.8',
          '4:4:4': 'hvc1.4.10.L93.9E.8',
        }),
      },
    },
    encode: {
      library: 'kvazaar',
      examples: {
        profiles: encoding({ Main: 'hvc1.1.6.L93.B0', 'Main 10': 'hvc1.2.4.L93.B0' }),
        formats: encoding({ '8 bit': 'hvc1.1.6.L93.B0', '10 bit': 'hvc1.2.4.L93.B0', '4:2:0': 'hvc1.1.6.L93.B0' }),
        ...commonOfEncoders('hvc1.1.6.L93.B0', '0–51'),
        'hevc.format': {
          hevc: encode('hvc1.1.6.L93.B0', { hevc: { format: 'hevc' } }),
          annexb: encode('hvc1.1.6.L93.B0', { hevc: { format: 'annexb' } }),
        },
      },
    },
  },
  {
    name: 'VP8',
    codecs: ['vp8'],
    decode: { library: 'ffmpeg', examples: { formats: decoding({ '8 bit': 'vp8', '4:2:0': 'vp8' }) } },
    encode: {
      library: 'libvpx',
      examples: { formats: encoding({ '8 bit': 'vp8', '4:2:0': 'vp8' }), ...commonOfEncoders('vp8') },
    },
  },
  {
    name: 'VP9',
    codecs: ['vp09.00.31.08'],
    decode: {
      library: 'ffmpeg',
      examples: {
        profiles: decoding({
          'Profile 0': 'vp09.00.31.08',
          'Profile 1': 'vp09.01.31.08',
          'Profile 2': 'vp09.02.31.10',
          'Profile 3': 'vp09.03.31.10',
        }),
        formats: decoding({
          '8 bit': 'vp09.00.31.08',
          '10 bit': 'vp09.02.31.10',
          '12 bit': 'vp09.02.31.12',
          '4:2:0': 'vp09.00.31.08',
          '4:2:2': 'vp09.01.31.08.02',
          '4:4:0': 'vp09.01.31.08.04',
          '4:4:4': 'vp09.01.31.08.03',
        }),
      },
    },
    encode: {
      library: 'libvpx',
      examples: {
        profiles: encoding({
          'Profile 0': 'vp09.00.31.08',
          'Profile 1': 'vp09.01.31.08',
          'Profile 2': 'vp09.02.31.10',
          'Profile 3': 'vp09.03.31.10',
        }),
        formats: encoding({
          '8 bit': 'vp09.00.31.08',
          '10 bit': 'vp09.02.31.10',
          '12 bit': 'vp09.02.31.12',
          '4:2:0': 'vp09.00.31.08',
          '4:2:2': 'vp09.01.31.08.02',
          '4:4:0': 'vp09.01.31.08.04',
          '4:4:4': 'vp09.01.31.08.03',
        }),
        ...commonOfEncoders('vp09.00.31.08', '0–255'),
      },
    },
  },
  {
    name: 'AV1',
    codecs: ['av01.0.05M.08'],
    decode: {
      library: 'dav1d',
      examples: {
        profiles: decoding({ Main: 'av01.0.05M.08', High: 'av01.1.05M.08', Professional: 'av01.2.05M.08' }),
        formats: decoding({
          '8 bit': 'av01.0.05M.08',
          '10 bit': 'av01.0.05M.10',
          '12 bit': 'av01.2.05M.12',
          '4:0:0': 'av01.0.05M.08.1',
          '4:2:0': 'av01.0.05M.08',
          '4:2:2': 'av01.2.05M.08.0.100',
          '4:4:4': 'av01.1.05M.08.0.000',
        }),
      },
    },
    encode: {
      library: 'aom',
      examples: {
        profiles: encoding({ Main: 'av01.0.05M.08', High: 'av01.1.05M.08', Professional: 'av01.2.05M.12.0.110' }),
        formats: encoding({
          '8 bit': 'av01.0.05M.08',
          '10 bit': 'av01.0.05M.10',
          '12 bit': 'av01.2.05M.12.0.110',
          '4:0:0': 'av01.0.05M.08.1',
          '4:2:0': 'av01.0.05M.08',
          '4:2:2': 'av01.2.05M.08.0.100',
          '4:4:4': 'av01.1.05M.08.0.000',
        }),
        ...commonOfEncoders('av01.0.05M.08', '0–255'),
      },
    },
  },
];

// Audio

type Sound = { codec: string; sampleRate: number; numberOfChannels: number };

const sound = (codec: string, numberOfChannels = 2): Sound => ({ codec, sampleRate: 48_000, numberOfChannels });
const sounds = (codecs: Record<string, string>): Record<string, Sound> => mapValues(codecs, (codec) => sound(codec));

const stereo = (codec: string): Record<string, Sound> => ({ mono: sound(codec, 1), stereo: sound(codec) });
const surround = (codec: string): Record<string, Sound> => ({
  ...stereo(codec),
  '5.1': sound(codec, 6),
  '7.1': sound(codec, 8),
});

const bitrateModes = (codec: string): Record<string, AudioEncoderConfig> => ({
  constant: { ...sound(codec), bitrate: 128_000, bitrateMode: 'constant' },
  variable: { ...sound(codec), bitrate: 128_000, bitrateMode: 'variable' },
});

const opus = (options: AudioEncoderConfig['opus']): AudioEncoderConfig => ({ ...sound('opus'), opus: options });
const flac = (options: AudioEncoderConfig['flac']): AudioEncoderConfig => ({ ...sound('flac'), flac: options });

const pcmFormats = sounds({ u8: 'pcm-u8', s16: 'pcm-s16', s24: 'pcm-s24', s32: 'pcm-s32', f32: 'pcm-f32' });

export const audioEntries: readonly AudioEntry[] = [
  {
    name: 'AAC',
    codecs: ['mp4a.40.2', 'mp4a.40.5', 'mp4a.40.29', 'mp4a.40.42', 'mp4a.67'],
    decode: {
      library: 'ffmpeg',
      examples: {
        profiles: sounds({ LC: 'mp4a.40.2', HE: 'mp4a.40.5', HEv2: 'mp4a.40.29', xHE: 'mp4a.40.42' }),
        channels: surround('mp4a.40.2'),
        'aac.format': {
          // The AudioSpecificConfig of LC, 48 kHz, stereo; ADTS goes without.
          aac: { ...sound('mp4a.40.2'), description: Uint8Array.of(0x11, 0x90) },
          adts: sound('mp4a.40.2'),
        },
      },
    },
    encode: {
      library: 'ffmpeg',
      examples: {
        profiles: sounds({ LC: 'mp4a.40.2', HE: 'mp4a.40.5', HEv2: 'mp4a.40.29', xHE: 'mp4a.40.42' }),
        channels: surround('mp4a.40.2'),
        bitrateMode: bitrateModes('mp4a.40.2'),
        'aac.format': {
          aac: { ...sound('mp4a.40.2'), aac: { format: 'aac' } },
          adts: { ...sound('mp4a.40.2'), aac: { format: 'adts' } },
        },
      },
    },
  },
  {
    name: 'Opus',
    codecs: ['opus'],
    decode: { library: 'opus', examples: { channels: surround('opus') } },
    encode: {
      library: 'opus',
      examples: {
        channels: surround('opus'),
        bitrateMode: bitrateModes('opus'),
        'opus.application': {
          voip: opus({ application: 'voip' }),
          audio: opus({ application: 'audio' }),
          lowdelay: opus({ application: 'lowdelay' }),
        },
        'opus.signal': {
          auto: opus({ signal: 'auto' }),
          music: opus({ signal: 'music' }),
          voice: opus({ signal: 'voice' }),
        },
        'opus.frameDuration': { '2.5–120 ms': [opus({ frameDuration: 2500 }), opus({ frameDuration: 120_000 })] },
        'opus.complexity': { '0–10': [opus({ complexity: 0 }), opus({ complexity: 10 })] },
        'opus.packetlossperc': { '0–100': [opus({ packetlossperc: 0 }), opus({ packetlossperc: 100 })] },
        'opus.useinbandfec': { true: opus({ useinbandfec: true }) },
        'opus.usedtx': { true: opus({ usedtx: true }) },
      },
    },
  },
  {
    name: 'MP3',
    codecs: ['mp3', 'mp4a.69', 'mp4a.6B'],
    decode: { library: 'ffmpeg', examples: { channels: stereo('mp3') } },
    encode: { library: 'lame', examples: { channels: stereo('mp3'), bitrateMode: bitrateModes('mp3') } },
  },
  {
    name: 'FLAC',
    codecs: ['flac'],
    decode: { library: 'ffmpeg', examples: { channels: surround('flac') } },
    encode: {
      library: 'ffmpeg',
      examples: {
        channels: surround('flac'),
        'flac.compressLevel': { '0–8': [flac({ compressLevel: 0 }), flac({ compressLevel: 8 })] },
        'flac.blockSize': { '16–65535': [flac({ blockSize: 16 }), flac({ blockSize: 65_535 })] },
      },
    },
  },
  {
    name: 'Vorbis',
    codecs: ['vorbis'],
    decode: { library: 'ffmpeg', examples: { channels: surround('vorbis') } },
    encode: { library: 'libvorbis', examples: { channels: surround('vorbis'), bitrateMode: bitrateModes('vorbis') } },
  },
  {
    name: 'PCM',
    codecs: ['pcm-u8', 'pcm-s16', 'pcm-s24', 'pcm-s32', 'pcm-f32'],
    decode: { library: 'ffmpeg', examples: { formats: pcmFormats, channels: surround('pcm-s16') } },
    encode: { library: 'ffmpeg', examples: { formats: pcmFormats, channels: surround('pcm-s16') } },
  },
  {
    name: 'A-law',
    codecs: ['alaw'],
    decode: { library: 'ffmpeg', examples: { channels: surround('alaw') } },
    encode: { library: 'ffmpeg', examples: { channels: surround('alaw') } },
  },
  {
    name: 'µ-law',
    codecs: ['ulaw'],
    decode: { library: 'ffmpeg', examples: { channels: surround('ulaw') } },
    encode: { library: 'ffmpeg', examples: { channels: surround('ulaw') } },
  },
];

// Images

function image(name: string, library: Library, codecs: string[], contents: string[]): ImageEntry {
  const type = codecs[0]!;
  const examples = { contents: Object.fromEntries(contents.map((content) => [content, type])) };
  return { name, codecs, decode: { library, examples }, encode: null };
}

export const imageEntries: readonly ImageEntry[] = [
  image('JPEG', 'ffmpeg', ['image/jpeg'], ['baseline', 'progressive', 'grey', 'CMYK', '12 bit', 'orientation']),
  image('PNG, APNG', 'ffmpeg', ['image/png', 'image/apng'], ['interlaced', '16 bit', 'alpha', 'animations']),
  image('GIF', 'ffmpeg', ['image/gif'], ['alpha', 'animations']),
  image('WebP', 'ffmpeg', ['image/webp'], ['lossy', 'lossless', 'alpha', 'orientation', 'animations']),
  image(
    'AVIF',
    'dav1d',
    ['image/avif'],
    ['8 bit', '10 bit', '12 bit', '4:0:0', '4:2:0', '4:4:4', 'alpha', 'rotation', 'animations'],
  ),
  image('BMP', 'ffmpeg', ['image/bmp'], ['RGB', 'alpha']),
];
