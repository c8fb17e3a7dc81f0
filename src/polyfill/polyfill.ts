import { type NativeClasses, nativeClasses, nativePolicy } from '../native/native-classes.ts';
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

/**
 * - `missing`: install the classes that the runtime lacks.
 * - `gaps`: that, and stand before the runtime's decoders and encoders: each configuration goes to the runtime's codec
 *   if that supports it, else to ours.
 * - `all`: replace all that the runtime has.
 */
export type PolyfillMode = 'missing' | 'gaps' | 'all';

export interface PolyfillOptions {
  /** `missing` where absent. */
  mode?: PolyfillMode;
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
  /** Names of the codecs that the runtime had, behind whose names ours now stand in where they support nothing. */
  filled: string[];
  /** Names of the globals that the runtime had, and keeps. */
  kept: string[];
}

/** Objects of these go through messages, and to canvases. */
const dataClasses = { AudioData, EncodedAudioChunk, EncodedVideoChunk, VideoFrame };
const codecClasses = { AudioDecoder, AudioEncoder, VideoDecoder, VideoEncoder };
const otherClasses = { ImageDecoder, ImageTrack, ImageTrackList, VideoColorSpace };

const modes: readonly string[] = ['missing', 'gaps', 'all'];

/** As WebIDL defines interface objects: writable, configurable, not enumerable. */
const define = (name: string, value: unknown): void => {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
};

/**
 * Installs the WebCodecs classes as globals (and DOMRectReadOnly, which VideoFrame's rectangles need, where
 * the runtime has none), and tells what it did. structuredClone() and postMessage() learn to copy and transfer
 * objects of the classes, canvases and WebGL to draw frames. Calling it again is harmless.
 *
 * Where the runtime keeps its VideoFrame, AudioData and chunks, our codecs take and give these.
 *
 * @throws {TypeError} for an unknown mode, or if `canvas` is no canvas package.
 */
export function polyfill({ mode = 'missing', canvas }: PolyfillOptions = {}): PolyfillResult {
  if (!modes.includes(mode)) throw new TypeError(`polyfill: unknown mode '${mode}', use one of ${modes.join(', ')}`);
  const result: PolyfillResult = { installed: [], filled: [], kept: [] };
  const install = (classes: object, how: PolyfillMode) => {
    for (const [name, value] of Object.entries(classes)) {
      const present = (globalThis as Record<string, unknown>)[name];
      const isAbsent = present === undefined || present === value;
      if (!isAbsent && how === 'missing') {
        result.kept.push(name);
        continue;
      }
      define(name, value);
      const isFilled = how === 'gaps' && nativeClasses[name as keyof NativeClasses] !== undefined;
      (isFilled ? result.filled : result.installed).push(name);
    }
  };
  if (mode === 'all') Object.assign(nativePolicy, { isGiven: false, isFirst: false });
  // The runtime's codecs do not take our frames, which the page has once they are installed.
  if (mode === 'gaps' && nativePolicy.isGiven) nativePolicy.isFirst = true;
  install(codecClasses, mode);
  const replaced = mode === 'all' ? 'all' : 'missing';
  install({ ...dataClasses, ...otherClasses }, replaced);
  if (!('DOMRectReadOnly' in globalThis)) install({ DOMRectReadOnly }, 'missing');
  // Whoever brings a package means it to be used.
  if (canvas) install(adoptCanvasPackage(canvas), 'all');
  // Where the runtime keeps all its own classes, there is nothing to teach it.
  if (result.installed.some((name) => name in dataClasses)) {
    patchCanvas();
    patchStructuredClone();
  }
  return result;
}
