import { AudioData } from '../webcodecs/audio-data.ts';
import { AudioDecoder } from '../webcodecs/audio-decoder.ts';
import { AudioEncoder } from '../webcodecs/audio-encoder.ts';
import { DOMRectReadOnly } from '../webcodecs/dom-rect.ts';
import { EncodedAudioChunk } from '../webcodecs/encoded-audio-chunk.ts';
import { EncodedVideoChunk } from '../webcodecs/encoded-video-chunk.ts';
import { ImageDecoder } from '../webcodecs/image-decoder.ts';
import { ImageTrack } from '../webcodecs/image-track.ts';
import { ImageTrackList } from '../webcodecs/image-track-list.ts';
import { VideoColorSpace } from '../webcodecs/video-color-space.ts';
import { VideoDecoder } from '../webcodecs/video-decoder.ts';
import { VideoEncoder } from '../webcodecs/video-encoder.ts';
import { VideoFrame } from '../webcodecs/video-frame.ts';

export interface PolyfillOptions {
  /** `missing` (default): install only what the runtime lacks; `all`: replace what it has. */
  mode?: 'missing' | 'all';
}

export interface PolyfillResult {
  /** Names of the globals that are ours now. */
  installed: string[];
  /** Names of the globals that the runtime had, and keeps. */
  kept: string[];
}

const webCodecs = {
  AudioData,
  AudioDecoder,
  AudioEncoder,
  EncodedAudioChunk,
  EncodedVideoChunk,
  ImageDecoder,
  ImageTrack,
  ImageTrackList,
  VideoColorSpace,
  VideoDecoder,
  VideoEncoder,
  VideoFrame,
};

/**
 * Installs the WebCodecs classes as globals (and DOMRectReadOnly, which VideoFrame's rectangles need, where
 * the runtime has none), and tells what it did. Calling it again is harmless.
 *
 * @throws {TypeError} for an unknown mode.
 */
export function polyfill({ mode = 'missing' }: PolyfillOptions = {}): PolyfillResult {
  if (mode !== 'missing' && mode !== 'all')
    throw new TypeError(`polyfill: unknown mode '${mode}', use 'missing' or 'all'`);
  const result: PolyfillResult = { installed: [], kept: [] };
  const install = (name: string, value: unknown, replace: boolean) => {
    const present = (globalThis as Record<string, unknown>)[name];
    if (present !== undefined && present !== value && !replace) {
      result.kept.push(name);
      return;
    }
    // As WebIDL defines interface objects: writable, configurable, not enumerable.
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    result.installed.push(name);
  };
  for (const [name, value] of Object.entries(webCodecs)) install(name, value, mode === 'all');
  install('DOMRectReadOnly', DOMRectReadOnly, false);
  return result;
}
