/**
 * The one interface between the WebCodecs classes and whatever does the work.
 *
 * Plain data goes in and comes out. Timestamps and durations are microseconds; a packet's timestamp
 * travels through the codec with the packet. An engine knows nothing of DOMExceptions or events,
 * the classes know nothing of workers.
 */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import type { Picture } from '../pixels/picture.ts';
import type { SampleFormat } from '../samples/sample-format.ts';

export type VideoCodecName = 'avc' | 'hevc' | 'vp8' | 'vp9' | 'av1';
/** AVIF is not among them: its pictures are AV1. */
export type ImageCodecName = 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp';
export type PcmCodecName = 'pcm-u8' | 'pcm-s16' | 'pcm-s24' | 'pcm-s32' | 'pcm-f32';
export type AudioCodecName = 'aac' | 'opus' | 'mp3' | 'flac' | 'vorbis' | 'alaw' | 'ulaw' | PcmCodecName;

/** One encoded picture or run of samples. */
export interface Packet {
  type: 'key' | 'delta';
  /** Presentation time, µs. */
  timestamp: number;
  /** µs, or null where unknown. */
  duration: number | null;
  data: Uint8Array;
}

export interface VideoDecoderParameters {
  kind: 'video-decoder';
  codec: VideoCodecName;
  /** The decoder's out-of-band header as the codec's registration defines it (avcC …). */
  description: Uint8Array | undefined;
  /** Pictures the decoder may have to hold back for presentation order; undefined: as the first packet says. */
  reorderDepth: number | undefined;
  /** Give out every picture as soon as it can be: no frame threads. */
  lowLatency: boolean;
  /** Expected size in pixels, 0 where unknown; decides how many threads pay. */
  width: number;
  height: number;
}

export interface VideoEncoderParameters {
  kind: 'video-encoder';
  codec: VideoCodecName;
  /** Codec-specific numbers out of the codec string: profile_idc of H.264 and H.265, profile of VP9 and AV1; level × 10. */
  profile: number;
  level: number;
  /** H.264: the byte of constraint flags; H.265: 1 for the high tier; else 0. */
  constraints: number;
  bitDepth: 8 | 10 | 12;
  /** Of the stream; pictures of another subsampling are converted. */
  chroma: '420' | '422' | '440' | '444';
  width: number;
  height: number;
  /** bits per second; undefined: the engine chooses by size and rate. */
  bitrate: number | undefined;
  /** frames per second; undefined: 30. */
  framerate: number | undefined;
  bitrateMode: 'constant' | 'variable' | 'quantizer';
  latencyMode: 'quality' | 'realtime';
  /** 1 to 3. */
  temporalLayers: number;
  /** Text and diagrams: contentHint "text" or "detail". */
  screenContent: boolean;
  /** The alpha channel is encoded too, as a stream of its own (VP8, VP9). */
  alpha: boolean;
}

export interface AudioDecoderParameters {
  kind: 'audio-decoder';
  codec: AudioCodecName;
  sampleRate: number;
  numberOfChannels: number;
  description: Uint8Array | undefined;
}

export interface AudioEncoderParameters {
  kind: 'audio-encoder';
  codec: AudioCodecName;
  sampleRate: number;
  numberOfChannels: number;
  bitrate: number | undefined;
  bitrateMode: 'constant' | 'variable';
  opus?: OpusEncoderParameters;
  flac?: { blockSize: number; compressLevel: number };
}

export interface OpusEncoderParameters {
  signal: 'auto' | 'music' | 'voice';
  application: 'voip' | 'audio' | 'lowdelay';
  /** µs. */
  frameDuration: number;
  /** 0 to 10. */
  complexity: number;
  /** 0 to 100. */
  packetlossperc: number;
  useinbandfec: boolean;
  usedtx: boolean;
}

export interface ImageDecoderParameters {
  kind: 'image-decoder';
  codec: ImageCodecName;
  /** Of the canvas on which frames are put together, pixels; 0 for images of one frame, which bring their own size. */
  canvasWidth: number;
  canvasHeight: number;
}

/** One frame of an image file, and where it goes on the canvas. */
export interface ImageFrameToDecode {
  data: Uint8Array;
  x: number;
  y: number;
  blend: 'source' | 'over';
  dispose: 'none' | 'background' | 'previous';
  /** The canvas is cleared first: the animation begins anew. */
  first: boolean;
  timestamp: number;
  duration: number | null;
}

/** A decoded picture. The receiver owns one reference of `picture`. */
export interface DecodedPicture {
  picture: Picture;
  /** The part of the picture meant to be seen, in pixels of `picture`. */
  visibleRect: { x: number; y: number; width: number; height: number };
  timestamp: number;
  duration: number | null;
  colorSpace: VideoColorSpaceInit;
}

/** A picture to encode. The engine keeps a reference of `picture` until it has read the pixels. */
export interface PictureToEncode {
  picture: Picture;
  visibleRect: { x: number; y: number; width: number; height: number };
  colorSpace: VideoColorSpaceInit;
  timestamp: number;
  duration: number | null;
  keyFrame: boolean;
  /** On the codec's own scale (H.264 and H.265 0–51, VP9 and AV1 0–63), or undefined: by rate control. */
  quantizer: number | undefined;
}

/** Raw samples: `data` holds the planes one after the other, or the interleaved frames. */
export interface Samples {
  format: SampleFormat;
  /** Hz. */
  sampleRate: number;
  numberOfFrames: number;
  numberOfChannels: number;
  timestamp: number;
  data: Uint8Array;
}

export interface EncodedVideoPacket extends Packet {
  /** 0 is the base layer. */
  temporalLayerId: number;
  /** The alpha channel's packet, where it is encoded. */
  alpha?: Uint8Array;
}

export interface EncodedAudioPacket extends Packet {
  /** The codec's global header (AudioSpecificConfig, OpusHead, STREAMINFO …) on the first packet. */
  description?: Uint8Array;
}

/** Why a session died. */
export class EngineError extends Error {
  constructor(
    /** unsupported: it cannot be opened; coding: this input cannot be decoded or encoded. */
    readonly reason: 'unsupported' | 'coding',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EngineError';
  }
}

/** Called on the thread that opened the session, never from within a call of the session. */
export interface SessionEvents<Output> {
  output(item: Output): void;
  /** The session can take more input than before. */
  credit(): void;
  /** The session is dead; nothing follows. */
  error(error: EngineError): void;
}

/** One codec at work. Inputs are processed, and outputs given, in order. */
export interface Session<Input> {
  /** Resolves when the codec is open; rejects with EngineError. */
  readonly ready: Promise<void>;
  /** What does the work, for people: 'native', 'wasm (SIMD, 2 threads)'. */
  readonly engine: string;
  /** How many more inputs the session takes at this moment. */
  readonly credits: number;
  /** Hands over one input; only while credits > 0. */
  submit(input: Input): void;
  /** Completes all submitted inputs; resolves after their last output. The session goes on. */
  flush(): Promise<void>;
  /** Ends the session at once: no event follows, queued work is dropped, promises stay pending. */
  close(): void;
}

export type SessionParameters =
  | VideoDecoderParameters
  | VideoEncoderParameters
  | AudioDecoderParameters
  | AudioEncoderParameters
  | ImageDecoderParameters;

export interface Engine {
  /** For people: what a session gets at most, e.g. 'wasm (SIMD, 2 threads)'. */
  readonly description: string;
  supports(parameters: SessionParameters): Promise<boolean>;
  openVideoDecoder(parameters: VideoDecoderParameters, events: SessionEvents<DecodedPicture>): Session<Packet>;
  openVideoEncoder(
    parameters: VideoEncoderParameters,
    events: SessionEvents<EncodedVideoPacket>,
  ): Session<PictureToEncode>;
  openAudioDecoder(parameters: AudioDecoderParameters, events: SessionEvents<Samples>): Session<Packet>;
  openAudioEncoder(parameters: AudioEncoderParameters, events: SessionEvents<EncodedAudioPacket>): Session<Samples>;
  /** One picture comes out for each frame that goes in: the whole canvas, or the image alone where there is none. */
  openImageDecoder(
    parameters: ImageDecoderParameters,
    events: SessionEvents<DecodedPicture>,
  ): Session<ImageFrameToDecode>;
}
