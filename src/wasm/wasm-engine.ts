/** Engine 1: FFmpeg and the codec libraries in WebAssembly, one worker per session. */

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
  VideoDecoderParameters,
  VideoEncoderParameters,
} from '../engine/engine.ts';
import { colorSpaceFromH273, matrixByNumber, primariesByNumber, transferByNumber } from '../pixels/color-space.ts';
import { Picture } from '../pixels/picture.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../pixels/pixel-format.ts';
import { loadPart } from '../platform/load-part.ts';
import type { EngineWorker } from './engine-worker.ts';
import {
  type DecodedPictureMessage,
  memoryOf,
  type OutputMessage,
  type PictureToEncodeMessage,
  planeOf,
  type SessionParameters,
} from './messages.ts';
import { packFor } from './packs.ts';
import { type OutgoingInput, type SessionOptions, WasmSession } from './session.ts';
import { describeEngine, isSmallPicture, threadLimit, threadsFor } from './threads.ts';

/** Inputs a worker holds at a time: enough to keep it busy, few enough for reset() to be felt. */
const largePictureCredits = 3;
const smallPictureCredits = 16;
const audioCredits = 128;

const videoCredits = ({ width, height }: { width: number; height: number }): number =>
  isSmallPicture(width, height) ? smallPictureCredits : largePictureCredits;

/** Bytes from which on it costs less to hand over a copy than to let the message make one. */
const leastBytesTransferred = 4096;

/** A message with a copy of its bytes alone: they may be part of a buffer that holds more. */
function pass(input: Packet | Samples | ImageFrameToDecode): OutgoingInput {
  const data = new Uint8Array(input.data);
  return { message: { ...input, data }, transfer: data.length < leastBytesTransferred ? [] : [data.buffer] };
}

/** Where the visible part of each plane begins and ends. */
function visiblePlanes({ picture, visibleRect: { x, y, width, height } }: PictureToEncode) {
  return planesOf(picture.format).map((plane, index) => {
    const { offset, stride } = picture.planes[index]!;
    const begin =
      offset + Math.floor(y / plane.vertical) * stride + Math.floor(x / plane.horizontal) * plane.sampleBytes;
    return { begin, stride, end: begin + stride * (rowCount(plane, height) - 1) + rowBytes(plane, width) };
  });
}

const unspecified = 2;

/** H.273's code points by the specification's names. */
const numbersOf = (names: Readonly<Record<number, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(names).map(([number, name]) => [name, Number(number)]));
const primaryNumbers = numbersOf(primariesByNumber);
const transferNumbers = numbersOf(transferByNumber);
const matrixNumbers = numbersOf(matrixByNumber);

function passPicture(input: PictureToEncode): OutgoingInput {
  const { picture, visibleRect, colorSpace, timestamp, duration, keyFrame, quantizer } = input;
  const planes = visiblePlanes(input);
  const source = picture.buffer;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;
  const begin = isShared ? 0 : Math.min(...planes.map((plane) => plane.begin));
  const end = Math.max(...planes.map((plane) => plane.end));
  // Memory that is not shared is copied, and the copy changes hands.
  const buffer = isShared ? source : source.slice(begin, end);
  const message: PictureToEncodeMessage = {
    format: pixelFormats.indexOf(picture.format),
    width: visibleRect.width,
    height: visibleRect.height,
    planes: planes.map((plane) => ({ offset: plane.begin - begin, stride: plane.stride })),
    buffer,
    timestamp,
    duration: duration ?? -1,
    primaries: primaryNumbers[colorSpace.primaries ?? ''] ?? unspecified,
    transfer: transferNumbers[colorSpace.transfer ?? ''] ?? unspecified,
    matrix: matrixNumbers[colorSpace.matrix ?? ''] ?? unspecified,
    fullRange: colorSpace.fullRange ?? false,
    keyFrame,
    quantizer: quantizer ?? -1,
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
  const [timestamp, duration, , formatNumber, width, height, primaries, transfer, matrix, fullRange] = frame;
  const format = pixelFormats[formatNumber]!;
  const { memory } = worker;
  const planes = planesOf(format).map((_, index) => planeOf(frame, index));
  const end = () =>
    Math.max(...planesOf(format).map((plane, i) => planes[i]!.offset + planes[i]!.stride * rowCount(plane, height)));
  const picture = new Picture({
    format,
    codedWidth: width,
    codedHeight: height,
    planes,
    buffer: buffer ?? (() => heapOf(memory!, end())),
    onFree: () => worker.giveBack(memoryOf(message)),
  });
  return {
    picture,
    visibleRect: { x: 0, y: 0, width, height },
    timestamp,
    duration: duration < 0 ? null : duration,
    colorSpace: colorSpaceFromH273(primaries, transfer, matrix, fullRange < 0 ? null : fullRange === 1),
  };
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

const openVideoEncoder = (parameters: VideoEncoderParameters, events: SessionEvents<EncodedVideoPacket>) =>
  open(parameters, events, { credits: videoCredits(parameters), pass: passPicture, receive: asItIs });

export const wasmEngine: Engine = {
  name: 'wasm',

  async supports(parameters) {
    return packFor(parameters) !== undefined;
  },

  openVideoDecoder(parameters: VideoDecoderParameters, events: SessionEvents<DecodedPicture>) {
    return open(parameters, events, { credits: videoCredits(parameters), pass, receive: receivePicture });
  },

  async openVideoEncoder(parameters: VideoEncoderParameters, events: SessionEvents<EncodedVideoPacket>) {
    if (!parameters.alpha) return openVideoEncoder(parameters, events);
    // Few programs encode alpha.
    const { AlphaEncoderSession } = await loadPart('alpha-encoder', import('./alpha-encoder.ts'));
    return new AlphaEncoderSession(openVideoEncoder, parameters, events);
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

/** What a session gets at most, e.g. 'wasm (SIMD, 2 threads)'. */
export const describeWasmEngine = (): string => describeEngine(threadLimit());
