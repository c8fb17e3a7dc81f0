/** What EncodedVideoChunk and EncodedAudioChunk have in common: they differ in name alone. */
import * as webidl from './webidl.ts';

export type EncodedChunkType = 'key' | 'delta';

/** A chunk of the runtime's own classes. */
type NativeChunk = globalThis.EncodedVideoChunk | globalThis.EncodedAudioChunk;

export interface EncodedChunkInit {
  type: EncodedChunkType;
  /** Presentation time, µs. */
  timestamp: number;
  /** µs. */
  duration?: number | undefined;
  data: webidl.BufferSource;
  /** Buffers to detach; the data are taken over without a copy where they can be. */
  transfer?: ArrayBuffer[] | undefined;
}

/** The members of a chunk once it is made; `data` is nobody else's. */
export interface EncodedChunkContent {
  type: EncodedChunkType;
  timestamp: number;
  duration: number | null;
  data: Uint8Array;
}

const encodedChunkInit = (name: string) =>
  webidl.dictionary<EncodedChunkInit>(name, [
    { key: 'data', converter: webidl.allowSharedBufferSource, required: true },
    { key: 'duration', converter: webidl.enforceRangeUnsignedLongLong },
    { key: 'timestamp', converter: webidl.enforceRangeLongLong, required: true },
    { key: 'transfer', converter: webidl.transferList, default: () => [] },
    {
      key: 'type',
      converter: webidl.enumeration<EncodedChunkType>(name.replace('Init', 'Type'), ['key', 'delta']),
      required: true,
    },
  ]);

const converters = {
  EncodedVideoChunk: encodedChunkInit('EncodedVideoChunkInit'),
  EncodedAudioChunk: encodedChunkInit('EncodedAudioChunkInit'),
};

/** Converts to the content of a chunk, ours or the runtime's; the bytes of ours must not be changed. */
export function chunkContent<T>(
  name: string,
  isOurs: (value: unknown) => value is T,
  contentOf: (chunk: T) => EncodedChunkContent,
  nativeType: { prototype: object } | undefined,
): webidl.Converter<EncodedChunkContent> {
  const isNative = webidl.hasGetterOf(nativeType, 'timestamp') as (value: unknown) => value is NativeChunk;
  return (value, context) => {
    if (isOurs(value)) return contentOf(value);
    if (!isNative(value)) throw new TypeError(`${context} is not of type ${name}`);
    const { type, timestamp, duration, byteLength } = value;
    const data = new Uint8Array(byteLength);
    value.copyTo(data);
    return { type, timestamp, duration, data };
  };
}

/** Content that was made inside, to be wrapped in a chunk as it is. */
export class PreparedChunk {
  constructor(readonly content: EncodedChunkContent) {}
}

/** https://w3c.github.io/webcodecs/#dom-encodedvideochunk-encodedvideochunk */
export function makeContent(init: unknown, name: keyof typeof converters): EncodedChunkContent {
  if (init instanceof PreparedChunk) return init.content;
  const { type, timestamp, duration, data, transfer } = converters[name](init, `${name}Init`);
  // "If init.transfer contains more than one reference to the same ArrayBuffer, then throw a DataCloneError."
  const detach = webidl.prepareTransfer(transfer ?? []);
  if (webidl.isDetached(data)) throw new TypeError(`${name}: the data are detached`);
  // "If init.transfer contains an ArrayBuffer referenced by init.data the User Agent MAY choose to: take
  // ownership … Otherwise: assign a copy of init.data to [[internal data]]."
  // "For each transferable in init.transfer: perform DetachArrayBuffer on transferable."
  const owned = detach(data) ?? new Uint8Array(webidl.bytesOf(data));
  return { type, timestamp, duration: duration ?? null, data: owned };
}

/** https://w3c.github.io/webcodecs/#dom-encodedvideochunk-copyto */
export function copyContent({ data }: EncodedChunkContent, destination: unknown, operation: string): void {
  const target = webidl.bytesOf(webidl.allowSharedBufferSource(destination, `${operation}: destination`));
  // "If [[byte length]] is greater than the [[byte length]] of destination, throw a TypeError."
  if (target.length < data.length) {
    throw new TypeError(`${operation}: the destination has ${target.length} bytes, ${data.length} are needed`);
  }
  target.set(data);
}
