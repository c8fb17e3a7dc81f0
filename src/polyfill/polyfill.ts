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
import { patchCanvas } from './canvas.ts';
import { adoptCanvasPackage, type CanvasPackage } from './canvas-package.ts';
import { patchStructuredClone } from './structured-clone.ts';

export interface PolyfillOptions {
  /** `missing` (default): install only what the runtime lacks; `all`: replace what it has. */
  mode?: 'missing' | 'all';
  /**
   * A canvas package for runtimes without canvases, such as `@napi-rs/canvas`: it learns to draw VideoFrames, frames
   * can be made of its canvases and images, and what a browser has as globals (OffscreenCanvas, ImageBitmap,
   * ImageData, createImageBitmap) is made of it.
   */
  canvas?: CanvasPackage | { default: CanvasPackage } | undefined;
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
 * the runtime has none), and tells what it did. structuredClone() and postMessage() learn to copy and transfer
 * objects of the classes, canvases and WebGL to draw frames. Calling it again is harmless.
 *
 * @throws {TypeError} for an unknown mode, or if `canvas` is no canvas package.
 */
export function polyfill({ mode = 'missing', canvas }: PolyfillOptions = {}): PolyfillResult {
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
  // Whoever brings a package means it to be used.
  if (canvas) for (const [name, value] of Object.entries(adoptCanvasPackage(canvas))) install(name, value, true);
  // Where the runtime keeps all its own classes, there is nothing to teach it.
  if (result.installed.length > 0) {
    patchCanvas();
    patchStructuredClone();
  }
  return result;
}
