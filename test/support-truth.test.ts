/**
 * isConfigSupported() never lies, in either direction: what it calls supported can be configured and used, what it
 * calls unsupported ends in NotSupportedError, and what is invalid is a TypeError for both.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AudioDecoder,
  type AudioDecoderConfig,
  AudioEncoder,
  type AudioEncoderConfig,
  VideoDecoder,
  type VideoDecoderConfig,
  VideoEncoder,
  type VideoEncoderConfig,
} from 'everycodec';
import { makeAdtsHeader, makeAudioSpecificConfig } from '../src/codecs/aac.ts';
import { makeOpusHead } from '../src/codecs/opus.ts';
import { makeAudio, makeFrame, noise } from './support/pictures.ts';

/** What a configuration came to; "ok" and "unsupported" are the two that isConfigSupported() tells apart. */
type Verdict = 'ok' | 'unsupported' | 'TypeError' | (string & {});

interface UnderTest {
  state: string;
  flush(): Promise<undefined>;
  close(): void;
}

async function asked(question: () => Promise<{ supported: boolean }>): Promise<Verdict> {
  try {
    return (await question()).supported ? 'ok' : 'unsupported';
  } catch (error) {
    return (error as Error).name;
  }
}

const verdictOfError = (error: DOMException): Verdict =>
  error.name === 'NotSupportedError' ? 'unsupported' : `${error.name}: ${error.message}`;

/** Configures a codec and uses it; the error callback's word counts, and must come with the state "closed". */
async function tried<Codec extends UnderTest>(
  make: (error: (reason: DOMException) => void) => Codec,
  use: (codec: Codec) => void,
): Promise<Verdict> {
  let verdict: Verdict | undefined;
  const codec: Codec = make((reason) => {
    verdict = codec.state === 'closed' ? verdictOfError(reason) : `${reason.name} while ${codec.state}`;
  });
  try {
    use(codec);
    await codec.flush();
  } catch (error) {
    const thrown = verdictOfError(error as DOMException);
    if (codec.state === 'closed') return verdict ?? `${thrown} without the error callback`;
    codec.close();
    return (error as Error).name;
  }
  codec.close();
  return verdict ?? 'ok';
}

const shorten = (config: object): string =>
  JSON.stringify(config, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value as Uint8Array)
          .toString('hex')
          .slice(0, 80)
      : value,
  );

/** Names every configuration whose two verdicts differ; answers with how many of each kind there were. */
async function compare<Config extends object>(
  configs: readonly Config[],
  ask: (config: Config) => Promise<Verdict>,
  attempt: (config: Config) => Promise<Verdict>,
): Promise<Record<'ok' | 'unsupported' | 'TypeError', number>> {
  const lies: string[] = [];
  const counts = { ok: 0, unsupported: 0, TypeError: 0 };
  const waiting = [...configs];
  const work = async () => {
    for (let config = waiting.pop(); config; config = waiting.pop()) {
      const said = await ask(config);
      const done = await attempt(config);
      if (said !== done) lies.push(`said ${said}, was ${done}: ${shorten(config)}`);
      counts[said as keyof typeof counts]++;
    }
  };
  // Codecs open and close in workers: more than one at a time saves the waiting.
  await Promise.all([work(), work(), work()]);
  assert.equal(lies.length, 0, `${lies.length} of ${configs.length}:\n${lies.join('\n')}`);
  return counts;
}

/** A generator that picks and draws the same things for the same seed. */
function seeded(seed: number) {
  // Small seeds of `noise` begin alike.
  const bytes = noise(1 << 10, Math.imul(seed, 0x9e3779b1));
  let at = 0;
  const next = () => ((bytes[at++ & 1023]! << 16) | (bytes[at++ & 1023]! << 8) | bytes[at++ & 1023]!) / 2 ** 24;
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  /** Mostly nothing, so that one odd member is what decides. */
  const maybe = <T>(values: readonly T[], chance = 0.3): T | undefined => (next() < chance ? pick(values) : undefined);
  return { next, pick, maybe };
}

const present = <T extends object>(config: T): T =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as T;

const countTotal = (counts: Record<'ok' | 'unsupported' | 'TypeError', number>): string =>
  `${counts.ok} supported, ${counts.unsupported} not, ${counts.TypeError} invalid`;

// Video ---------------------------------------------------------------------------------------------------------

const videoCodecs = [
  ...['avc1.42001e', 'avc1.42e01f', 'avc1.4d0028', 'avc1.640033', 'avc1.64003e', 'avc3.42e01f', 'avc1.42e00a'],
  ...['avc1.42f00b', 'avc1.58001e', 'avc1.6e0028', 'avc1.7a0028', 'avc1.f40028', 'avc1.2c0028', 'avc1.640009'],
  ...['hvc1.1.6.L93.B0', 'hev1.1.6.L153.90', 'hvc1.1.6.H120.B0', 'hvc1.1.6.H93.B0', 'hvc1.2.4.L93.B0'],
  ...['hev1.4.10.L120.9D.8', 'hvc1.3.E.L93.B0', 'hvc1.1.6.L30.B0', 'hvc1.1.6.L186.B0', 'hvc1.1.6.L255.B0'],
  ...['hvc1.1.6.L216.B0', 'hvc1.9.10.L93.B0', 'hvc1.A1.6.L93.B0'],
  ...['vp8', 'vp09.00.10.08', 'vp09.00.62.08', 'vp09.01.10.08', 'vp09.02.10.10', 'vp09.02.10.12', 'vp09.03.10.10'],
  ...['vp09.00.10.08.01.01.01.01.00', 'vp09.00.10.08.00', 'vp09.01.10.08.02', 'vp09.02.51.10.01.09.16.09.00'],
  ...['av01.0.04M.08', 'av01.0.31H.10', 'av01.0.13M.10', 'av01.1.04M.08', 'av01.1.04M.10', 'av01.2.04M.12'],
  ...['av01.2.04M.10', 'av01.0.04M.08.1', 'av01.0.04M.08.0.110.01.01.01.0', 'av01.2.04M.12.0.110'],
  ...['vp09.01.10.08.03', 'vp09.01.10.08.04', 'vp09.03.10.12.02', 'vp09.01.10.08.01', 'vp09.01.10.08.03.01.13.00.01'],
  ...['av01.1.04M.08.0.000', 'av01.2.04M.08', 'av01.2.04M.12.0.000', 'av01.2.04M.12.0.100', 'av01.2.04M.12.1'],
  ...['av01.1.04M.08.0.100', 'av01.1.04M.08.0.000.01.13.00.1', 'av01.2.04M.08.0.000'],
  ...['', ' ', 'bogus', 'vp9', 'VP8', ' vp8', 'avc1', 'hvc1', 'av01', 'vp09.00', 'avc1.42001', 'opus', 'mp4v.20.9'],
] as const;

const sizes = [1, 2, 3, 15, 16, 17, 18, 64, 65, 127, 128, 176, 320, 321, 640] as const;
const oddSizes = [0, 4096, 8192, 8194, 16383, 16384, 16385, 65535, 65536, 0xffffffff] as const;
const bitrates = [1, 10, 999, 1000, 5000, 100_000, 2e6, 3e8, 1e9, 2e9, 2 ** 31, 0xffffffff] as const;
const framerates = [1e-9, 0.5, 1, 23.976, 30, 60, 144, 1000, 1e6, 1e300, 0, -1] as const;

/** Of what is longer the setup alone is tried: coding it takes seconds. */
const longestCoded = 1024;
/** What has more pixels has a test of its own. */
const mostPixels = 1 << 22;

const askVideoEncoder = (config: VideoEncoderConfig) => asked(() => VideoEncoder.isConfigSupported(config));

function tryVideoEncoder(config: VideoEncoderConfig): Promise<Verdict> {
  const { width, height } = config;
  return tried(
    (error) => new VideoEncoder({ output() {}, error }),
    (encoder) => {
      encoder.configure(config);
      if (Math.max(width, height) > longestCoded) return;
      const frame = makeFrame(width, height, 0);
      encoder.encode(frame);
      encoder.encode(frame, { keyFrame: true });
      frame.close();
    },
  );
}

function randomVideoEncoder(seed: number): VideoEncoderConfig {
  const { next, pick, maybe } = seeded(seed);
  const isOdd = next() < 0.06;
  return present<VideoEncoderConfig>({
    codec: pick(videoCodecs),
    width: isOdd && next() < 0.5 ? pick(oddSizes) : pick(sizes),
    height: isOdd ? pick(oddSizes) : pick(sizes),
    displayWidth: maybe([0, 1, 100, 65536], 0.05),
    displayHeight: maybe([0, 1, 100, 65536], 0.05),
    bitrate: maybe([...bitrates, 0, 2 ** 32, 6e9, -1], 0.5),
    bitrateMode: maybe(['constant', 'variable', 'quantizer'], 0.6),
    framerate: maybe(framerates, 0.4),
    hardwareAcceleration: maybe(['no-preference', 'prefer-hardware', 'prefer-software']),
    alpha: maybe(['keep', 'discard']),
    scalabilityMode: maybe(['L1T1', 'L1T2', 'L1T3', 'L2T1', 'L1T4', '', 'S2T1'], 0.4),
    latencyMode: maybe(['quality', 'realtime'], 0.6),
    contentHint: maybe(['', 'text', 'detail', 'motion', 'nonsense']),
    avc: maybe([{ format: 'annexb' }, { format: 'avc' }, {}]),
    hevc: maybe([{ format: 'annexb' }, { format: 'hevc' }, {}]),
  });
}

const small = { width: 64, height: 64 } as const;

/** Each codec with each of its options once. */
function* plainVideoEncoders(): Generator<VideoEncoderConfig> {
  for (const codec of videoCodecs) {
    yield { codec, ...small };
    yield { codec, ...small, alpha: 'keep' };
    yield { codec, ...small, bitrateMode: 'quantizer' };
    yield { codec, ...small, bitrateMode: 'quantizer', scalabilityMode: 'L1T3' };
    yield { codec, ...small, scalabilityMode: 'L1T2', latencyMode: 'realtime', bitrateMode: 'constant' };
  }
  for (const codec of [
    ...['avc1.640033', 'hvc1.1.6.L153.B0', 'vp8', 'vp09.00.10.08', 'vp09.02.10.10', 'av01.0.08M.08'],
    ...['vp09.03.10.12.04', 'av01.2.08M.10'],
  ]) {
    for (const [width, height] of [
      ...([
        [1, 1],
        [2, 2],
        [1, 4096],
        [16, 16],
        [14, 16],
        [18, 1024],
        [17, 17],
        [0, 16],
      ] as const),
      ...([
        [16384, 16],
        [16, 16384],
        [16383, 2],
        [16385, 16],
        [8192, 16],
        [8194, 16],
        [65535, 65535],
      ] as const),
    ]) {
      yield { codec, width, height };
    }
    for (const bitrate of [1, 1000, 3e8, 2e9, 0xffffffff]) {
      yield { codec, ...small, bitrate };
      yield { codec, ...small, bitrate, bitrateMode: 'constant', latencyMode: 'realtime', scalabilityMode: 'L1T3' };
    }
    for (const framerate of [1e-9, 0.5, 1000, 1e300, 0]) yield { codec, ...small, framerate, bitrate: 1 };
  }
}

// Decoders' descriptions are for another file: test/hostile.test.ts. Without one, and with sizes that may be lies.
function* videoDecoders(): Generator<VideoDecoderConfig> {
  for (const codec of videoCodecs) {
    yield { codec };
    yield { codec, optimizeForLatency: true, hardwareAcceleration: 'prefer-hardware' };
    yield { codec, description: new Uint8Array(0) };
    yield { codec, codedWidth: 0xffffffff, codedHeight: 0xffffffff };
    yield { codec, codedWidth: 1, codedHeight: 1, displayAspectWidth: 1, displayAspectHeight: 0xffffffff };
    yield { codec, codedWidth: 16 };
    yield { codec, codedWidth: 0, codedHeight: 16 };
    yield { codec, displayAspectHeight: 1 };
    yield { codec, rotation: 1e300 };
    yield { codec, rotation: Number.NaN };
    yield { codec, codedWidth: -1, codedHeight: 16 };
  }
}

const askVideoDecoder = (config: VideoDecoderConfig) => asked(() => VideoDecoder.isConfigSupported(config));
const tryVideoDecoder = (config: VideoDecoderConfig) =>
  tried(
    (error) => new VideoDecoder({ output: (frame) => frame.close(), error }),
    (decoder) => decoder.configure(config),
  );

// Audio ---------------------------------------------------------------------------------------------------------

const audioCodecs = [
  ...['mp4a.40.2', 'mp4a.40.02', 'mp4a.40.5', 'mp4a.40.05', 'mp4a.40.29', 'mp4a.40.42', 'mp4a.67', 'opus', 'mp3'],
  ...['mp4a.69', 'mp4a.6B', 'flac', 'vorbis', 'alaw', 'ulaw', 'pcm-u8', 'pcm-s16', 'pcm-s24', 'pcm-s32', 'pcm-f32'],
] as const;
const noAudioCodecs = ['\t', 'Opus', ' opus ', 'mp4a.40', 'mp4a.40.3', 'vp8', 'mp4a.6b'];
const rates = [
  ...[1, 2999, 3000, 7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000],
  ...[97000, 176_400, 192_000, 192_001, 384_000, 384_001, 655_350, 655_351, 768_000, 768_001, 1_048_576, 0xffffffff],
] as const;
const usualRates = [8000, 16000, 22050, 44100, 48000, 96000] as const;
const channelCounts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 32, 33, 64, 65, 255, 0xffffffff] as const;
const audioBitrates = [
  ...[1, 500, 3999, 4000, 5999, 6000, 7999, 8000, 16_000, 24_000, 31_999, 32_000, 48_000, 64_000, 96_000, 128_000],
  ...[160_000, 192_000, 256_000, 320_000, 320_001, 510_000, 510_001, 576_000, 1e6, 2e6, 1e7, 2 ** 31, 0xffffffff],
] as const;

const askAudioEncoder = (config: AudioEncoderConfig) => asked(() => AudioEncoder.isConfigSupported(config));
const tryAudioEncoder = (config: AudioEncoderConfig) =>
  tried(
    (error) => new AudioEncoder({ output() {}, error }),
    (encoder) => {
      encoder.configure(config);
      const { sampleRate, numberOfChannels } = config;
      // What no AudioData can have is not supported either.
      if (numberOfChannels > 32 || sampleRate > 1e6) return;
      const data = makeAudio(sampleRate, numberOfChannels, 1200);
      encoder.encode(data);
      data.close();
    },
  );

function* plainAudioEncoders(): Generator<AudioEncoderConfig> {
  for (const codec of [...audioCodecs, ...noAudioCodecs]) {
    for (const sampleRate of rates) yield { codec, sampleRate, numberOfChannels: 2 };
    for (const numberOfChannels of channelCounts) yield { codec, sampleRate: 48000, numberOfChannels };
    yield { codec, sampleRate: 0, numberOfChannels: 1 };
    yield { codec, sampleRate: 8000, numberOfChannels: 0 };
    yield { codec, sampleRate: 8000, numberOfChannels: 1, bitrate: 0 };
    yield { codec, sampleRate: 8000, numberOfChannels: 1, bitrate: 6e9 };
  }
}

function randomAudioEncoder(seed: number): AudioEncoderConfig {
  const { next, pick, maybe } = seeded(seed);
  const encoded = ['mp4a.40.2', 'opus', 'mp3', 'vorbis', 'flac'] as const;
  return present<AudioEncoderConfig>({
    codec: next() < 0.8 ? pick(encoded) : pick([...audioCodecs, ...noAudioCodecs]),
    sampleRate: next() < 0.7 ? pick(usualRates) : pick(rates),
    numberOfChannels: next() < 0.9 ? pick([1, 2, 3, 4, 5, 6, 7, 8]) : pick(channelCounts),
    bitrate: maybe(audioBitrates, 0.8),
    bitrateMode: maybe(['constant', 'variable'], 0.6),
    opus: maybe([
      ...[{}, { frameDuration: 2500 }, { frameDuration: 120_000 }, { frameDuration: 2501 }, { complexity: 11 }],
      ...[{ complexity: 0, application: 'lowdelay' }, { usedtx: true, application: 'voip' }, { packetlossperc: 101 }],
      ...([{ frameDuration: 5000, application: 'voip', signal: 'voice' }, { format: 'ogg' }] as const),
    ] as const),
    flac: maybe([
      ...[{}, { blockSize: 15 }, { blockSize: 16 }, { blockSize: 65_535 }, { blockSize: 65_536 }],
      ...[{ compressLevel: 0 }, { compressLevel: 8 }, { compressLevel: 9 }, { blockSize: 17, compressLevel: 8 }],
    ]),
    aac: maybe([{}, { format: 'adts' }, { format: 'aac' }] as const),
  });
}

const askAudioDecoder = (config: AudioDecoderConfig) => asked(() => AudioDecoder.isConfigSupported(config));
const tryAudioDecoder = (config: AudioDecoderConfig) =>
  tried(
    (error) => new AudioDecoder({ output: (data) => data.close(), error }),
    (decoder) => decoder.configure(config),
  );

/**
 * "WPT's support check passes none, so say true there too; configure without it must fail" (with NotSupportedError,
 * by the same suite): the one lie that the web platform wants.
 */
const needsDescription = ({ codec, description, numberOfChannels }: AudioDecoderConfig): boolean =>
  !(description as Uint8Array | undefined)?.length &&
  (codec === 'flac' || codec === 'vorbis' || codec === 'mp4a.40.42' || (codec === 'opus' && numberOfChannels > 2));

function* plainAudioDecoders(): Generator<AudioDecoderConfig> {
  for (const codec of [...audioCodecs, ...noAudioCodecs]) {
    for (const sampleRate of [...rates, 0]) yield { codec, sampleRate, numberOfChannels: 2 };
    for (const numberOfChannels of [...channelCounts, 0]) yield { codec, sampleRate: 48000, numberOfChannels };
  }
}

const streamInfo = Uint8Array.from(
  Buffer.from('664c6143 80000022 1000 1000 000000 000000 0bb800f0 00000000'.replaceAll(' ', '').padEnd(84, '0'), 'hex'),
);

/** Sound descriptions of each codec, and what there is on the way to impossible ones. */
function* describedAudioDecoders(): Generator<AudioDecoderConfig> {
  const base = { sampleRate: 48000, numberOfChannels: 2 };
  for (let channels = 1; channels <= 12; channels++) {
    for (const mappingFamily of [0, 1, 2, 3, 255]) {
      if (mappingFamily === 0 && channels > 2) continue;
      const description = makeOpusHead({ channels, mappingFamily });
      yield { codec: 'opus', ...base, numberOfChannels: channels, description };
    }
  }
  for (const objectType of [1, 2, 3, 4, 5, 29]) {
    for (const sampleRate of [8000, 44100, 48000, 96000, 12345]) {
      for (const channels of [1, 2, 6, 8]) {
        const description = makeAudioSpecificConfig(objectType, sampleRate, channels);
        yield { codec: 'mp4a.40.2', ...base, description };
      }
    }
  }
  // Every object type, rate and channel configuration there is, the reserved ones too.
  for (let type = 0; type < 64; type++) {
    for (const [rate, channels] of [
      [3, 2],
      [4, 0],
      [13, 2],
      [15, 1],
      [0, 8],
      [4, 7],
      [4, 11],
      [4, 12],
      [4, 14],
    ]) {
      const head = type < 31 ? (type << 11) | (rate! << 7) | (channels! << 3) : 0xf800 | ((type - 32) << 5);
      const description = Uint8Array.of(head >> 8, head & 255, (rate! << 4) & 255, 0, 0, 0, 0, 0);
      yield { codec: 'mp4a.40.2', ...base, description };
    }
  }
  yield { codec: 'flac', ...base, description: streamInfo };
  yield { codec: 'flac', ...base, description: streamInfo.slice(4) };
  yield {
    codec: 'mp4a.40.2',
    ...base,
    description: makeAdtsHeader({ objectType: 2, sampleRate: 48000, channels: 2 }, 9),
  };
}

function randomDescription(seed: number): AudioDecoderConfig {
  const { next, pick } = seeded(seed);
  const sound = [
    ...[makeOpusHead({ channels: 6 }), makeOpusHead({ channels: 2, preSkip: 312 }), streamInfo],
    ...[makeAudioSpecificConfig(2, 44100, 2), makeAudioSpecificConfig(29, 48000, 2), new Uint8Array(40)],
  ];
  const description = pick(sound).slice();
  for (let i = 0; i < 4; i++) description[Math.floor(next() * description.length)] = Math.floor(next() * 256);
  return {
    codec: pick(['opus', 'flac', 'vorbis', 'mp4a.40.2', 'mp4a.40.5', 'mp4a.40.42', 'mp3', 'pcm-s16', 'alaw']),
    sampleRate: pick(usualRates),
    numberOfChannels: pick([1, 2, 6]),
    description: next() < 0.2 ? description.subarray(0, Math.floor(next() * description.length)) : description,
  };
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const isSmallEnough = ({ width, height }: VideoEncoderConfig): boolean => width * height <= mostPixels;

describe('isConfigSupported() tells the truth', { timeout: 120_000 }, () => {
  test('of video encoders, each option in turn', async (context) => {
    const configs = [...plainVideoEncoders()];
    const counts = await compare(configs.filter(isSmallEnough), askVideoEncoder, tryVideoEncoder);
    assert.ok(counts.ok > 200 && counts.unsupported > 100 && counts.TypeError > 20, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of video encoders, at random', async (context) => {
    const configs = seeds(600).map(randomVideoEncoder);
    const counts = await compare(configs.filter(isSmallEnough), askVideoEncoder, tryVideoEncoder);
    assert.ok(counts.ok > 50 && counts.unsupported > 50 && counts.TypeError > 10, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of video encoders, the largest pictures', async () => {
    const configs: VideoEncoderConfig[] = [
      { codec: 'avc1.64003e', width: 4096, height: 2304 },
      { codec: 'avc1.64003e', width: 2304, height: 4096 },
      { codec: 'avc1.64003e', width: 4098, height: 2304 },
      { codec: 'avc1.64003e', width: 8192, height: 4320 },
      { codec: 'hvc1.1.6.L186.B0', width: 8192, height: 4320 },
      { codec: 'hvc1.1.6.L186.B0', width: 8192, height: 8192 },
      { codec: 'vp8', width: 16_383, height: 16_383 },
      { codec: 'vp09.00.62.08', width: 16_384, height: 16_384 },
      { codec: 'av01.0.19M.08', width: 16_384, height: 16_384 },
      { codec: 'vp09.03.62.10', width: 4096, height: 2304 },
      { codec: 'vp09.03.62.10', width: 4098, height: 2304 },
      { codec: 'av01.1.19M.08', width: 4096, height: 4608 },
      { codec: 'av01.1.19M.08', width: 4098, height: 4608 },
    ];
    await compare(configs, askVideoEncoder, tryVideoEncoder);
  });

  test('of video decoders', async (context) => {
    const counts = await compare([...videoDecoders()], askVideoDecoder, tryVideoDecoder);
    assert.ok(counts.ok > 100 && counts.unsupported > 50 && counts.TypeError > 100, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of audio encoders, each rate and number of channels', async (context) => {
    const counts = await compare([...plainAudioEncoders()], askAudioEncoder, tryAudioEncoder);
    assert.ok(counts.ok > 100 && counts.unsupported > 100 && counts.TypeError > 50, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of audio encoders, at random', async (context) => {
    const counts = await compare(seeds(600).map(randomAudioEncoder), askAudioEncoder, tryAudioEncoder);
    assert.ok(counts.ok > 100 && counts.unsupported > 50 && counts.TypeError > 20, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of audio decoders', async (context) => {
    const configs = [...plainAudioDecoders()].filter((config) => !needsDescription(config));
    const counts = await compare(configs, askAudioDecoder, tryAudioDecoder);
    assert.ok(counts.ok > 100 && counts.unsupported > 50 && counts.TypeError > 20, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('of audio decoders with descriptions, sound and damaged', async (context) => {
    const configs = [...describedAudioDecoders(), ...seeds(400).map(randomDescription)];
    const described = configs.filter((config) => !needsDescription(config));
    const counts = await compare(described, askAudioDecoder, tryAudioDecoder);
    assert.ok(counts.ok > 100 && counts.unsupported > 50, countTotal(counts));
    context.diagnostic(countTotal(counts));
  });

  test('a description that is missing is found out by configure() alone', async () => {
    const missing = [...plainAudioDecoders()].filter(needsDescription);
    for (const config of missing) {
      const said = await askAudioDecoder(config);
      const done = await tryAudioDecoder(config);
      assert.notEqual(done, 'ok', shorten(config));
      if (said === 'ok') assert.equal(done, 'unsupported', shorten(config));
      else assert.equal(done, said, shorten(config));
    }
  });
});
