/** What becomes of our objects in messages: plain records, and objects again. */
import { computeLayout, copyPlanes } from '../pixels/layout.ts';
import { AudioData, isAudioData, samplesOf } from '../webcodecs/audio-data.ts';
import { AudioDecoder } from '../webcodecs/audio-decoder.ts';
import { AudioEncoder } from '../webcodecs/audio-encoder.ts';
import {
  bytesOfAudioChunk,
  createEncodedAudioChunk,
  EncodedAudioChunk,
  isEncodedAudioChunk,
} from '../webcodecs/encoded-audio-chunk.ts';
import type { EncodedChunkContent, EncodedChunkInit } from '../webcodecs/encoded-chunk.ts';
import {
  bytesOfVideoChunk,
  createEncodedVideoChunk,
  EncodedVideoChunk,
  isEncodedVideoChunk,
} from '../webcodecs/encoded-video-chunk.ts';
import { ImageDecoder } from '../webcodecs/image-decoder.ts';
import { ImageTrack } from '../webcodecs/image-track.ts';
import { ImageTrackList } from '../webcodecs/image-track-list.ts';
import { VideoColorSpace } from '../webcodecs/video-color-space.ts';
import { VideoDecoder } from '../webcodecs/video-decoder.ts';
import { VideoEncoder } from '../webcodecs/video-encoder.ts';
import { isClosed, isVideoFrame, pictureOf, VideoFrame, type VideoFrameInit } from '../webcodecs/video-frame.ts';

/** Says which interface a record stands for; its other members are those of the interface's init. */
const mark = 'everycodec';

/** Where an object's prototype has its serialization: a registered symbol, so that another realm's objects are known too. */
const serialization = Symbol.for('everycodec.serialization');

/** Members of an init. */
type Init = Record<string, unknown> & { data: ArrayBuffer };

/** How the objects of one interface go through messages. */
export interface Serialization<T extends object = object> {
  type: { prototype: T };
  /** Tells an object from one that merely inherits. */
  is(value: unknown): boolean;
  /** "If value's [[Detached]] internal slot is true"; absent where objects cannot be closed. */
  isDetached?(value: T): boolean;
  /** Copies the data. Absent: the interface is not [Serializable]. */
  toInit?(value: T): Init;
  /** Takes the data over. @throws where the constructor does. */
  fromInit?(init: Init): T;
  /** Another object of the same media resource. */
  share?(value: T): T;
  /** Absent: the interface is not [Transferable]. */
  close?(value: T): void;
}

const copied = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The init for a constructor that takes the data over; there, no duration is null. It is the constructor that checks. */
const taken = (init: Init) => ({ ...init, duration: init.duration ?? undefined, transfer: [init.data] }) as never;

/** https://w3c.github.io/webcodecs/#videoframe-transfer-serialization: the whole coded size, tightly packed. */
function videoFrameToInit(frame: VideoFrame): Init {
  const { picture, ...shown } = pictureOf(frame)!;
  const { format, codedWidth, codedHeight, planes, buffer } = picture;
  const layout = computeLayout({ x: 0, y: 0, width: codedWidth, height: codedHeight }, format, undefined);
  const bytes = new Uint8Array(layout.allocationSize);
  copyPlanes(new Uint8Array(buffer), planes, layout, bytes);
  const { timestamp, duration } = frame;
  const data = bytes.buffer;
  return { ...shown, format, codedWidth, codedHeight, timestamp, duration, metadata: frame.metadata(), data };
}

function videoFrameFromInit(init: Init): VideoFrame {
  const { visibleRect, displayWidth, displayHeight, metadata } = init;
  // That constructor would crop the picture to the visible rectangle.
  const whole = new VideoFrame(init.data, taken({ ...init, visibleRect: undefined }));
  try {
    return new VideoFrame(whole, { visibleRect, displayWidth, displayHeight, metadata } as VideoFrameInit);
  } finally {
    whole.close();
  }
}

const videoFrame: Serialization<VideoFrame> = {
  type: VideoFrame,
  is: isVideoFrame,
  isDetached: isClosed,
  toInit: videoFrameToInit,
  fromInit: videoFrameFromInit,
  share: (frame) => frame.clone(),
  close: (frame) => frame.close(),
};

const audioData: Serialization<AudioData> = {
  type: AudioData,
  is: isAudioData,
  isDetached: (data) => !samplesOf(data),
  toInit: (data) => ({ ...samplesOf(data), data: copied(samplesOf(data)!.data) }),
  fromInit: (init) => new AudioData(taken(init)),
  share: (data) => data.clone(),
  close: (data) => data.close(),
};

/** https://w3c.github.io/webcodecs/#encodedvideochunk-serialization, and the same of audio. */
function encodedChunk<T extends EncodedVideoChunk | EncodedAudioChunk>(
  type: { prototype: T; new (init: EncodedChunkInit): T },
  is: (value: unknown) => boolean,
  bytesOf: (chunk: T) => Uint8Array,
  create: (content: EncodedChunkContent) => T,
): Serialization<T> {
  const contentOf = (chunk: T) => ({ type: chunk.type, timestamp: chunk.timestamp, duration: chunk.duration });
  return {
    type,
    is,
    toInit: (chunk) => ({ ...contentOf(chunk), data: copied(bytesOf(chunk)) }),
    fromInit: (init) => new type(taken(init)),
    share: (chunk) => create({ ...contentOf(chunk), data: bytesOf(chunk) }),
  };
}

const serializable = [
  videoFrame,
  audioData,
  encodedChunk(EncodedVideoChunk, isEncodedVideoChunk, bytesOfVideoChunk, createEncodedVideoChunk),
  encodedChunk(EncodedAudioChunk, isEncodedAudioChunk, bytesOfAudioChunk, createEncodedAudioChunk),
] as unknown as Serialization[];

/** Runtimes that cannot tell these from plain objects would make empty objects of them. */
const others = [
  AudioDecoder,
  AudioEncoder,
  ImageDecoder,
  ImageTrack,
  ImageTrackList,
  VideoColorSpace,
  VideoDecoder,
  VideoEncoder,
].map((type): Serialization => ({ type, is: (value) => value !== type.prototype }));

for (const each of [...serializable, ...others]) {
  Object.defineProperty(each.type.prototype, serialization, { value: each });
}

/** undefined if `value` is none of our objects. */
export function serializationOf(value: object): Serialization | undefined {
  const found = (value as { [serialization]?: Serialization })[serialization];
  return found?.is(value) ? found : undefined;
}

const byName = new Map(serializable.map((each) => [nameOf(each.type.prototype), each]));

/** The name of the object's interface. */
export function nameOf(value: object): string {
  return (value as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
}

/** @throws {DOMException} DataCloneError if the object is closed or its interface is not [Serializable]. */
export function assertSerializable(value: object): void {
  const { toInit, isDetached } = serializationOf(value)!;
  // "If value's [[Detached]] internal slot is true, throw a DataCloneError DOMException."
  if (!toInit || isDetached?.(value)) {
    const reason = toInit ? 'it is closed' : 'its interface is not serializable';
    throw new DOMException(`${nameOf(value)} cannot be cloned: ${reason}.`, 'DataCloneError');
  }
}

/** A plain object with a copy of the data, which only `deserialize()` need understand. */
export const toRecord = (value: object): Init => ({ [mark]: nameOf(value), ...serializationOf(value)!.toInit!(value) });

export const isRecord = (value: object): boolean => byName.has((value as Record<string, string>)[mark]!);

/** The object that a record stands for; undefined if the record does not describe one. */
export function fromRecord(record: object): object | undefined {
  try {
    const { [mark]: name, ...init } = record as Init;
    return byName.get(name as string)!.fromInit!(init as Init);
  } catch {
    // Whoever sent it may have written anything.
    return undefined;
  }
}
