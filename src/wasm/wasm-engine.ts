/** Engine 1: FFmpeg and the codec libraries in WebAssembly, one worker per session. */

import { audioCredits, largePictureCredits, videoCredits } from '../engine/credits.ts';
import { decodedPicture, endOf } from '../engine/decoded-frame.ts';
import type {
  AudioDecoderParameters,
  AudioEncoderParameters,
  DecodedPicture,
  EncodedAudioPacket,
  EncodedVideoPacket,
  Engine,
  ImageDecoderParameters,
  ImageFrameToDecode,
  Packet,
  PictureToEncode,
  Samples,
  Session,
  SessionEvents,
  SessionParameters,
  VideoDecoderParameters,
  VideoEncoderParameters,
} from '../engine/engine.ts';
import { pictureNumbers, visiblePlanes } from '../engine/picture-numbers.ts';
import { threadLimit, threadsFor } from '../engine/threads.ts';
import { describeEngine } from './describe-engine.ts';
import type { EngineWorker } from './engine-worker.ts';
import { type DecodedPictureMessage, memoryOf, type OutputMessage, type PictureToEncodeMessage } from './messages.ts';
import { packFor } from './packs.ts';
import { type OutgoingInput, type SessionOptions, WasmSession } from './session.ts';

/** Bytes from which on it costs less to hand over a copy than to let the message make one. */
const leastBytesTransferred = 4096;

/** A message with a copy of its bytes alone: they may be part of a buffer that holds more. */
function pass(input: Packet | Samples | ImageFrameToDecode): OutgoingInput {
  const data = new Uint8Array(input.data);
  return { message: { ...input, data }, transfer: data.length < leastBytesTransferred ? [] : [data.buffer] };
}

function passPicture(input: PictureToEncode): OutgoingInput {
  const { picture } = input;
  const planes = visiblePlanes(input);
  const source = picture.buffer;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;
  const begin = isShared ? 0 : Math.min(...planes.map((plane) => plane.begin));
  const end = Math.max(...planes.map((plane) => plane.end));
  // Memory that is not shared is copied, and the copy changes hands.
  const buffer = isShared ? source : source.slice(begin, end);
  const message: PictureToEncodeMessage = {
    ...pictureNumbers(input),
    planes: planes.map((plane) => ({ offset: plane.begin - begin, stride: plane.stride })),
    buffer,
  };
  if (!isShared) {
    picture.release();
    return { message, transfer: [buffer] };
  }
  return { message, transfer: [], consumed: () => picture.release() };
}

/** The shared heap as it is now: a heap that another thread grew is seen at its old size at first. */
function heapOf(memory: WebAssembly.Memory, end: number): ArrayBufferLike {
  if (memory.buffer.byteLength < end) memory.grow(0);
  return memory.buffer;
}

function receivePicture(output: OutputMessage, worker: EngineWorker): DecodedPicture {
  const message = output as DecodedPictureMessage;
  const { frame, buffer } = message;
  const { memory } = worker;
  return decodedPicture(frame, {
    buffer: buffer ?? (() => heapOf(memory!, endOf(frame))),
    onFree: () => worker.giveBack(memoryOf(message)),
  });
}

type Specifics<Input, Output> = Pick<SessionOptions<Input, Output>, 'credits' | 'pass' | 'receive'>;

function open<Input, Output>(
  parameters: SessionParameters,
  events: SessionEvents<Output>,
  specifics: Specifics<Input, Output>,
): Session<Input> {
  const pack = packFor(parameters);
  return new WasmSession({ pack, parameters, threads: threadsFor(parameters), events, ...specifics });
}

const asItIs = <Output>(output: OutputMessage): Output => output as Output;

export const wasmEngine: Engine = {
  get description() {
    return describeEngine(threadLimit());
  },

  async supports(parameters) {
    return packFor(parameters) !== undefined;
  },

  openVideoDecoder(parameters: VideoDecoderParameters, events: SessionEvents<DecodedPicture>) {
    return open(parameters, events, { credits: videoCredits(parameters), pass, receive: receivePicture });
  },

  openVideoEncoder(parameters: VideoEncoderParameters, events: SessionEvents<EncodedVideoPacket>) {
    return open(parameters, events, { credits: videoCredits(parameters), pass: passPicture, receive: asItIs });
  },

  openAudioDecoder(parameters: AudioDecoderParameters, events: SessionEvents<Samples>) {
    return open(parameters, events, { credits: audioCredits, pass, receive: asItIs });
  },

  openAudioEncoder(parameters: AudioEncoderParameters, events: SessionEvents<EncodedAudioPacket>) {
    return open(parameters, events, { credits: audioCredits, pass, receive: asItIs });
  },

  openImageDecoder(parameters: ImageDecoderParameters, events: SessionEvents<DecodedPicture>) {
    return open(parameters, events, { credits: largePictureCredits, pass, receive: receivePicture });
  },
};
