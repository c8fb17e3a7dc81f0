import { audioObjectType, isAacEncodable, makeAdtsHeader, parseAudioSpecificConfig } from '../codecs/aac.ts';
import { makeFlacDescription } from '../codecs/flac.ts';
import { isMp3Encodable } from '../codecs/mp3.ts';
import { isOpusEncodable, isValidOpusFrameDuration, leastOpusBitrate } from '../codecs/opus.ts';
import { parseAudioCodec } from '../codecs/registry.ts';
import { isVorbisEncodable } from '../codecs/vorbis.ts';
import type {
  AudioCodecName,
  AudioEncoderParameters,
  EncodedAudioPacket,
  OpusEncoderParameters,
  Samples,
} from '../engine/engine.ts';
import { engineFor } from '../engine/engines.ts';
import { type AudioData, audioDataConverter, samplesOf } from './audio-data.ts';
import type { AudioDecoderConfig } from './audio-decoder.ts';
import { Codec, type CodecState } from './codec-base.ts';
import { cloneConfiguration, isBlank } from './codec-support.ts';
import { createEncodedAudioChunk, type EncodedAudioChunk } from './encoded-audio-chunk.ts';
import { defineEventHandler } from './event-handler.ts';
import * as webidl from './webidl.ts';

export type BitrateMode = 'constant' | 'variable';

/** https://w3c.github.io/webcodecs/opus_codec_registration.html#dictdef-opusencoderconfig */
export type OpusEncoderConfig = Partial<OpusEncoderParameters> & { format?: 'opus' | 'ogg' | undefined };
/** https://w3c.github.io/webcodecs/aac_codec_registration.html#dictdef-aacencoderconfig */
export interface AacEncoderConfig {
  format?: 'aac' | 'adts' | undefined;
}
/** https://w3c.github.io/webcodecs/flac_codec_registration.html#dictdef-flacencoderconfig */
export interface FlacEncoderConfig {
  blockSize?: number | undefined;
  compressLevel?: number | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-audioencoderconfig */
export interface AudioEncoderConfig {
  codec: string;
  /** Hz. */
  sampleRate: number;
  numberOfChannels: number;
  /** Bits per second. */
  bitrate?: number | undefined;
  bitrateMode?: BitrateMode | undefined;
  opus?: OpusEncoderConfig | undefined;
  aac?: AacEncoderConfig | undefined;
  flac?: FlacEncoderConfig | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-encodedaudiochunkmetadata */
export interface EncodedAudioChunkMetadata {
  decoderConfig?: AudioDecoderConfig;
}

export interface AudioEncoderInit {
  output: (chunk: EncodedAudioChunk, metadata: EncodedAudioChunkMetadata) => void;
  error: (error: DOMException) => void;
}

export interface AudioEncoderSupport {
  supported: boolean;
  config: AudioEncoderConfig;
}

const audioEncoderInit = webidl.dictionary<AudioEncoderInit>('AudioEncoderInit', [
  { key: 'error', converter: webidl.callback, required: true },
  { key: 'output', converter: webidl.callback, required: true },
]);

const defaultComplexity = 9;

const opusEncoderConfig = webidl.dictionary<OpusEncoderConfig>('OpusEncoderConfig', [
  {
    key: 'application',
    converter: webidl.enumeration('OpusApplication', ['voip', 'audio', 'lowdelay']),
    default: () => 'audio',
  },
  // "implementation-specific": 9, as in Chromium on anything but telephones.
  { key: 'complexity', converter: webidl.enforceRangeUnsignedLong, default: () => defaultComplexity },
  { key: 'format', converter: webidl.enumeration('OpusBitstreamFormat', ['opus', 'ogg']), default: () => 'opus' },
  { key: 'frameDuration', converter: webidl.enforceRangeUnsignedLongLong, default: () => 20000 },
  { key: 'packetlossperc', converter: webidl.enforceRangeUnsignedLong, default: () => 0 },
  { key: 'signal', converter: webidl.enumeration('OpusSignal', ['auto', 'music', 'voice']), default: () => 'auto' },
  { key: 'useinbandfec', converter: webidl.boolean, default: () => false },
  { key: 'usedtx', converter: webidl.boolean, default: () => false },
]);

const aacEncoderConfig = webidl.dictionary<AacEncoderConfig>('AacEncoderConfig', [
  { key: 'format', converter: webidl.enumeration('AacBitstreamFormat', ['aac', 'adts']), default: () => 'aac' },
]);

const flacEncoderConfig = webidl.dictionary<FlacEncoderConfig>('FlacEncoderConfig', [
  { key: 'blockSize', converter: webidl.enforceRangeUnsignedLong, default: () => 0 },
  { key: 'compressLevel', converter: webidl.enforceRangeUnsignedLong, default: () => 5 },
]);

const audioEncoderConfig = webidl.dictionary<AudioEncoderConfig>('AudioEncoderConfig', [
  { key: 'aac', converter: aacEncoderConfig },
  { key: 'bitrate', converter: webidl.enforceRangeUnsignedLongLong },
  {
    key: 'bitrateMode',
    converter: webidl.enumeration<BitrateMode>('BitrateMode', ['constant', 'variable']),
    default: () => 'variable',
  },
  { key: 'codec', converter: webidl.DOMString, required: true },
  { key: 'flac', converter: flacEncoderConfig },
  { key: 'numberOfChannels', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'opus', converter: opusEncoderConfig },
  { key: 'sampleRate', converter: webidl.enforceRangeUnsignedLong, required: true },
]);

function isValidOpus(opus: OpusEncoderConfig): boolean {
  return (
    isValidOpusFrameDuration(opus.frameDuration ?? 20000) &&
    (opus.complexity ?? 0) <= 10 &&
    (opus.packetlossperc ?? 0) <= 100
  );
}

/** "blockSize … 0 means that the encoder chooses"; RFC 9639, 9.1.1 and 8.2 bound the rest. */
function isValidFlac({ blockSize = 0, compressLevel = 5 }: FlacEncoderConfig): boolean {
  return (blockSize === 0 || (blockSize >= 16 && blockSize <= 65535)) && compressLevel <= 8;
}

/** web-platform-tests, and Firefox, take what is too little for any Opus stream for invalid, not for unsupported. */
const leastBitrate = ({ codec }: AudioEncoderConfig): number => (codec === 'opus' ? leastOpusBitrate : 1);

/** https://w3c.github.io/webcodecs/#valid-audioencoderconfig and the registrations' own rules. */
function isValid(config: AudioEncoderConfig): boolean {
  return (
    !isBlank(config.codec) &&
    config.sampleRate > 0 &&
    config.numberOfChannels > 0 &&
    // Firefox and web-platform-tests refuse zero, they and Chromium what no unsigned long can hold.
    (config.bitrate === undefined || (config.bitrate >= leastBitrate(config) && config.bitrate <= 0xffffffff)) &&
    (!config.opus || isValidOpus(config.opus)) &&
    (!config.flac || isValidFlac(config.flac))
  );
}

const mostChannels = 8;
const sampleRateRange = { least: 3000, most: 384_000 };

/** Whether the codec can be encoded with these numbers. */
function isEncodable(codec: AudioCodecName, objectType: number | undefined, config: AudioEncoderConfig): boolean {
  const { sampleRate, numberOfChannels, bitrate } = config;
  if (numberOfChannels > mostChannels) return false;
  if (sampleRate < sampleRateRange.least || sampleRate > sampleRateRange.most) return false;
  switch (codec) {
    case 'aac':
      return objectType === audioObjectType.lc && isAacEncodable(sampleRate, numberOfChannels, bitrate);
    case 'opus':
      return isOpusEncodable(numberOfChannels, bitrate);
    case 'mp3':
      return isMp3Encodable(sampleRate, numberOfChannels, bitrate);
    case 'vorbis':
      return isVorbisEncodable(sampleRate, numberOfChannels, bitrate);
    default:
      return true;
  }
}

/** What the others make follows from the samples: they are told no bitrate, so that none can be wrong for them. */
const codecsWithBitrate: ReadonlySet<AudioCodecName> = new Set(['aac', 'opus', 'mp3', 'vorbis']);

/** What an engine needs to know; undefined where a configuration cannot be served. */
function parametersOf(config: AudioEncoderConfig): AudioEncoderParameters | undefined {
  const parsed = parseAudioCodec(config.codec);
  if (!parsed || !isEncodable(parsed.codec, parsed.objectType, config)) return undefined;
  const { sampleRate, numberOfChannels, bitrate, bitrateMode = 'variable', opus, flac } = config;
  return {
    kind: 'audio-encoder',
    codec: parsed.codec,
    sampleRate,
    numberOfChannels,
    bitrate: codecsWithBitrate.has(parsed.codec) ? bitrate : undefined,
    bitrateMode,
    opus: {
      signal: opus?.signal ?? 'auto',
      application: opus?.application ?? 'audio',
      frameDuration: opus?.frameDuration ?? 20000,
      complexity: opus?.complexity ?? defaultComplexity,
      packetlossperc: opus?.packetlossperc ?? 0,
      useinbandfec: opus?.useinbandfec ?? false,
      usedtx: opus?.usedtx ?? false,
    },
    flac: { blockSize: flac?.blockSize ?? 0, compressLevel: flac?.compressLevel ?? 5 },
  };
}

/** What belongs to one configuration. */
interface ActiveConfig {
  config: AudioEncoderConfig;
  codec: AudioCodecName | undefined;
  /** The codec's global header, as its engine gave it. */
  header: Uint8Array | undefined;
  described: boolean;
}

const isAdts = ({ codec, config }: ActiveConfig): boolean => codec === 'aac' && config.aac?.format === 'adts';

/** The description for decoderConfig as the codec's registration wants it. */
function descriptionOf(active: ActiveConfig): Uint8Array | undefined {
  const { codec, header } = active;
  if (!header?.length || isAdts(active)) return undefined;
  return codec === 'flac' ? makeFlacDescription(header) : header;
}

function withAdtsHeader(data: Uint8Array, header: Uint8Array): Uint8Array {
  const adts = makeAdtsHeader(parseAudioSpecificConfig(header), data.length);
  const packet = new Uint8Array(adts.length + data.length);
  packet.set(adts);
  packet.set(data, adts.length);
  return packet;
}

/** Encodes AudioData to EncodedAudioChunks: https://w3c.github.io/webcodecs/#audioencoder-interface */
export class AudioEncoder extends EventTarget {
  readonly #codec: Codec<Samples, EncodedAudioPacket>;
  readonly #output: AudioEncoderInit['output'];
  /** [[active encoder config]] of what is being encoded … */
  #encoding: ActiveConfig | undefined;
  /** … and of what is being handed in. */
  #incoming: ActiveConfig | undefined;

  declare ondequeue: ((this: AudioEncoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: AudioEncoderInit) {
    webidl.requireArguments(arguments.length, 1, 'AudioEncoder constructor');
    super();
    const { output, error } = audioEncoderInit(init, 'AudioEncoderInit');
    this.#output = output;
    this.#codec = new Codec({ target: this, emit: (packet) => this.#emit(packet), error, discard() {} });
  }

  get state(): CodecState {
    return this.#codec.state;
  }

  /** AudioData that wait to be taken by the encoder. */
  get encodeQueueSize(): number {
    return this.#codec.queueSize;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audioencoder-configure
   *
   * @throws {TypeError} if the configuration is invalid.
   * @throws {DOMException} InvalidStateError if closed. A configuration that is not supported reaches
   *   the error callback as NotSupportedError.
   */
  configure(config: AudioEncoderConfig): undefined {
    webidl.requireArguments(arguments.length, 1, 'AudioEncoder.configure');
    const codec = this.#codec;
    const converted = cloneConfiguration(audioEncoderConfig(config, 'AudioEncoderConfig'));
    // "If config is not a valid AudioEncoderConfig, throw a TypeError."
    if (!isValid(converted)) throw new TypeError('AudioEncoder.configure: the configuration is invalid.');
    const active: ActiveConfig = {
      config: converted,
      codec: parseAudioCodec(converted.codec)?.codec,
      header: undefined,
      described: false,
    };
    codec.configure(async (events) => {
      const parameters = parametersOf(converted);
      const engine = engineFor('no-preference');
      // "Let supported be the result of running the Check Configuration Support algorithm with config."
      if (!parameters || !(await engine.supports(parameters))) return undefined;
      this.#encoding = active;
      return engine.openAudioEncoder(parameters, events);
    });
    this.#incoming = active;
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audioencoder-encode: the AudioData may be closed at once. Data of
   * another rate or channel count than configured reaches the error callback as EncodingError.
   *
   * @throws {TypeError} if the AudioData is closed.
   * @throws {DOMException} InvalidStateError if not configured.
   */
  encode(data: AudioData): undefined {
    webidl.requireArguments(arguments.length, 1, 'AudioEncoder.encode');
    const codec = this.#codec;
    const samples = samplesOf(audioDataConverter(data, 'AudioEncoder.encode: data'));
    // "If the value of data's [[Detached]] internal slot is true, throw a TypeError."
    if (!samples) throw new TypeError('AudioEncoder.encode: the AudioData is closed.');
    codec.throwUnlessConfigured();
    const { sampleRate, numberOfChannels } = this.#incoming!.config;
    if (samples.sampleRate !== sampleRate || samples.numberOfChannels !== numberOfChannels) {
      const got = `${samples.sampleRate} Hz, ${samples.numberOfChannels} channels`;
      const wanted = `${sampleRate} Hz, ${numberOfChannels} channels`;
      codec.closeInTask(new DOMException(`AudioData of ${got} given to an encoder of ${wanted}.`, 'EncodingError'));
      return undefined;
    }
    // "Let dataClone hold the result of running the Clone AudioData algorithm with data."
    codec.code(samples);
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#output-encodedaudiochunks */
  #emit(packet: EncodedAudioPacket): void {
    const active = this.#encoding!;
    active.header = packet.description ?? active.header;
    const metadata: EncodedAudioChunkMetadata = {};
    // "If outputConfig and [[active output config]] are not equal: assign outputConfig to chunkMetadata.decoderConfig."
    if (!active.described) {
      active.described = true;
      const { codec, sampleRate, numberOfChannels } = active.config;
      const description = descriptionOf(active);
      metadata.decoderConfig = { codec, sampleRate, numberOfChannels, ...(description && { description }) };
    }
    const data = isAdts(active) && active.header ? withAdtsHeader(packet.data, active.header) : packet.data;
    const { type, timestamp, duration } = packet;
    this.#output(createEncodedAudioChunk({ type, timestamp, duration, data }), metadata);
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audioencoder-flush: resolves when every chunk has been output.
   * Rejects with InvalidStateError, AbortError (reset or close), or the error that closed the encoder.
   */
  flush(): Promise<undefined> {
    return webidl.promise(() => this.#codec.flush());
  }

  /** https://w3c.github.io/webcodecs/#dom-audioencoder-reset @throws {DOMException} InvalidStateError if closed. */
  reset(): undefined {
    this.#codec.reset();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-audioencoder-close @throws {DOMException} InvalidStateError if closed. */
  close(): undefined {
    this.#codec.close();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-audioencoder-isconfigsupported; rejects with TypeError if invalid. */
  static isConfigSupported(config: AudioEncoderConfig): Promise<AudioEncoderSupport> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'AudioEncoder.isConfigSupported');
      const converted = cloneConfiguration(audioEncoderConfig(config, 'AudioEncoderConfig'));
      if (!isValid(converted)) throw new TypeError('AudioEncoder.isConfigSupported: the configuration is invalid.');
      const parameters = parametersOf(converted);
      const supported = parameters ? await engineFor('no-preference').supports(parameters) : false;
      return { supported, config: converted };
    });
  }
}

defineEventHandler(AudioEncoder, 'dequeue');
webidl.defineInterface(AudioEncoder, 'AudioEncoder');
