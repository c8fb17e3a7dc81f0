import type { Packet } from '../engine/engine.ts';
import type { AudioData } from './audio-data.ts';
import { audioSessions } from './audio-sessions.ts';
import { Codec, type CodecState } from './codec-base.ts';
import { cloneConfiguration, isBlank } from './codec-support.ts';
import { type EncodedAudioChunk, encodedAudioChunkContent } from './encoded-audio-chunk.ts';
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

/** Decodes EncodedAudioChunks to AudioData: https://w3c.github.io/webcodecs/#audiodecoder-interface */
export class AudioDecoder extends EventTarget {
  readonly #codec: Codec<Packet, AudioData>;
  /** [[key chunk required]] */
  #keyChunkRequired = true;

  declare ondequeue: ((this: AudioDecoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: AudioDecoderInit) {
    webidl.requireArguments(arguments.length, 1, 'AudioDecoder constructor');
    super();
    const { output, error } = audioDecoderInit(init, 'AudioDecoderInit');
    this.#codec = new Codec({ target: this, emit: output, error, discard() {} });
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
    // "Let supported be the result of running the Check Configuration Support algorithm with config."
    codec.configure(async (events) => (await audioSessions()).openAudioDecoder(active, events));
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
    const { type, timestamp, duration, data } = encodedAudioChunkContent(chunk, 'AudioDecoder.decode: chunk');
    codec.throwUnlessConfigured();
    // "If [[key chunk required]] is true: if chunk.[[type]] is not key, throw a DataError."
    if (this.#keyChunkRequired && type !== 'key') {
      throw new DOMException('A key chunk is required.', 'DataError');
    }
    // "Otherwise, assign false to [[key chunk required]]."
    this.#keyChunkRequired = false;
    codec.code({ type, timestamp, duration, data });
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
      const supported = await (await audioSessions()).isAudioDecoderSupported(clone);
      return { supported, config: clone };
    });
  }
}

defineEventHandler(AudioDecoder, 'dequeue');
webidl.defineInterface(AudioDecoder, 'AudioDecoder');
