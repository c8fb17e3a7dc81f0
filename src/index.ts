/**
 * everycodec: WebCodecs everywhere. Importing this module changes nothing; polyfill() installs the
 * classes as globals, and `everycodec/auto` does that on import.
 */
import * as own from './exports.ts';
import { version } from './version.ts';

export type * from './exports.ts';
export { version };

/** Where the first copy that is loaded leaves its exports for the others of its version. */
const key = Symbol.for(`everycodec ${version}`);

/**
 * A program can load several copies: a script tag and a bundle, several bundles. They all give the first one's classes,
 * so that `instanceof` holds and objects of one are taken by the others.
 */
function firstLoaded(): typeof own {
  const global = globalThis as { [key]?: typeof own };
  if (!global[key]) Object.defineProperty(global, key, { value: own });
  return global[key]!;
}

const loaded = firstLoaded();
export const accelerators = loaded.accelerators;
export const deserialize = loaded.deserialize;
export const engineDescription = loaded.engineDescription;
export const engineOf = loaded.engineOf;
export const loadedPacks = loaded.loadedPacks;
export const polyfill = loaded.polyfill;
export const serialize = loaded.serialize;
export const setAssetBase = loaded.setAssetBase;
export const setThreads = loaded.setThreads;

export const AudioData = loaded.AudioData;
export type AudioData = own.AudioData;
export const AudioDecoder = loaded.AudioDecoder;
export type AudioDecoder = own.AudioDecoder;
export const AudioEncoder = loaded.AudioEncoder;
export type AudioEncoder = own.AudioEncoder;
export const EncodedAudioChunk = loaded.EncodedAudioChunk;
export type EncodedAudioChunk = own.EncodedAudioChunk;
export const EncodedVideoChunk = loaded.EncodedVideoChunk;
export type EncodedVideoChunk = own.EncodedVideoChunk;
export const ImageDecoder = loaded.ImageDecoder;
export type ImageDecoder = own.ImageDecoder;
export const ImageTrack = loaded.ImageTrack;
export type ImageTrack = own.ImageTrack;
export const ImageTrackList = loaded.ImageTrackList;
export type ImageTrackList = own.ImageTrackList;
export const VideoColorSpace = loaded.VideoColorSpace;
export type VideoColorSpace = own.VideoColorSpace;
export const VideoDecoder = loaded.VideoDecoder;
export type VideoDecoder = own.VideoDecoder;
export const VideoEncoder = loaded.VideoEncoder;
export type VideoEncoder = own.VideoEncoder;
export const VideoFrame = loaded.VideoFrame;
export type VideoFrame = own.VideoFrame;
