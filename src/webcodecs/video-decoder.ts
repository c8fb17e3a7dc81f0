import { reorderDepthOfStream } from '../codecs/avc.ts';
import { parseVideoCodec, videoPacketIsKey } from '../codecs/registry.ts';
import { completeVp9ColorSpace } from '../codecs/vp9.ts';
import type {
  DecodedPicture,
  Engine,
  Packet,
  Session,
  SessionEvents,
  VideoCodecName,
  VideoDecoderParameters,
} from '../engine/engine.ts';
import { type HardwareAcceleration, isSupportedByEngine, openOnEngine } from '../engine/engines.ts';
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { Codec, type CodecState } from './codec-base.ts';
import { cloneConfiguration, isBlank, isSizePair, isSupported, openSession, withOutput } from './codec-support.ts';
import { type EncodedVideoChunk, encodedVideoChunkContent } from './encoded-video-chunk.ts';
import { defineEventHandler } from './event-handler.ts';
import { hardwareAcceleration } from './hardware-acceleration.ts';
import { videoColorSpaceInit } from './video-color-space.ts';
import { createVideoFrame, type VideoFrame } from './video-frame.ts';
import * as webidl from './webidl.ts';

/** https://w3c.github.io/webcodecs/#dictdef-videodecoderconfig */
export interface VideoDecoderConfig {
  codec: string;
  /** Codec-specific header; H.264: an AVCDecoderConfigurationRecord, absent for Annex B. */
  description?: ArrayBufferLike | ArrayBufferView | undefined;
  /** Pixels. */
  codedWidth?: number | undefined;
  codedHeight?: number | undefined;
  displayAspectWidth?: number | undefined;
  displayAspectHeight?: number | undefined;
  /** Overrides what the bitstream says. */
  colorSpace?: VideoColorSpaceInit | undefined;
  hardwareAcceleration?: HardwareAcceleration | undefined;
  optimizeForLatency?: boolean | undefined;
  /** Degrees clockwise, stamped on the frames. */
  rotation?: number | undefined;
  flip?: boolean | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-videodecoderinit */
export interface VideoDecoderInit {
  output: (frame: VideoFrame) => void;
  error: (error: DOMException) => void;
}

/** https://w3c.github.io/webcodecs/#dictdef-videodecodersupport */
export interface VideoDecoderSupport {
  supported: boolean;
  config: VideoDecoderConfig;
}

const videoDecoderInit = webidl.dictionary<VideoDecoderInit>('VideoDecoderInit', [
  { key: 'error', converter: webidl.callback, required: true },
  { key: 'output', converter: webidl.callback, required: true },
]);

const videoDecoderConfig = webidl.dictionary<VideoDecoderConfig>('VideoDecoderConfig', [
  { key: 'codec', converter: webidl.DOMString, required: true },
  { key: 'codedHeight', converter: webidl.enforceRangeUnsignedLong },
  { key: 'codedWidth', converter: webidl.enforceRangeUnsignedLong },
  { key: 'colorSpace', converter: videoColorSpaceInit },
  { key: 'description', converter: webidl.allowSharedBufferSource },
  { key: 'displayAspectHeight', converter: webidl.enforceRangeUnsignedLong },
  { key: 'displayAspectWidth', converter: webidl.enforceRangeUnsignedLong },
  { key: 'flip', converter: webidl.boolean, default: () => false },
  { key: 'hardwareAcceleration', converter: hardwareAcceleration, default: () => 'no-preference' },
  { key: 'optimizeForLatency', converter: webidl.boolean },
  { key: 'rotation', converter: webidl.double, default: () => 0 },
]);

/** https://w3c.github.io/webcodecs/#valid-videodecoderconfig */
function isValid(config: VideoDecoderConfig): boolean {
  return (
    !isBlank(config.codec) &&
    isSizePair(config.codedWidth, config.codedHeight) &&
    isSizePair(config.displayAspectWidth, config.displayAspectHeight) &&
    !(config.description && webidl.isDetached(config.description))
  );
}

/** What an engine needs to know; undefined for a codec that is not known. */
function parametersOf(config: VideoDecoderConfig): VideoDecoderParameters | undefined {
  const parsed = parseVideoCodec(config.codec);
  if (!parsed) return undefined;
  const description = config.description && webidl.bytesOf(config.description).slice();
  const lowLatency = config.optimizeForLatency ?? false;
  return {
    kind: 'video-decoder',
    codec: parsed.codec,
    description: description?.length ? description : undefined,
    reorderDepth: reorderDepthFor(parsed.codec, description, lowLatency),
    lowLatency,
    width: config.codedWidth ?? 0,
    height: config.codedHeight ?? 0,
  };
}

function reorderDepthFor(codec: string, description: Uint8Array | undefined, lowLatency: boolean): number | undefined {
  // Under low latency only what the stream itself declares is waited for, which the decoder finds by itself.
  if (codec !== 'avc' || lowLatency) return 0;
  return description?.length ? reorderDepthOfStream({ description }) : undefined;
}

/** "displayAspect…": one dimension grows until the ratio is met (§3.4 of the algorithm Create a VideoFrame). */
function displaySize(width: number, height: number, config: VideoDecoderConfig): { width: number; height: number } {
  const { displayAspectWidth, displayAspectHeight } = config;
  if (!displayAspectWidth || !displayAspectHeight) return { width, height };
  const ratio = displayAspectWidth / displayAspectHeight;
  return width / height < ratio
    ? { width: Math.round(height * ratio), height }
    : { width, height: Math.round(width / ratio) };
}

const normalizedRotation = (rotation: number): number => (((Math.round(rotation / 90) * 90) % 360) + 360) % 360;

/** "If config.colorSpace exists": what it says overrides the bitstream; what it leaves open does not. */
const saidBy = (colorSpace: VideoColorSpaceInit = {}): VideoColorSpaceInit =>
  Object.fromEntries(Object.entries(colorSpace).filter(([, value]) => value !== null));

function makeFrame(decoded: DecodedPicture, config: VideoDecoderConfig, codec: VideoCodecName): VideoFrame {
  const { picture, visibleRect, timestamp, duration } = decoded;
  const rotation = normalizedRotation(config.rotation ?? 0);
  const streamColorSpace = codec === 'vp9' ? completeVp9ColorSpace(decoded.colorSpace) : decoded.colorSpace;
  const size = displaySize(visibleRect.width, visibleRect.height, config);
  const isSideways = rotation % 180 !== 0;
  return createVideoFrame({
    picture,
    visibleRect,
    displayWidth: isSideways ? size.height : size.width,
    displayHeight: isSideways ? size.width : size.height,
    timestamp,
    duration,
    colorSpace: { ...streamColorSpace, ...config.colorSpace },
    rotation,
    flip: config.flip ?? false,
  });
}

const openDecoder = (config: VideoDecoderConfig, events: SessionEvents<VideoFrame>) =>
  openSession('VideoDecoder', config, events, async (events, native): Promise<Session<Packet> | undefined> => {
    const parameters = parametersOf(config);
    const described = { ...config, colorSpace: saidBy(config.colorSpace) };
    if (!parameters) return undefined;
    const give = (decoded: DecodedPicture) => {
      const frame = makeFrame(decoded, described, parameters.codec);
      return native?.giveVideoFrame(frame) ?? frame;
    };
    const open = (engine: Engine) => engine.openVideoDecoder(parameters, withOutput(events, give));
    return openOnEngine(config.hardwareAcceleration!, parameters, open);
  });

/** Decodes EncodedVideoChunks to VideoFrames: https://w3c.github.io/webcodecs/#videodecoder-interface */
export class VideoDecoder extends EventTarget {
  readonly #codec: Codec<Packet, VideoFrame>;
  /** [[key chunk required]] */
  #keyChunkRequired = true;
  /** Of the configuration that incoming chunks belong to. */
  #incomingCodec: VideoCodecName | undefined;
  #incomingDescription: Uint8Array | undefined;

  declare ondequeue: ((this: VideoDecoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: VideoDecoderInit) {
    webidl.requireArguments(arguments.length, 1, 'VideoDecoder constructor');
    super();
    const { output, error } = videoDecoderInit(init, 'VideoDecoderInit');
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
   * https://w3c.github.io/webcodecs/#dom-videodecoder-configure
   *
   * @throws {TypeError} if the configuration is invalid.
   * @throws {DOMException} InvalidStateError if closed. A configuration that is not supported reaches
   *   the error callback as NotSupportedError.
   */
  configure(config: VideoDecoderConfig): undefined {
    webidl.requireArguments(arguments.length, 1, 'VideoDecoder.configure');
    const codec = this.#codec;
    const converted = videoDecoderConfig(config, 'VideoDecoderConfig');
    // "If config is not a valid VideoDecoderConfig, throw a TypeError."
    if (!isValid(converted)) throw new TypeError('VideoDecoder.configure: the configuration is invalid.');
    const active = cloneConfiguration(converted);
    // "Let supported be the result of running the Check Configuration Support algorithm with config."
    codec.configure((events) => openDecoder(active, events));
    // "Set [[key chunk required]] to true."
    this.#keyChunkRequired = true;
    this.#incomingCodec = parseVideoCodec(active.codec)?.codec;
    this.#incomingDescription = active.description && webidl.bytesOf(active.description);
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-videodecoder-decode
   *
   * @throws {DOMException} InvalidStateError if not configured; DataError if a key chunk is required
   *   (first, and after configure() and flush()) and `chunk` is none.
   */
  decode(chunk: EncodedVideoChunk): undefined {
    webidl.requireArguments(arguments.length, 1, 'VideoDecoder.decode');
    const codec = this.#codec;
    const { type, timestamp, duration, data } = encodedVideoChunkContent(chunk, 'VideoDecoder.decode: chunk');
    codec.throwUnlessConfigured();
    // "If [[key chunk required]] is true:"
    if (this.#keyChunkRequired) {
      // "If chunk.[[type]] is not key, throw a DataError."
      if (type !== 'key') throw new DOMException('A key chunk is required.', 'DataError');
      // "Implementers SHOULD inspect the chunk's [[internal data]] to verify that it is truly a key chunk."
      if (this.#incomingCodec && videoPacketIsKey(this.#incomingCodec, data, this.#incomingDescription) === false) {
        throw new DOMException('The chunk is marked as a key chunk but is none.', 'DataError');
      }
      // "Otherwise, assign false to [[key chunk required]]."
      this.#keyChunkRequired = false;
    }
    codec.code({ type, timestamp, duration, data });
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-videodecoder-flush: resolves when every frame has been output.
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

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-reset @throws {DOMException} InvalidStateError if closed. */
  reset(): undefined {
    this.#codec.reset();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-close @throws {DOMException} InvalidStateError if closed. */
  close(): undefined {
    this.#codec.close();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-videodecoder-isconfigsupported; rejects with TypeError if invalid. */
  static isConfigSupported(config: VideoDecoderConfig): Promise<VideoDecoderSupport> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'VideoDecoder.isConfigSupported');
      const converted = videoDecoderConfig(config, 'VideoDecoderConfig');
      if (!isValid(converted)) throw new TypeError('VideoDecoder.isConfigSupported: the configuration is invalid.');
      const clone = cloneConfiguration(converted);
      const supported = await isSupported('VideoDecoder', clone, async () => {
        const parameters = parametersOf(clone);
        return parameters !== undefined && isSupportedByEngine(clone.hardwareAcceleration!, parameters);
      });
      return { supported, config: clone };
    });
  }
}

defineEventHandler(VideoDecoder, 'dequeue');
webidl.defineInterface(VideoDecoder, 'VideoDecoder');
