/**
 * What the quality test encodes, and how native ffmpeg is told to do the same with the same library: with what
 * emscripten/glue/*-encoder.c sets. Change both together.
 */
import type { AudioEncoderConfig, VideoEncoderConfig } from 'everycodec';

export type VideoLibrary = 'libvpx' | 'libvpx-vp9' | 'libaom-av1';

export interface VideoCase {
  name: string;
  config: VideoEncoderConfig;
  /** Of the encode option, where the mode is "quantizer". */
  quantizer?: number;
  bitDepth: 8 | 10;
  /** Container or raw stream that the chunks go into, and mediabunny's name of the codec. */
  file: 'mp4' | 'webm' | 'h264' | 'hevc';
  codec: 'avc' | 'hevc' | 'vp8' | 'vp9' | 'av1';
  /** Where native ffmpeg has the library. */
  library?: VideoLibrary;
}

type LatencyMode = NonNullable<VideoEncoderConfig['latencyMode']>;
type BitrateMode = NonNullable<VideoEncoderConfig['bitrateMode']>;

const size = { width: 320, height: 240, framerate: 30 };
const bitrate = 500_000;

interface Family extends Pick<VideoCase, 'bitDepth' | 'file' | 'codec' | 'library'> {
  name: string;
  string: string;
  more?: Partial<VideoEncoderConfig>;
  quantizer?: number;
}

function casesOf(family: Family, latencyModes: readonly LatencyMode[], modes: readonly BitrateMode[]): VideoCase[] {
  const { name, string, more, quantizer, ...rest } = family;
  return latencyModes.flatMap((latencyMode) =>
    modes.map((bitrateMode) => ({
      name: `${name}, ${latencyMode}, ${bitrateMode}`,
      config: {
        codec: string,
        ...size,
        latencyMode,
        bitrateMode,
        ...more,
        ...(bitrateMode !== 'quantizer' && { bitrate }),
      },
      ...(bitrateMode === 'quantizer' && { quantizer }),
      ...rest,
    })),
  );
}

const both = ['realtime', 'quality'] as const;
const all = ['constant', 'variable', 'quantizer'] as const;
const rates = ['constant', 'variable'] as const;

const avc = { codec: 'avc', bitDepth: 8, quantizer: 30 } as const;
const hevc = { codec: 'hevc', bitDepth: 8, quantizer: 30 } as const;
const vp9 = { codec: 'vp9', file: 'webm', library: 'libvpx-vp9', quantizer: 120 } as const;
/**
 * With quantizers beyond 140, libaom 3.14 in its good mode is up to 0.2 dB behind Debian 12's libaom 3.6, which native
 * ffmpeg has; a native libaom 3.14 gives the same bytes as ours. Here both versions are alike.
 */
const av1 = { codec: 'av1', library: 'libaom-av1', quantizer: 120 } as const;

export const videoCases: readonly VideoCase[] = [
  ...casesOf(
    { ...avc, name: 'H.264 Baseline', string: 'avc1.42e01e', file: 'h264', more: { avc: { format: 'annexb' } } },
    both,
    all,
  ),
  ...casesOf({ ...avc, name: 'H.264 Main', string: 'avc1.4d001e', file: 'mp4' }, both, all),
  ...casesOf({ ...avc, name: 'H.264 High', string: 'avc1.64001e', file: 'mp4' }, both, all),
  ...casesOf({ ...hevc, name: 'HEVC', string: 'hvc1.1.6.L93.B0', file: 'mp4' }, ['realtime'], all),
  ...casesOf(
    { ...hevc, name: 'HEVC, Annex B', string: 'hev1.1.6.L93.B0', file: 'hevc', more: { hevc: { format: 'annexb' } } },
    ['quality'],
    all,
  ),
  ...casesOf({ name: 'VP8', string: 'vp8', codec: 'vp8', bitDepth: 8, file: 'webm', library: 'libvpx' }, both, rates),
  ...casesOf({ ...vp9, name: 'VP9', string: 'vp09.00.21.08', bitDepth: 8 }, both, all),
  ...casesOf({ ...vp9, name: 'VP9 10 bit', string: 'vp09.02.21.10', bitDepth: 10 }, ['realtime'], all),
  // The slowest ones once.
  ...casesOf({ ...vp9, name: 'VP9 10 bit', string: 'vp09.02.21.10', bitDepth: 10 }, ['quality'], ['constant']),
  ...casesOf({ ...av1, name: 'AV1', string: 'av01.0.04M.08', bitDepth: 8, file: 'mp4' }, both, all),
  ...casesOf({ ...av1, name: 'AV1 10 bit', string: 'av01.0.04M.10', bitDepth: 10, file: 'webm' }, ['realtime'], all),
  ...casesOf(
    { ...av1, name: 'AV1 10 bit', string: 'av01.0.04M.10', bitDepth: 10, file: 'webm' },
    ['quality'],
    ['constant'],
  ),
];

/** libvpx's and libaom's quantizer nearest to an index of 0 to 255: 4 apart for all but the coarsest. */
const libraryQuantizer = (index: number): number => Math.round(index / 4);

/**
 * Rate control as in our glue. ffmpeg derives the buffer level to aim at from the buffer's size, which is therefore
 * chosen for that level (⅚ of it) to be ours; the larger rest of our buffer comes into play only after long easy scenes.
 */
function rateControl({ config, quantizer }: VideoCase, rate: number): string[] {
  if (quantizer !== undefined) {
    const level = `${libraryQuantizer(quantizer) + Math.round(rate)}`;
    return ['-crf', level, '-b:v', '0', '-qmin', level, '-qmax', level];
  }
  const [initial, optimal] = config.bitrateMode === 'constant' ? [0.5, 0.6] : [1.25, 1.5];
  const rounded = Math.round(rate);
  return [
    ...['-b:v', `${rounded}`, '-minrate', `${rounded}`, '-maxrate', `${rounded}`, '-qmin', '0', '-qmax', '63'],
    ...['-bufsize', `${Math.round(rounded * optimal * 1.2)}`, '-rc_init_occupancy', `${Math.round(rounded * initial)}`],
    ...['-undershoot-pct', '50', '-overshoot-pct', '50'],
  ];
}

/** A key frame may take half of the buffer, in percent of an average frame. */
function largestKeyFrame({ config }: VideoCase): number {
  const optimal = config.bitrateMode === 'constant' ? 600 : 1500;
  return Math.max(300, (optimal * 0.5 * config.framerate!) / 10);
}

const isRealtime = ({ config }: VideoCase): boolean => config.latencyMode === 'realtime';

function vpxOptions(wanted: VideoCase): string[] {
  const realtime = isRealtime(wanted);
  return [
    ...['-deadline', realtime ? 'realtime' : 'good', '-auto-alt-ref', '0', '-static-thresh', realtime ? '1' : '0'],
    ...(wanted.quantizer === undefined ? ['-max-intra-rate', `${largestKeyFrame(wanted)}`] : []),
  ];
}

const off = (tool: string): string[] => [`-enable-${tool}`, '0'];

/** What ffmpeg has no options of its own for. */
const realtimeParameters = [
  ...['enable-order-hint=0', 'enable-warped-motion=0', 'enable-tpl-model=0'],
  ...['coeff-cost-upd-freq=3', 'mode-cost-upd-freq=3', 'mv-cost-upd-freq=3'],
];

const libraryOptions: Readonly<Record<VideoLibrary, (wanted: VideoCase) => string[]>> = {
  libvpx: (wanted) => [...vpxOptions(wanted), '-cpu-used', isRealtime(wanted) ? '-6' : '3', '-slices', '1'],
  'libvpx-vp9': (wanted) => [
    ...vpxOptions(wanted),
    ...['-cpu-used', isRealtime(wanted) ? '8' : '5', '-frame-parallel', '0', '-tile-columns', '0', '-row-mt', '0'],
    ...['-aq-mode', isRealtime(wanted) && wanted.quantizer === undefined ? '3' : '0'],
  ],
  'libaom-av1': (wanted) => {
    const realtime = isRealtime(wanted);
    const isRated = wanted.quantizer === undefined;
    return [
      ...['-usage', realtime ? 'realtime' : 'good', '-cpu-used', realtime ? '8' : '5'],
      ...['-row-mt', '0', '-tile-columns', '0', '-enable-palette', '0', '-enable-intrabc', '0'],
      ...[
        '-aq-mode',
        isRated ? '3' : '0',
        ...(realtime ? ['obmc', 'global-motion', 'ref-frame-mvs'].flatMap(off) : []),
      ],
      '-aom-params',
      [
        'deltaq-mode=0',
        ...(isRated ? [`max-intra-rate=${largestKeyFrame(wanted)}`] : []),
        ...(realtime ? realtimeParameters : []),
      ].join(':'),
    ];
  },
};

/** `rate`: bits per second, or by how much to be coarser than the case's quantizer. */
export function nativeVideoOptions(wanted: VideoCase, rate: number): string[] {
  const library = wanted.library!;
  return [
    ...['-c:v', library, '-threads', '1', '-lag-in-frames', '0', '-g', '3000', '-keyint_min', '0'],
    ...rateControl(wanted, rate),
    ...libraryOptions[library](wanted),
  ];
}

export interface AudioCase {
  name: string;
  config: AudioEncoderConfig;
  /** Container or raw stream that the chunks go into, and mediabunny's name of the codec. */
  file: 'mp4' | 'adts' | 'ogg' | 'mp3' | 'flac' | 'wav';
  codec: 'aac' | 'opus' | 'mp3' | 'vorbis' | 'flac' | 'pcm-u8' | 'pcm-s16' | 'pcm-s24' | 'pcm-f32' | 'alaw' | 'ulaw';
  /** ffmpeg's name of the same encoder. */
  library: string;
  /** ffmpeg's options for the same settings. */
  options: (bitrate: number) => string[];
}

const stereo = { sampleRate: 48_000, numberOfChannels: 2 };

function lossyCases(bitrateMode: 'constant' | 'variable'): AudioCase[] {
  const constant = bitrateMode === 'constant';
  const config = (codec: string, bitrate: number) => ({ codec, ...stereo, bitrate, bitrateMode });
  return [
    {
      name: `AAC, ${bitrateMode}`,
      config: config('mp4a.40.2', 128_000),
      file: 'mp4',
      codec: 'aac',
      library: 'aac',
      options: () => [],
    },
    {
      name: `Opus, ${bitrateMode}`,
      config: config('opus', 96_000),
      file: 'ogg',
      codec: 'opus',
      library: 'libopus',
      options: () => ['-vbr', constant ? 'off' : 'constrained', '-compression_level', '9', '-frame_duration', '20'],
    },
    {
      name: `MP3, ${bitrateMode}`,
      config: config('mp3', 128_000),
      file: 'mp3',
      codec: 'mp3',
      library: 'libmp3lame',
      options: () => ['-compression_level', '3', '-write_xing', '0', ...(constant ? [] : ['-abr', '1'])],
    },
    {
      name: `Vorbis, ${bitrateMode}`,
      config: config('vorbis', 128_000),
      file: 'ogg',
      codec: 'vorbis',
      library: 'libvorbis',
      options: (bitrate) => (constant ? ['-minrate', `${bitrate}`, '-maxrate', `${bitrate}`] : []),
    },
  ];
}

function exactCase(name: string, codec: AudioCase['codec'], file: AudioCase['file'], library: string): AudioCase {
  return { name, config: { codec, ...stereo }, file, codec, library, options: () => [] };
}

export const audioCases: readonly AudioCase[] = [
  ...lossyCases('constant'),
  ...lossyCases('variable'),
  {
    name: 'AAC, ADTS',
    config: { codec: 'mp4a.40.2', ...stereo, bitrate: 128_000, aac: { format: 'adts' } },
    file: 'adts',
    codec: 'aac',
    library: 'aac',
    options: () => [],
  },
  exactCase('FLAC', 'flac', 'flac', 'flac'),
  exactCase('PCM, 8 bit', 'pcm-u8', 'wav', 'pcm_u8'),
  exactCase('PCM, 16 bit', 'pcm-s16', 'wav', 'pcm_s16le'),
  exactCase('PCM, 24 bit', 'pcm-s24', 'wav', 'pcm_s24le'),
  exactCase('PCM, floating point', 'pcm-f32', 'wav', 'pcm_f32le'),
  exactCase('A-law', 'alaw', 'wav', 'pcm_alaw'),
  exactCase('µ-law', 'ulaw', 'wav', 'pcm_mulaw'),
];

export function nativeAudioOptions({ library, options }: AudioCase, bitrate: number): string[] {
  return ['-c:a', library, ...(bitrate > 0 ? ['-b:a', `${bitrate}`] : []), ...options(bitrate)];
}
