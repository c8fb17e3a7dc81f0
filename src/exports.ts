/** All that the package exports, as this copy of it has it. */
export { type Accelerator, accelerators } from './accel-native/accel.ts';
export { engineDescription } from './engine/engines.ts';
export { setThreads } from './engine/threads.ts';
export type * from './pixels/color-space.ts';
export type { PixelFormat as VideoPixelFormat } from './pixels/pixel-format.ts';
export { setAssetBase } from './platform/platform.ts';
export type { CanvasPackage } from './polyfill/canvas-package.ts';
export type { PolyfillMode, PolyfillOptions, PolyfillResult } from './polyfill/polyfill.ts';
export { polyfill } from './polyfill/polyfill.ts';
export type { SampleFormat as AudioSampleFormat } from './samples/sample-format.ts';
export { deserialize, serialize } from './serialization/serialize.ts';
export { loadedPacks } from './wasm/packs.ts';
export { AudioData, type AudioDataCopyToOptions, type AudioDataInit } from './webcodecs/audio-data.ts';
export {
  AudioDecoder,
  type AudioDecoderConfig,
  type AudioDecoderInit,
  type AudioDecoderSupport,
} from './webcodecs/audio-decoder.ts';
export {
  type AacEncoderConfig,
  AudioEncoder,
  type AudioEncoderConfig,
  type AudioEncoderInit,
  type AudioEncoderSupport,
  type BitrateMode,
  type EncodedAudioChunkMetadata,
  type FlacEncoderConfig,
  type OpusEncoderConfig,
} from './webcodecs/audio-encoder.ts';
export { type CodecState, engineOf } from './webcodecs/codec-base.ts';
export {
  EncodedAudioChunk,
  type EncodedAudioChunkInit,
  type EncodedAudioChunkType,
} from './webcodecs/encoded-audio-chunk.ts';
export {
  EncodedVideoChunk,
  type EncodedVideoChunkInit,
  type EncodedVideoChunkType,
} from './webcodecs/encoded-video-chunk.ts';
export {
  type ImageBufferSource,
  type ImageDecodeOptions,
  type ImageDecodeResult,
  ImageDecoder,
  type ImageDecoderInit,
} from './webcodecs/image-decoder.ts';
export { ImageTrack } from './webcodecs/image-track.ts';
export { ImageTrackList } from './webcodecs/image-track-list.ts';
export { VideoColorSpace } from './webcodecs/video-color-space.ts';
export {
  VideoDecoder,
  type VideoDecoderConfig,
  type VideoDecoderInit,
  type VideoDecoderSupport,
} from './webcodecs/video-decoder.ts';
export {
  type AlphaOption,
  type AvcBitstreamFormat,
  type EncodedVideoChunkMetadata,
  type HevcBitstreamFormat,
  type LatencyMode,
  VideoEncoder,
  type VideoEncoderBitrateMode,
  type VideoEncoderConfig,
  type VideoEncoderEncodeOptions,
  type VideoEncoderInit,
  type VideoEncoderSupport,
} from './webcodecs/video-encoder.ts';
export {
  type DOMRectInit,
  type ImageSource,
  type PlaneLayout,
  VideoFrame,
  type VideoFrameBufferInit,
  type VideoFrameCopyToOptions,
  type VideoFrameInit,
} from './webcodecs/video-frame.ts';
