/**
 * The messages between the engine and its workers. A worker holds one module instance and serves one
 * session at a time; `session` numbers rise, so what a closed session still sends is recognised and dropped.
 */
import type {
  AudioDecoderParameters,
  AudioEncoderParameters,
  EncodedAudioPacket,
  EncodedVideoPacket,
  ImageDecoderParameters,
  ImageFrameToDecode,
  Packet,
  Samples,
  VideoDecoderParameters,
  VideoEncoderParameters,
} from '../engine/engine.ts';
import type { PlaneLayout } from '../pixels/picture.ts';

export type SessionParameters =
  | VideoDecoderParameters
  | VideoEncoderParameters
  | AudioDecoderParameters
  | AudioEncoderParameters
  | ImageDecoderParameters;

/** A picture as it crosses between threads: its planes begin at the top left of the part that is meant. */
export interface PictureMessage {
  /** Index in `pixelFormats`. */
  format: number;
  width: number;
  height: number;
  planes: PlaneLayout[];
  timestamp: number;
  /** µs, negative if unknown. */
  duration: number;
}

export interface DecodedPictureMessage extends PictureMessage {
  /** H.273 code points. */
  primaries: number;
  transfer: number;
  matrix: number;
  /** 1, 0, or -1 if the stream does not say. */
  fullRange: number;
  /** The slot in the worker's shared heap that the planes lie in … */
  slot: number;
  /** … or, without shared memory, a copy of their own. */
  buffer: ArrayBuffer | undefined;
}

export interface PictureToEncodeMessage extends PictureMessage {
  buffer: ArrayBufferLike;
  /** H.273 code points. */
  primaries: number;
  transfer: number;
  matrix: number;
  fullRange: boolean;
  keyFrame: boolean;
  /** -1: by rate control. */
  quantizer: number;
}

export type InputMessage = Packet | PictureToEncodeMessage | Samples | ImageFrameToDecode;
export type OutputMessage = DecodedPictureMessage | EncodedVideoPacket | Samples | EncodedAudioPacket;

/** Memory of a picture that nobody refers to any more: its slot if it is shared, else its buffer, to be used again. */
export type ReturnedPicture = number | ArrayBuffer;

export type MessageToWorker =
  | {
      type: 'open';
      session: number;
      parameters: SessionParameters;
      threads: number;
      /** Address of the module's JavaScript, and the compiled module; used the first time only. */
      glue: string;
      module: WebAssembly.Module;
      sharedMemory: boolean;
    }
  | { type: 'inputs'; session: number; inputs: InputMessage[] }
  | { type: 'drain'; session: number }
  | { type: 'close'; session: number }
  /** Nothing but pictures that are returned. */
  | { type: 'return' };

/** What is posted: each message takes along what is to be returned. */
export type PostedToWorker = MessageToWorker & { returned: ReturnedPicture[] };

export type MessageFromWorker =
  /** The codec is open; `memory` comes with the first session of a worker with shared memory. */
  | { type: 'opened'; session: number; memory: WebAssembly.Memory | undefined }
  /** `consumed` inputs are done with, and these are the outputs. */
  | { type: 'progress'; session: number; consumed: number; outputs: OutputMessage[] }
  | { type: 'drained'; session: number }
  | {
      type: 'failed';
      session: number;
      reason: 'unsupported' | 'coding';
      message: string;
      /** The module instance must not be used again. */
      trapped: boolean;
    };

/**
 * The member `everycodec` of messages from workers: where polyfill() has taught messages our objects, these are known
 * to have none, and are not searched.
 */
export const engineMark = 'engine';
