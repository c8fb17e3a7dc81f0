import { defaultOpusComplexity, isValidOpusFrameDuration, leastOpusBitrate } from '../codecs/opus-encoder-config.ts';
import type { OpusEncoderParameters, Samples } from '../engine/engine.ts';
import { type AudioData, audioDataContent } from './audio-data.ts';
import type { AudioDecoderConfig } from './audio-decoder.ts';
import type { EncodedAudio } from './audio-encoder-session.ts';
import { audioSessions } from './audio-sessions.ts';
import { Codec, type CodecState } from './codec-base.ts';
import { cloneConfiguration, isBlank } from './codec-support.ts';
import type { EncodedAudioChunk } from './encoded-audio-chunk.ts';
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

const opusEncoderConfig = webidl.dictionary<OpusEncoderConfig>('OpusEncoderConfig', [
  {
    key: 'application',
    converter: webidl.enumeration('OpusApplication', ['voip', 'audio', 'lowdelay']),
    default: () => 'audio',
  },
  { key: 'complexity', converter: webidl.enforceRangeUnsignedLong, default: () => defaultOpusComplexity },
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

/** Encodes AudioData to EncodedAudioChunks: https://w3c.github.io/webcodecs/#audioencoder-interface */
export class AudioEncoder extends EventTarget {
  readonly #codec: Codec<Samples, EncodedAudio>;
  /** Of what is being handed in. */
  #incoming: AudioEncoderConfig | undefined;

  declare ondequeue: ((this: AudioEncoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: AudioEncoderInit) {
    webidl.requireArguments(arguments.length, 1, 'AudioEncoder constructor');
    super();
    const { output, error } = audioEncoderInit(init, 'AudioEncoderInit');
    this.#codec = new Codec({ target: this, emit: (encoded) => output(...encoded), error, discard() {} });
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
    // "Let supported be the result of running the Check Configuration Support algorithm with config."
    codec.configure(async (events) => (await audioSessions()).openAudioEncoder(converted, events));
    this.#incoming = converted;
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
    const samples = audioDataContent(data, 'AudioEncoder.encode: data');
    // "If the value of data's [[Detached]] internal slot is true, throw a TypeError."
    if (!samples) throw new TypeError('AudioEncoder.encode: the AudioData is closed.');
    codec.throwUnlessConfigured();
    const { sampleRate, numberOfChannels } = this.#incoming!;
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
      const supported = await (await audioSessions()).isAudioEncoderSupported(converted);
      return { supported, config: converted };
    });
  }
}

defineEventHandler(AudioEncoder, 'dequeue');
webidl.defineInterface(AudioEncoder, 'AudioEncoder');
