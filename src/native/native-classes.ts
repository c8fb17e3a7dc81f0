/**
 * The WebCodecs classes that the runtime has of its own: as they were when this library was loaded, before anything was
 * installed over them.
 */
import { loadPart } from '../platform/load-part.ts';
import { hasGetterOf } from '../webcodecs/webidl.ts';

export type NativeVideoFrame = VideoFrame;
export type NativeAudioData = AudioData;

const global = globalThis as unknown as { [Name in keyof NativeClasses]?: NativeClasses[Name] };

export interface NativeClasses {
  AudioData: typeof AudioData;
  AudioDecoder: typeof AudioDecoder;
  AudioEncoder: typeof AudioEncoder;
  EncodedAudioChunk: typeof EncodedAudioChunk;
  EncodedVideoChunk: typeof EncodedVideoChunk;
  VideoDecoder: typeof VideoDecoder;
  VideoEncoder: typeof VideoEncoder;
  VideoFrame: typeof VideoFrame;
}

/** Undefined where the runtime has none. */
export const nativeClasses = {
  AudioData: global.AudioData,
  AudioDecoder: global.AudioDecoder,
  AudioEncoder: global.AudioEncoder,
  EncodedAudioChunk: global.EncodedAudioChunk,
  EncodedVideoChunk: global.EncodedVideoChunk,
  VideoDecoder: global.VideoDecoder,
  VideoEncoder: global.VideoEncoder,
  VideoFrame: global.VideoFrame,
};

/** What polyfill() has decided. */
export const nativePolicy = {
  /** Our codecs give frames, audio data and chunks of the runtime's classes, where it has them. */
  isGiven: true,
  /** Our codec classes leave to the runtime's what these support. */
  isFirst: false,
};

export const isNativeVideoFrame = hasGetterOf(nativeClasses.VideoFrame, 'timestamp') as (
  value: unknown,
) => value is NativeVideoFrame;
export const isNativeAudioData = hasGetterOf(nativeClasses.AudioData, 'timestamp') as (
  value: unknown,
) => value is NativeAudioData;

type NativePart = typeof import('./native.ts');

let part: Promise<NativePart | undefined> | undefined;

async function load(): Promise<NativePart | undefined> {
  if (!Object.values(nativeClasses).some(Boolean)) return undefined;
  const native = await loadPart('native', import('./native.ts'));
  await native.prepare();
  return native;
}

/** The part of the library that knows how to deal with the runtime's objects; undefined where there are none. */
export function loadNativePart(): Promise<NativePart | undefined> {
  part ??= load();
  // A failed load (a network that was away) may succeed the next time.
  part.catch(() => {
    part = undefined;
  });
  return part;
}
