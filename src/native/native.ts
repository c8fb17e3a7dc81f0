/**
 * How our codecs deal with the runtime's own WebCodecs objects: they give these where the page sees these classes, they
 * read them, and, where polyfill() has put the runtime's codecs first, they leave to these what they support.
 */
import type { PictureToEncode, Session, SessionEvents } from '../engine/engine.ts';
import { type AudioData, samplesOf } from '../webcodecs/audio-data.ts';
import { bytesOfAudioChunk, type EncodedAudioChunk } from '../webcodecs/encoded-audio-chunk.ts';
import { bytesOfVideoChunk, type EncodedVideoChunk } from '../webcodecs/encoded-video-chunk.ts';
import type { FrameToEncode } from '../webcodecs/video-encoder.ts';
import type { VideoFrame } from '../webcodecs/video-frame.ts';
import { nativeClasses, nativePolicy } from './native-classes.ts';
import { makeNativeAudioChunk, makeNativeAudioData, makeNativeVideoChunk } from './native-data.ts';
import { makeNativeFrame, probeLayout } from './native-frame.ts';
import { ReadingSession } from './reading-session.ts';

export type { CodecKind } from './native-codec.ts';
export { openNativeFirst, supportedConfig } from './native-codec.ts';

export type NativePart = typeof import('./native.ts');

/** To be awaited before anything else here is used. */
export async function prepare(): Promise<void> {
  // WebKitGTK 2.50 has not initialised GStreamer before it is asked about a video, and crashes if a codec needs it.
  globalThis.document?.createElement('video').canPlayType('video/mp4');
  if (nativeClasses.VideoFrame) await probeLayout();
}

// These give the object of the runtime's class in place of ours; undefined where ours is the one that the page sees.

export function giveVideoFrame(frame: VideoFrame): VideoFrame | undefined {
  if (!nativeClasses.VideoFrame || !nativePolicy.isGiven) return undefined;
  try {
    return makeNativeFrame(frame) as unknown as VideoFrame;
  } finally {
    frame.close();
  }
}

export function giveAudioData(data: AudioData): AudioData | undefined {
  if (!nativeClasses.AudioData || !nativePolicy.isGiven) return undefined;
  return makeNativeAudioData(samplesOf(data)!) as unknown as AudioData;
}

export function giveVideoChunk(chunk: EncodedVideoChunk): EncodedVideoChunk | undefined {
  if (!nativeClasses.EncodedVideoChunk || !nativePolicy.isGiven) return undefined;
  const { type, timestamp, duration } = chunk;
  return makeNativeVideoChunk({ type, timestamp, duration, data: bytesOfVideoChunk(chunk) }) as EncodedVideoChunk;
}

export function giveAudioChunk(chunk: EncodedAudioChunk): EncodedAudioChunk | undefined {
  if (!nativeClasses.EncodedAudioChunk || !nativePolicy.isGiven) return undefined;
  const { type, timestamp, duration } = chunk;
  return makeNativeAudioChunk({ type, timestamp, duration, data: bytesOfAudioChunk(chunk) }) as EncodedAudioChunk;
}

/** A session that takes frames of the runtime's, too. */
export const withFramesRead = (
  session: Session<PictureToEncode>,
  events: SessionEvents<never>,
): Session<FrameToEncode> => new ReadingSession(session, events);
