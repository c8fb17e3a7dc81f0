/** Packets and samples of ours as chunks and AudioData of the runtime's, which copy them. */
import type { Packet, Samples } from '../engine/engine.ts';
import { nativeClasses } from './native-classes.ts';

/** The types of DOM want memory that is not shared, and no null. */
const chunkInit = ({ type, timestamp, duration, data }: Packet): EncodedVideoChunkInit => ({
  type,
  timestamp,
  duration: duration ?? undefined,
  data: data as Uint8Array<ArrayBuffer>,
});

export const makeNativeVideoChunk = (packet: Packet): unknown =>
  new nativeClasses.EncodedVideoChunk!(chunkInit(packet));

export const makeNativeAudioChunk = (packet: Packet): unknown =>
  new nativeClasses.EncodedAudioChunk!(chunkInit(packet));

export const makeNativeAudioData = (samples: Samples): unknown =>
  new nativeClasses.AudioData!(samples as Samples & { data: Uint8Array<ArrayBuffer> });
