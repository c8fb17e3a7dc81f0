/** The browser's own classes, as they are before anything is installed. */
import type * as everycodec from 'everycodec';

const names = [
  'AudioData',
  'AudioDecoder',
  'AudioEncoder',
  'EncodedAudioChunk',
  'EncodedVideoChunk',
  'VideoDecoder',
  'VideoEncoder',
  'VideoFrame',
] as const;

/** Of our types, which are the same, or wider. */
type NativeClasses = { [Name in (typeof names)[number]]: (typeof everycodec)[Name] };

const globals = globalThis as unknown as NativeClasses;
export const native = Object.fromEntries(names.map((name) => [name, globals[name]])) as NativeClasses;

/** What a codec of the browser's says of a configuration; what it takes for invalid it does not support. */
export const isNative = (
  Codec: { isConfigSupported(config: never): Promise<{ supported: boolean }> },
  config: object,
): Promise<boolean> =>
  Codec.isConfigSupported(config as never).then(
    ({ supported }) => supported,
    () => false,
  );

const { userAgent } = navigator;
export const isFirefox = userAgent.includes('Firefox');

/** The codecs of WebKitGTK have faults of their own, which the tests name. */
export const isWebKitGtk = userAgent.includes('AppleWebKit') && !userAgent.includes('Chrome');

// Its codecs end the process where nothing has initialised GStreamer; a question about a video does.
document.createElement('video').canPlayType('video/mp4');
