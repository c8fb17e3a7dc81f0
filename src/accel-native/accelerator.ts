import type { VideoCodecName } from '../engine/engine.ts';

/** What could do the work of a codec in the place of WebAssembly: native code, or a device. */
export interface Accelerator {
  /** e.g. 'libavcodec 61.19.100', 'VAAPI /dev/dri/renderD128', 'CUDA 0'. */
  name: string;
  /** The video codecs that it has decoded, or encoded, when it was tried. */
  decode: VideoCodecName[];
  encode: VideoCodecName[];
  /** Why it is not used, where it is not. */
  reason?: string;
}
