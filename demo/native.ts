/**
 * The browser's own classes, for the comparison. Whoever installs everycodec's as globals imports this module first:
 * afterwards the globals are everycodec's.
 */
const globals: Partial<typeof globalThis> = globalThis;

export const native = {
  VideoDecoder: globals.VideoDecoder,
  VideoEncoder: globals.VideoEncoder,
  AudioDecoder: globals.AudioDecoder,
  AudioEncoder: globals.AudioEncoder,
  EncodedVideoChunk: globals.EncodedVideoChunk,
  ImageDecoder: (globalThis as { ImageDecoder?: ImageTypes }).ImageDecoder,
};

/** What the support matrix asks of ImageDecoder, which TypeScript's library does not describe. */
interface ImageTypes {
  isTypeSupported(type: string): Promise<boolean>;
}
