import { annexBToAvc, isAvcLevelSufficient, makeAvcDecoderConfigurationRecord } from '../codecs/avc.ts';
import { isHevcLevelSufficient } from '../codecs/hevc.ts';
import { type ParsedVideoCodec, parseVideoCodec } from '../codecs/registry.ts';
import { vp9QuantizerFromIndex } from '../codecs/vp9.ts';
import type {
  EncodedVideoPacket,
  Engine,
  PictureToEncode,
  Session,
  SessionEvents,
  VideoCodecName,
  VideoEncoderParameters,
} from '../engine/engine.ts';
import { type HardwareAcceleration, isSupportedByEngine, openOnEngine, openVideoEncoder } from '../engine/engines.ts';
import type { NativePart } from '../native/native.ts';
import { isNativeVideoFrame, type NativeVideoFrame } from '../native/native-classes.ts';
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { isRgb, type PixelFormat } from '../pixels/pixel-format.ts';
import { loadPart } from '../platform/load-part.ts';
import { Codec, type CodecState } from './codec-base.ts';
import {
  cloneConfiguration,
  encodedColorSpace,
  isBlank,
  isSupported,
  openSession,
  withOutput,
} from './codec-support.ts';
import { createEncodedVideoChunk, type EncodedVideoChunk } from './encoded-video-chunk.ts';
import { defineEventHandler } from './event-handler.ts';
import { hardwareAcceleration } from './hardware-acceleration.ts';
import type { VideoDecoderConfig } from './video-decoder.ts';
import { isVideoFrame, pictureOf, type VideoFrame } from './video-frame.ts';
import * as webidl from './webidl.ts';

export type AlphaOption = 'keep' | 'discard';
export type LatencyMode = 'quality' | 'realtime';
export type VideoEncoderBitrateMode = 'constant' | 'variable' | 'quantizer';
export type AvcBitstreamFormat = 'annexb' | 'avc';
export type HevcBitstreamFormat = 'annexb' | 'hevc';

/** https://w3c.github.io/webcodecs/#dictdef-videoencoderconfig */
export interface VideoEncoderConfig {
  codec: string;
  /** Pixels of the encoded picture; frames of another size are scaled. */
  width: number;
  height: number;
  displayWidth?: number | undefined;
  displayHeight?: number | undefined;
  /** Bits per second. */
  bitrate?: number | undefined;
  /** Frames per second, a hint for the rate control. */
  framerate?: number | undefined;
  hardwareAcceleration?: HardwareAcceleration | undefined;
  /** "keep" (VP8, VP9): the alpha channel comes out beside each chunk, as `alphaSideData` of its metadata. */
  alpha?: AlphaOption | undefined;
  /** L1T1, L1T2 or L1T3. */
  scalabilityMode?: string | undefined;
  bitrateMode?: VideoEncoderBitrateMode | undefined;
  latencyMode?: LatencyMode | undefined;
  /** "text" and "detail" tune for screen content; everything else is taken for camera pictures. */
  contentHint?: string | undefined;
  /** `avc`: length-prefixed, parameter sets in the description; `annexb`: start codes, parameter sets in band. */
  avc?: { format?: AvcBitstreamFormat | undefined } | undefined;
  /** As for `avc`. */
  hevc?: { format?: HevcBitstreamFormat | undefined } | undefined;
}

export interface QuantizerOption {
  quantizer?: number | null | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-videoencoderencodeoptions */
export interface VideoEncoderEncodeOptions {
  keyFrame?: boolean | undefined;
  /** With bitrateMode "quantizer": 0 to 51. */
  avc?: QuantizerOption | undefined;
  /** With bitrateMode "quantizer": 0 to 51. */
  hevc?: QuantizerOption | undefined;
  /** With bitrateMode "quantizer": 0 to 255. */
  vp9?: QuantizerOption | undefined;
  /** With bitrateMode "quantizer": 0 to 255. */
  av1?: QuantizerOption | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-encodedvideochunkmetadata */
export interface EncodedVideoChunkMetadata {
  decoderConfig?: VideoDecoderConfig;
  svc?: { temporalLayerId: number };
  /** The alpha channel's chunk of the same codec, its luma being alpha. */
  alphaSideData?: ArrayBuffer;
}

export interface VideoEncoderInit {
  output: (chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata) => void;
  error: (error: DOMException) => void;
}

export interface VideoEncoderSupport {
  supported: boolean;
  config: VideoEncoderConfig;
}

const videoEncoderInit = webidl.dictionary<VideoEncoderInit>('VideoEncoderInit', [
  { key: 'error', converter: webidl.callback, required: true },
  { key: 'output', converter: webidl.callback, required: true },
]);

const avcEncoderConfig = webidl.dictionary<{ format: AvcBitstreamFormat }>('AvcEncoderConfig', [
  {
    key: 'format',
    converter: webidl.enumeration<AvcBitstreamFormat>('AvcBitstreamFormat', ['annexb', 'avc']),
    default: () => 'avc',
  },
]);

const hevcEncoderConfig = webidl.dictionary<{ format: HevcBitstreamFormat }>('HevcEncoderConfig', [
  {
    key: 'format',
    converter: webidl.enumeration<HevcBitstreamFormat>('HevcBitstreamFormat', ['annexb', 'hevc']),
    default: () => 'hevc',
  },
]);

const videoEncoderConfig = webidl.dictionary<VideoEncoderConfig>('VideoEncoderConfig', [
  {
    key: 'alpha',
    converter: webidl.enumeration<AlphaOption>('AlphaOption', ['keep', 'discard']),
    default: () => 'discard',
  },
  { key: 'avc', converter: avcEncoderConfig },
  { key: 'bitrate', converter: webidl.enforceRangeUnsignedLongLong },
  {
    key: 'bitrateMode',
    converter: webidl.enumeration<VideoEncoderBitrateMode>('VideoEncoderBitrateMode', [
      'constant',
      'variable',
      'quantizer',
    ]),
    default: () => 'variable',
  },
  { key: 'codec', converter: webidl.DOMString, required: true },
  { key: 'contentHint', converter: webidl.DOMString },
  { key: 'displayHeight', converter: webidl.enforceRangeUnsignedLong },
  { key: 'displayWidth', converter: webidl.enforceRangeUnsignedLong },
  { key: 'framerate', converter: webidl.double },
  { key: 'hardwareAcceleration', converter: hardwareAcceleration, default: () => 'no-preference' },
  { key: 'height', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'hevc', converter: hevcEncoderConfig },
  {
    key: 'latencyMode',
    converter: webidl.enumeration<LatencyMode>('LatencyMode', ['quality', 'realtime']),
    default: () => 'quality',
  },
  { key: 'scalabilityMode', converter: webidl.DOMString },
  { key: 'width', converter: webidl.enforceRangeUnsignedLong, required: true },
]);

const quantizerOption = webidl.dictionary<QuantizerOption>('VideoEncoderEncodeOptionsForCodec', [
  { key: 'quantizer', converter: webidl.nullable(webidl.enforceRangeUnsignedShort) },
]);

const encodeOptions = webidl.dictionary<VideoEncoderEncodeOptions>('VideoEncoderEncodeOptions', [
  { key: 'av1', converter: quantizerOption },
  { key: 'avc', converter: quantizerOption },
  { key: 'hevc', converter: quantizerOption },
  { key: 'keyFrame', converter: webidl.boolean, default: () => false },
  { key: 'vp9', converter: quantizerOption },
]);

/** https://w3c.github.io/webcodecs/#valid-videoencoderconfig */
function isValid(config: VideoEncoderConfig): boolean {
  return (
    !isBlank(config.codec) &&
    config.width > 0 &&
    config.height > 0 &&
    config.displayWidth !== 0 &&
    config.displayHeight !== 0 &&
    (config.framerate === undefined || config.framerate > 0) &&
    // Chromium, Firefox and web-platform-tests refuse what no unsigned long can hold.
    (config.bitrate === undefined || (config.bitrate > 0 && config.bitrate <= 0xffffffff))
  );
}

const temporalLayers: Readonly<Record<string, number>> = { L1T1: 1, L1T2: 2, L1T3: 3 };
const largestDimension = 16384;
/** Of a picture, as for decoders: an encoder of more outgrows its module's memory. */
const mostPixels = 37_748_736;
/** Of libvpx, and of libaom beyond 4:2:0, a picture of more bytes does. */
const mostBytes = 1.5 * mostPixels;
const samplesPerPixel = { '400': 1, '420': 1.5, '422': 2, '440': 2, '444': 3 } as const;
/** Bits per second that the encoders can be told. */
const mostBitrate: Readonly<Record<VideoCodecName, number>> = { avc: 4e9, hevc: 1e9, vp8: 4e9, vp9: 4e9, av1: 4e9 };
/** libvpx wants whole kilobits, more of them for each further layer of VP8. */
const leastLayeredVp8Bitrate = 5000;
/** "contentHint: … detail, text": what MediaStreamTrack Content Hints says of text and diagrams. */
const screenHints: ReadonlySet<string | undefined> = new Set(['detail', 'text']);

/** What an engine needs to know; undefined where a configuration cannot be served. */
function parametersOf(config: VideoEncoderConfig): VideoEncoderParameters | undefined {
  const parsed = parseVideoCodec(config.codec);
  const layers = temporalLayers[config.scalabilityMode ?? 'L1T1'];
  // No encoder here makes pictures without colour.
  if (!parsed || !layers || parsed.chroma === '400' || !isEncodable(parsed, config)) return undefined;
  const { codec, profile, constraints, level, bitDepth, tier } = parsed;
  const { width, height, bitrate, framerate, bitrateMode = 'variable', latencyMode = 'quality' } = config;
  return {
    kind: 'video-encoder',
    codec,
    profile,
    constraints: codec === 'hevc' ? Number(tier === 'high') : constraints,
    level,
    bitDepth,
    chroma: parsed.chroma,
    width,
    height,
    bitrate,
    framerate,
    bitrateMode,
    latencyMode,
    temporalLayers: layers,
    screenContent: screenHints.has(config.contentHint),
    alpha: config.alpha === 'keep',
  };
}

/** Whether there is an encoder for this. */
function isEncodable(parsed: ParsedVideoCodec, config: VideoEncoderConfig): boolean {
  const { codec, chroma, colorSpace } = parsed;
  const { width, height, bitrate, bitrateMode, alpha } = config;
  if (width > largestDimension || height > largestDimension) return false;
  if (width * height > mostPixels || (bitrate !== undefined && bitrate > mostBitrate[codec])) return false;
  if ((codec === 'vp9' || chroma !== '420') && pictureBytes(parsed, config) > mostBytes) return false;
  // RGB frames become YUV.
  if (colorSpace?.matrix === 'rgb') return false;
  if (alpha === 'keep' && codec !== 'vp8' && codec !== 'vp9') return false;
  switch (codec) {
    case 'avc':
      return isEncodableAvc(parsed, config);
    case 'hevc':
      return isEncodableHevc(parsed, config);
    case 'vp8':
      // The registration of VP8 has no quantizer to give; its headers have 14 bits for a size.
      return (
        bitrateMode !== 'quantizer' &&
        width < largestDimension &&
        height < largestDimension &&
        ((temporalLayers[config.scalabilityMode ?? 'L1T1'] ?? 1) === 1 ||
          (bitrate ?? leastLayeredVp8Bitrate) >= leastLayeredVp8Bitrate)
      );
    default:
      return true;
  }
}

const pictureBytes = ({ chroma, bitDepth }: ParsedVideoCodec, { width, height }: VideoEncoderConfig): number =>
  width * height * samplesPerPixel[chroma] * (bitDepth > 8 ? 2 : 1);

/** OpenH264 writes Baseline, Main and High streams of even sizes, of one macroblock at least. */
function isEncodableAvc(parsed: ParsedVideoCodec, { width, height }: VideoEncoderConfig): boolean {
  const { profile, level, constraints } = parsed;
  if (![66, 77, 100].includes(profile) || width % 2 !== 0 || height % 2 !== 0) return false;
  if (width < 16 || height < 16) return false;
  // OpenH264 ends with level 5.2, and with pictures of 4096 × 2304 or upright.
  if (Math.max(width, height) > 4096 || Math.min(width, height) > 2304) return false;
  return isAvcLevelSufficient({ profile, level, constraints, width, height });
}

const largestHevcDimension = 8192;

/** Kvazaar writes Main streams of even sizes. */
function isEncodableHevc({ profile, level, tier }: ParsedVideoCodec, { width, height }: VideoEncoderConfig): boolean {
  if (profile !== 1 || width % 2 !== 0 || height % 2 !== 0 || width < 16 || height < 16) return false;
  if (width > largestHevcDimension || height > largestHevcDimension) return false;
  // The high tier begins with level 4.
  if (tier === 'high' && level < 40) return false;
  // Kvazaar knows the levels up to 6.2.
  if (level > 62) return false;
  return isHevcLevelSufficient({ levelIdc: level * 3, width, height });
}

const largestQuantizers: Readonly<Record<VideoCodecName, number>> = { avc: 51, hevc: 51, vp8: 0, vp9: 255, av1: 255 };

/** The quantizer that was asked for, on the codec's own scale. */
function quantizerOf(codec: VideoCodecName, options: VideoEncoderEncodeOptions): number | undefined {
  const quantizer = codec === 'vp8' ? undefined : options[codec]?.quantizer;
  if (quantizer === undefined || quantizer === null) return undefined;
  const largest = largestQuantizers[codec];
  if (quantizer > largest) throw new TypeError(`VideoEncoder.encode: quantizer ${quantizer} exceeds ${largest}.`);
  // libvpx and libaom have the same 64 quantizers for 256 indices.
  return largest === 255 ? vp9QuantizerFromIndex(quantizer) : quantizer;
}

/** A frame on its way to an encoder: its picture, or a clone of one of the runtime's frames, which is to be read. */
export type FrameToEncode = Omit<PictureToEncode, 'picture' | 'visibleRect'> &
  FrameContent & { options: VideoEncoderEncodeOptions };

/** Gives up what a frame holds that is not encoded any more. */
export function releaseFrame(input: FrameToEncode): void {
  if ('frame' in input) input.frame.close();
  else input.picture.release();
}

/** What belongs to one configuration. */
interface ActiveConfig {
  config: VideoEncoderConfig;
  /** undefined where the string names none: then the configuration is refused. */
  codec: VideoCodecName | undefined;
  colorSpace: VideoColorSpaceInit | undefined;
  /** [[active orientation]] */
  orientation: { rotation: number; flip: boolean } | undefined;
  /** What the last decoderConfig in the metadata had; a new one goes out when it changes. */
  description: Uint8Array | undefined;
  described: boolean;
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]));

/** Loaded by the first HEVC encoder: few programs have one. */
let hevcRecord: typeof import('../codecs/hevc-record.ts') | undefined;

/** Brings a packet into the format that was configured; `description` is undefined where there is none. */
function packetize(data: Uint8Array, { codec, config }: ActiveConfig): { data: Uint8Array; description?: Uint8Array } {
  if (codec === 'avc' && config.avc?.format !== 'annexb') {
    const { data: prefixed, sps, pps } = annexBToAvc(data);
    const described = sps.length > 0 && { description: makeAvcDecoderConfigurationRecord(sps, pps) };
    return { data: prefixed, ...described };
  }
  if (codec === 'hevc' && config.hevc?.format !== 'annexb') {
    const { data: prefixed, ...sets } = hevcRecord!.annexBToHevc(data);
    const described = sets.sps.length > 0 && { description: hevcRecord!.makeHevcDecoderConfigurationRecord(sets) };
    return { data: prefixed, ...described };
  }
  return { data };
}

function decoderConfigOf(active: ActiveConfig): VideoDecoderConfig {
  const { config, colorSpace, orientation, description } = active;
  return {
    codec: config.codec,
    ...(description && { description }),
    codedWidth: config.width,
    codedHeight: config.height,
    ...(config.displayWidth !== undefined &&
      config.displayHeight !== undefined && {
        displayAspectWidth: config.displayWidth,
        displayAspectHeight: config.displayHeight,
      }),
    ...(colorSpace && { colorSpace: { ...colorSpace } }),
    // "Assign encoderConfig's [[active orientation]]'s rotation … and flip to outputConfig."
    ...orientation,
  };
}

/** The arguments of the output callback. */
type EncodedVideo = [chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata];

/** https://w3c.github.io/webcodecs/#output-encodedvideochunks: the arguments of [[output callback]]. */
function chunkOf(packet: EncodedVideoPacket, active: ActiveConfig, native: NativePart | undefined): EncodedVideo {
  const { data, description } = packetize(packet.data, active);
  const metadata: EncodedVideoChunkMetadata = {};
  // "If outputConfig and [[active output config]] are not equal: assign outputConfig to chunkMetadata.decoderConfig."
  if (!active.described || (description && !sameBytes(description, active.description))) {
    active.described = true;
    active.description = description ?? active.description;
    metadata.decoderConfig = decoderConfigOf(active);
  }
  if (active.config.scalabilityMode !== undefined) metadata.svc = { temporalLayerId: packet.temporalLayerId };
  // "If alpha side data exists": with alpha "keep".
  if (packet.alpha) metadata.alphaSideData = packet.alpha.slice().buffer;
  const { type, timestamp, duration } = packet;
  const chunk = createEncodedVideoChunk({ type, timestamp, duration, data });
  return [native?.giveVideoChunk(chunk) ?? chunk, metadata];
}

const openEncoder = (active: ActiveConfig, events: SessionEvents<EncodedVideo>) =>
  openSession(
    'VideoEncoder',
    active.config,
    events,
    async (events, native): Promise<Session<FrameToEncode> | undefined> => {
      const parameters = parametersOf(active.config);
      if (!parameters) return undefined;
      if (active.codec === 'hevc') hevcRecord ??= await loadPart('hevc-record', import('../codecs/hevc-record.ts'));
      const give = (packet: EncodedVideoPacket) => chunkOf(packet, active, native);
      const open = (engine: Engine) => openVideoEncoder(engine, parameters, withOutput(events, give));
      const session = await openOnEngine(active.config.hardwareAcceleration!, parameters, open);
      // Without classes of the runtime's there are no frames of these.
      return native ? native.withFramesRead(session, events) : (session as Session<FrameToEncode>);
    },
  );

/** What an encoder is told of a frame. */
type FrameContent = Pick<PictureToEncode, 'picture' | 'visibleRect'> | { frame: NativeVideoFrame };

interface FrameDescription {
  rotation: number;
  flip: boolean;
  colorSpace: VideoColorSpaceInit;
  isRgb: boolean;
  /** "Let frameClone hold the result of running the Clone VideoFrame algorithm with frame." */
  clone(): FrameContent;
}

/** Describes a frame, ours or the runtime's; null if it is closed. */
function describeFrame(frame: unknown): FrameDescription | null {
  if (isVideoFrame(frame)) {
    const content = pictureOf(frame);
    if (!content) return null;
    const { picture, visibleRect } = content;
    return { ...content, isRgb: isRgb(picture.format), clone: () => ({ picture: picture.retain(), visibleRect }) };
  }
  if (!isNativeVideoFrame(frame)) throw new TypeError('VideoEncoder.encode: frame is not of type VideoFrame');
  if (frame.codedWidth === 0) return null;
  // Some browsers have frames without orientation.
  const { format, rotation = 0, flip = false } = frame as NativeVideoFrame & { rotation?: number; flip?: boolean };
  return {
    rotation,
    flip,
    colorSpace: frame.colorSpace.toJSON() as VideoColorSpaceInit,
    // One of an opaque format is read as RGB.
    isRgb: format === null || isRgb(format as PixelFormat),
    clone: () => ({ frame: frame.clone() }),
  };
}

/** Encodes VideoFrames to EncodedVideoChunks: https://w3c.github.io/webcodecs/#videoencoder-interface */
export class VideoEncoder extends EventTarget {
  readonly #codec: Codec<FrameToEncode, EncodedVideo>;
  /** [[active encoder config]] of the frames that are being handed in. */
  #incoming: ActiveConfig | undefined;

  declare ondequeue: ((this: VideoEncoder, event: Event) => unknown) | null;

  /** @throws {TypeError} if `output` or `error` is missing or not a function. */
  constructor(init: VideoEncoderInit) {
    webidl.requireArguments(arguments.length, 1, 'VideoEncoder constructor');
    super();
    const { output, error } = videoEncoderInit(init, 'VideoEncoderInit');
    this.#codec = new Codec({ target: this, emit: (encoded) => output(...encoded), error, discard: releaseFrame });
  }

  get state(): CodecState {
    return this.#codec.state;
  }

  /** Frames that wait to be taken by the encoder. */
  get encodeQueueSize(): number {
    return this.#codec.queueSize;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-videoencoder-configure
   *
   * @throws {TypeError} if the configuration is invalid.
   * @throws {DOMException} InvalidStateError if closed. A configuration that is not supported reaches
   *   the error callback as NotSupportedError.
   */
  configure(config: VideoEncoderConfig): undefined {
    webidl.requireArguments(arguments.length, 1, 'VideoEncoder.configure');
    const codec = this.#codec;
    const converted = cloneConfiguration(videoEncoderConfig(config, 'VideoEncoderConfig'));
    // "If config is not a valid VideoEncoderConfig, throw a TypeError."
    if (!isValid(converted)) throw new TypeError('VideoEncoder.configure: the configuration is invalid.');
    const active: ActiveConfig = {
      config: converted,
      codec: parseVideoCodec(converted.codec)?.codec,
      colorSpace: undefined,
      // "Set [[active orientation]] to null."
      orientation: undefined,
      description: undefined,
      described: false,
    };
    // "Let supported be the result of running the Check Configuration Support algorithm with config."
    codec.configure((events) => openEncoder(active, events));
    this.#incoming = active;
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-videoencoder-encode: the frame may be closed at once.
   *
   * @throws {TypeError} if the frame is closed.
   * @throws {DOMException} InvalidStateError if not configured; DataError if the frame's orientation is
   *   another than that of the frames before.
   */
  encode(frame: VideoFrame, options: VideoEncoderEncodeOptions = {}): undefined {
    webidl.requireArguments(arguments.length, 1, 'VideoEncoder.encode');
    const codec = this.#codec;
    const description = describeFrame(frame);
    const converted = encodeOptions(options, 'VideoEncoderEncodeOptions');
    // "If the value of frame's [[Detached]] internal slot is true, throw a TypeError."
    if (!description) throw new TypeError('VideoEncoder.encode: the frame is closed.');
    codec.throwUnlessConfigured();
    const active = this.#incoming!;
    const { rotation, flip, colorSpace } = description;
    // "If [[active orientation]] is not null and is another than frame's, throw a DataError."
    active.orientation ??= { rotation, flip };
    if (active.orientation.rotation !== rotation || active.orientation.flip !== flip) {
      throw new DOMException("The frame's orientation is another than that of the frames before.", 'DataError');
    }
    const quantizer = active.codec && quantizerOf(active.codec, converted);
    active.colorSpace ??= encodedColorSpace(description.isRgb, colorSpace);
    const { timestamp, duration } = frame;
    const { keyFrame = false } = converted;
    codec.code({ ...description.clone(), colorSpace, timestamp, duration, keyFrame, quantizer, options: converted });
    return undefined;
  }

  /**
   * https://w3c.github.io/webcodecs/#dom-videoencoder-flush: resolves when every chunk has been output.
   * Rejects with InvalidStateError, AbortError (reset or close), or the error that closed the encoder.
   */
  flush(): Promise<undefined> {
    return webidl.promise(() => this.#codec.flush());
  }

  /** https://w3c.github.io/webcodecs/#dom-videoencoder-reset @throws {DOMException} InvalidStateError if closed. */
  reset(): undefined {
    this.#codec.reset();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-videoencoder-close @throws {DOMException} InvalidStateError if closed. */
  close(): undefined {
    this.#codec.close();
    return undefined;
  }

  /** https://w3c.github.io/webcodecs/#dom-videoencoder-isconfigsupported; rejects with TypeError if invalid. */
  static isConfigSupported(config: VideoEncoderConfig): Promise<VideoEncoderSupport> {
    return webidl.promise(async () => {
      webidl.requireArguments(arguments.length, 1, 'VideoEncoder.isConfigSupported');
      const converted = cloneConfiguration(videoEncoderConfig(config, 'VideoEncoderConfig'));
      if (!isValid(converted)) throw new TypeError('VideoEncoder.isConfigSupported: the configuration is invalid.');
      const supported = await isSupported('VideoEncoder', converted, async () => {
        const parameters = parametersOf(converted);
        return parameters !== undefined && isSupportedByEngine(converted.hardwareAcceleration!, parameters);
      });
      return { supported, config: converted };
    });
  }
}

defineEventHandler(VideoEncoder, 'dequeue');
webidl.defineInterface(VideoEncoder, 'VideoEncoder');
