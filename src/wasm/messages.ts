/**
 * The messages between the engine and its workers. A worker holds one module instance and serves one
 * session at a time; `session` numbers rise, so what a closed session still sends is recognised and dropped.
 */
import type { DecodedFrameNumbers } from '../engine/decoded-frame.ts';
import type {
  EncodedAudioPacket,
  EncodedVideoPacket,
  ImageFrameToDecode,
  Packet,
  Samples,
  SessionParameters,
} from '../engine/engine.ts';
import type { PictureNumbers } from '../engine/picture-numbers.ts';
import type { PlaneLayout } from '../pixels/picture.ts';

export interface DecodedPictureMessage {
  /** Its planes lie in a slot of the worker's shared heap … */
  frame: DecodedFrameNumbers;
  /** … or, without shared memory, in a copy of their own. */
  buffer: ArrayBuffer | undefined;
}

/** What is returned when the picture is free. */
export const memoryOf = ({ frame: [, , slot], buffer }: DecodedPictureMessage): ReturnedPicture => buffer ?? slot;

/** Its planes begin at the top left of the part that is meant. */
export interface PictureToEncodeMessage extends PictureNumbers {
  planes: PlaneLayout[];
  buffer: ArrayBufferLike;
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
export type PostedToWorker = MessageToWorker & { returned?: ReturnedPicture[] };

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

/** What is posted by a worker. */
export type PostedFromWorker = MessageFromWorker & { everycodec?: typeof engineMark };
