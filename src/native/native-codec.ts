/** The runtime's own codecs: what they support, and a session of one of them. */
import type { Packet, Samples, Session, SessionEvents } from '../engine/engine.ts';
import { type FrameToEncode, releaseFrame } from '../webcodecs/video-encoder.ts';
import { createVideoFrame } from '../webcodecs/video-frame.ts';
import { type NativeVideoFrame, nativeClasses } from './native-classes.ts';
import { makeNativeAudioChunk, makeNativeAudioData, makeNativeVideoChunk } from './native-data.ts';
import { NativeFirstSession } from './native-first-session.ts';
import { makeNativeFrame } from './native-frame.ts';

export type CodecKind = 'AudioDecoder' | 'AudioEncoder' | 'VideoDecoder' | 'VideoEncoder';

/** What the four classes of the runtime's have in common. */
export interface NativeCodec extends EventTarget {
  readonly state: string;
  readonly decodeQueueSize?: number;
  readonly encodeQueueSize?: number;
  configure(config: object): void;
  decode(chunk: unknown): void;
  encode(data: unknown, options?: object): void;
  flush(): Promise<void>;
  close(): void;
}

export interface NativeCodecClass {
  new (init: { output(...outputs: unknown[]): void; error(error: DOMException): void }): NativeCodec;
  isConfigSupported(config: object): Promise<{ supported?: boolean }>;
}

/** The runtime's frame of an input, which stays as it is. */
function frameOf(input: FrameToEncode): NativeVideoFrame {
  if ('frame' in input) return input.frame.clone();
  const { picture, visibleRect, colorSpace, timestamp, duration } = input;
  const { width: displayWidth, height: displayHeight } = visibleRect;
  const shown = { picture: picture.retain(), visibleRect, displayWidth, displayHeight, colorSpace };
  const frame = createVideoFrame({ ...shown, timestamp, duration });
  try {
    return makeNativeFrame(frame);
  } finally {
    frame.close();
  }
}

export interface NativeKind<Input> {
  /** Inputs that are kept for a second try: what gives nothing for so many is taken for slow, not for broken. */
  mostKept: number;
  /** Hands an input over, which stays as it is. */
  give(codec: NativeCodec, input: Input): void;
  /** Gives up what an input holds. */
  release(input: Input): void;
  /** The item that the session gives, of the arguments of the output callback. */
  output(...outputs: unknown[]): unknown;
}

const single = (output: unknown): unknown => output;
const pair = (...outputs: unknown[]): unknown => outputs;
const nothing = (): void => {};

const kinds = {
  VideoDecoder: {
    mostKept: 32,
    give: (codec, packet) => codec.decode(makeNativeVideoChunk(packet)),
    release: nothing,
    output: single,
  } satisfies NativeKind<Packet>,
  AudioDecoder: {
    mostKept: 32,
    give: (codec, packet) => codec.decode(makeNativeAudioChunk(packet)),
    release: nothing,
    output: single,
  } satisfies NativeKind<Packet>,
  VideoEncoder: {
    // A camera has only so many frames to lend.
    mostKept: 8,
    give: (codec, input) => {
      const frame = frameOf(input);
      codec.encode(frame, input.options);
      frame.close();
    },
    release: releaseFrame,
    output: pair,
  } satisfies NativeKind<FrameToEncode>,
  AudioEncoder: {
    mostKept: 32,
    give: (codec, samples) => codec.encode(makeNativeAudioData(samples)),
    release: nothing,
    output: pair,
  } satisfies NativeKind<Samples>,
};

const classOf = (kind: CodecKind) => nativeClasses[kind] as unknown as NativeCodecClass | undefined;

/** The configuration as the runtime's codec supports it: as it is, or without a wish for hardware; else undefined. */
export async function supportedConfig(kind: CodecKind, config: object): Promise<object | undefined> {
  const type = classOf(kind);
  const accepts = async (candidate: object) =>
    // What it takes for invalid, such as a mode that it does not know, it does not support.
    (await type?.isConfigSupported(candidate).catch(() => undefined))?.supported ?? false;
  if (await accepts(config)) return config;
  const relaxed = { ...config, hardwareAcceleration: 'no-preference' };
  // "The value is a hint": https://w3c.github.io/webcodecs/#enumdef-hardwareacceleration
  return 'hardwareAcceleration' in config && (await accepts(relaxed)) ? relaxed : undefined;
}

/** Opens a session with the runtime's codec if it supports the configuration, else with ours. */
export async function openNativeFirst<Input, Output>(
  kind: CodecKind,
  config: object,
  events: SessionEvents<Output>,
  openOurs: (events: SessionEvents<Output>) => Promise<Session<Input> | undefined>,
): Promise<Session<Input> | undefined> {
  const supported = await supportedConfig(kind, config);
  if (!supported) return openOurs(events);
  const options = {
    type: classOf(kind)!,
    config: supported,
    kind: kinds[kind] as unknown as NativeKind<Input>,
    events,
    openOurs,
  };
  try {
    return new NativeFirstSession<Input, Output>(options);
  } catch {
    // It does not take what it says it supports.
    return openOurs(events);
  }
}
