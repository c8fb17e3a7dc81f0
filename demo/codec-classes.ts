/** What the player uses of WebCodecs: everycodec's classes fit, and so do the browser's. */
import * as everycodec from 'everycodec';
import { native } from './native.ts';

export interface Frame {
  /** Microseconds. */
  readonly timestamp: number;
  readonly duration: number | null;
  readonly displayWidth: number;
  readonly displayHeight: number;
  allocationSize(options?: { format: 'RGBA' }): number;
  copyTo(destination: Uint8Array<ArrayBuffer>, options?: { format: 'RGBA' }): Promise<unknown>;
  close(): void;
}

export interface Decoder extends EventTarget {
  readonly state: string;
  readonly decodeQueueSize: number;
  ondequeue: ((event: Event) => unknown) | null;
  configure(config: VideoDecoderConfig): void;
  decode(chunk: object): void;
  flush(): Promise<void>;
  reset(): void;
  close(): void;
}

export interface VideoClasses {
  VideoDecoder: {
    new (init: { output(frame: Frame): void; error(error: Error): void }): Decoder;
    isConfigSupported(config: VideoDecoderConfig): Promise<{ supported?: boolean }>;
  };
  EncodedVideoChunk: new (init: EncodedVideoChunkInit) => object;
}

export const ourClasses: VideoClasses = {
  VideoDecoder: everycodec.VideoDecoder,
  EncodedVideoChunk: everycodec.EncodedVideoChunk,
};

/** Undefined where the browser has none. */
export const nativeClasses: VideoClasses | undefined =
  native.VideoDecoder && native.EncodedVideoChunk
    ? { VideoDecoder: native.VideoDecoder, EncodedVideoChunk: native.EncodedVideoChunk }
    : undefined;

export async function decodes(classes: VideoClasses, config: VideoDecoderConfig): Promise<boolean> {
  try {
    return (await classes.VideoDecoder.isConfigSupported(config)).supported ?? false;
  } catch {
    // A string that the implementation takes for no codec at all.
    return false;
  }
}
