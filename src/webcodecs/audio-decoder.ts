import { isAacDecodable, parseAudioSpecificConfig } from '../codecs/aac.ts';
import { isOpusDecodable, parseOpusHead } from '../codecs/opus.ts';
import { audioDescriptionError, parseAudioCodec } from '../codecs/registry.ts';
import type { AudioCodecName, AudioDecoderParameters, Packet, Samples } from '../engine/engine.ts';
import { engineFor } from '../engine/engines.ts';
import { type AudioData, createAudioData } from './audio-data.ts';
import { Codec, type CodecState } from './codec-base.ts';
import { cloneConfiguration, isBlank } from './codec-support.ts';
import { bytesOfAudioChunk, type EncodedAudioChunk, encodedAudioChunkConverter } from './encoded-audio-chunk.ts';
import { defineEventHandler } from './event-handler.ts';
import * as webidl from './webidl.ts';

/** https://w3c.github.io/webcodecs/#dictdef-audiodecoderconfig */
export interface AudioDecoderConfig {
  codec: string;
  /** Hz. */
  sampleRate: number;
  numberOfChannels: number;
  /** Codec-specific header: AudioSpecificConfig, OpusHead, fLaC + STREAMINFO, Xiph-laced Vorbis headers. */
  description?: ArrayBufferLike | ArrayBufferView | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-audiodecoderinit */
export interface AudioDecoderInit {
  output: (data: AudioData) => void;
  error: (error: DOMException) => void;
}

/** https://w3c.github.io/webcodecs/#dictdef-audiodecodersupport */
export interface AudioDecoderSupport {
  supported: boolean;
  config: AudioDecoderConfig;
}

const audioDecoderInit = webidl.dictionary<AudioDecoderInit>('AudioDecoderInit', [
  { key: 'error', converter: webidl.callback, required: true },
  { key: 'output', converter: webidl.callback, required: true },
]);

const audioDecoderConfig = webidl.dictionary<AudioDecoderConfig>('AudioDecoderConfig', [
  { key: 'codec', converter: webidl.DOMString, required: true },
  { key: 'description', converter: webidl.allowSharedBufferSource },
  { key: 'numberOfChannels', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'sampleRate', converter: webidl.enforceRangeUnsignedLong, required: true },
]);

/** https://w3c.github.io/webcodecs/#valid-audiodecoderconfig; engines refuse zero rates and channels as well. */
function isValid(config: AudioDecoderConfig): boolean {
  return (
    !isBlank(config.codec) &&
    config.sampleRate > 0 &&
    config.numberOfChannels > 0 &&
    !(config.description && webidl.isDetached(config.description))
  );
}

/** More channels than any codec here codes. */
const mostChannels = 64;
const highestRate = 768_000;

/** Whether there is a decoder for what a description describes; one that is malformed describes nothing. */
function isDescriptionDecodable(codec: AudioCodecName, description: Uint8Array): boolean {
  if (audioDescriptionError(codec, description) !== undefined) return false;
  if (codec === 'aac') return isAacDecodable(parseAudioSpecificConfig(description));
  return codec !== 'opus' || isOpusDecodable(parseOpusHead(description));
}

/**
 * What an engine needs to know; undefined where a configuration cannot be served. That a description is missing is
 * left to configure(): web-platform-tests ask without one whether a codec is there.
 */
function parametersOf(config: AudioDecoderConfig): AudioDecoderParameters | undefined {
  const parsed = parseAudioCodec(config.codec);
  const { sampleRate, numberOfChannels } = config;
  if (!parsed || numberOfChannels > mostChannels || sampleRate > highestRate) return undefined;
  const description = config.description && webidl.bytesOf(config.description).slice();
  if (description?.length && !isDescriptionDecodable(parsed.codec, description)) return undefined;
  return {
    kind: 'audio-decoder',
    codec: parsed.codec,
    sampleRate,
    numberOfChannels,
    description: description?.length ? description : undefined,
  };
}

/** Decodes EncodedAudioChunks to AudioData: https://w3c.github.io/webcodecs/#audiodecoder-interface */
export class AudioDecoder extends EventTarget {
  readonly #codec: Codec<Packet, Samples>;
  /** [[key chunk required]] */
  #keyChunkRequired = true;

  declare ondequeue: ((this: AudioDecoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: AudioDecoderInit) {
    webidl.requireArguments(arguments.length, 1, 'AudioDecoder constructor');
    super();
    const { output, error } = audioDecoderInit(init, 'AudioDecoderInit');
    this.#codec = new Codec({
      target: this,
      emit: (samples) => output(createAudioData(samples)),
      error,
      discard() {},
    });
  }

  get state(): CodecState {
    return this.#codec.state;
  }

  /** Chunks that wait to be taken by the decoder. */
  get decodeQueueSize(): number {
    return this.#codec.queueSize;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audiodecoder-configure
   *
   * @throws {TypeError} if the configuration is invalid.
   * @throws {DOMException} InvalidStateError if closed. A configuration that is not supported reaches
   *   the error callback as NotSupportedError.
   */
  configure(config: AudioDecoderConfig): undefined {
    webidl.requireArguments(arguments.length, 1, 'AudioDecoder.configure');
    const codec = this.#codec;
    const converted = audioDecoderConfig(config, 'AudioDecoderConfig');
    // "If config is not a valid AudioDecoderConfig, throw a TypeError."
    if (!isValid(converted)) throw new TypeError('AudioDecoder.configure: the configuration is invalid.');
    const active = cloneConfiguration(converted);
    codec.configure(async (events) => {
      const parameters = parametersOf(active);
      const engine = engineFor('no-preference');
      // "Let supported be the result of running the Check Configuration Support algorithm with config."
      if (!parameters || !(await engine.supports(parameters))) return undefined;
      const error = audioDescriptionError(parameters.codec, parameters.description, {
        numberOfChannels: active.numberOfChannels,
        objectType: parseAudioCodec(active.codec)?.objectType,
      });
      if (error) throw new Error(error);
      return engine.openAudioDecoder(parameters, events);
    });
    // "Set [[key chunk required]] to true."
    this.#keyChunkRequired = true;
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audiodecoder-decode
   *
   * @throws {DOMException} InvalidStateError if not configured; DataError if a key chunk is required
   *   (first, and after configure() and flush()) and `chunk` is none.
   */
  decode(chunk: EncodedAudioChunk): undefined {
    webidl.requireArguments(arguments.length, 1, 'AudioDecoder.decode');
    const codec = this.#codec;
    const converted = encodedAudioChunkConverter(chunk, 'AudioDecoder.decode: chunk');
    codec.throwUnlessConfigured();
    // "If [[key chunk required]] is true: if chunk.[[type]] is not key, throw a DataError."
    if (this.#keyChunkRequired && converted.type !== 'key') {
      throw new DOMException('A key chunk is required.', 'DataError');
    }
    // "Otherwise, assign false to [[key chunk required]]."
    this.#keyChunkRequired = false;
    const { type, timestamp, duration } = converted;
    codec.code({ type, timestamp, duration, data: bytesOfAudioChunk(converted) });
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-audiodecoder-flush: resolves when all samples have been output.
   * Rejects with InvalidStateError, AbortError (reset or close), or the error that closed the decoder.
   */
  flush(): Promise<undefined> {
    return webidl.promise(() => {
      const codec = this.#codec;
      // "Set [[key chunk required]] to true."
      if (codec.state === 'configured') this.#keyChunkRequired = true;
      return codec.flush();
    });
  }

  /** https://w3c.github.io/webcodecs/#dom-audiodecoder-reset @throws {DOMException} InvalidStateError if closed. */
  reset(): undefined {
    this.#codec.reset();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-audiodecoder-close @throws {DOMException} InvalidStateError if closed. */
  close(): undefined {
    this.#codec.close();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-audiodecoder-isconfigsupported; rejects with TypeError if invalid. */
  static isConfigSupported(config: AudioDecoderConfig): Promise<AudioDecoderSupport> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'AudioDecoder.isConfigSupported');
      const converted = audioDecoderConfig(config, 'AudioDecoderConfig');
      if (!isValid(converted)) throw new TypeError('AudioDecoder.isConfigSupported: the configuration is invalid.');
      const clone = cloneConfiguration(converted);
      const parameters = parametersOf(clone);
      const supported = parameters ? await engineFor('no-preference').supports(parameters) : false;
      return { supported, config: clone };
    });
  }
}

defineEventHandler(AudioDecoder, 'dequeue');
webidl.defineInterface(AudioDecoder, 'AudioDecoder');
