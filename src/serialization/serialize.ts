import type { AudioData } from '../webcodecs/audio-data.ts';
import type { VideoFrame } from '../webcodecs/video-frame.ts';
import { replaceObjects } from './object-graph.ts';
import { assertSerializable, fromRecord, isRecord, nameOf, serializationOf, toRecord } from './records.ts';

const isOurs = (value: object): boolean => serializationOf(value) !== undefined;

/** Replaces all objects of ours in a message. @throws {DOMException} DataCloneError as assertSerializable() does. */
export const replaceOurs = (message: unknown, replace: (value: object) => object): unknown =>
  replaceObjects(message, isOurs, (value) => {
    assertSerializable(value);
    return replace(value);
  });

/**
 * A transfer list without our objects; `close` transfers those away.
 *
 * @throws {DOMException} DataCloneError if one of ours is in it twice, is closed, or cannot be transferred.
 */
export function splitTransferList(list: Iterable<unknown>): { native: unknown[]; ours: Set<object>; close(): void } {
  const native: unknown[] = [];
  const ours = new Set<object>();
  for (const item of list) {
    const serialization = typeof item === 'object' && item !== null ? serializationOf(item) : undefined;
    if (!serialization) {
      native.push(item);
      continue;
    }
    const value = item as object;
    assertSerializable(value);
    // "If transferable has neither an [[ArrayBufferData]] internal slot nor a [[Detached]] internal slot, then throw
    // a DataCloneError. If memory[transferable] exists, then throw a DataCloneError."
    if (!serialization.close || ours.has(value)) {
      const reason = serialization.close ? 'is in the transfer list twice' : 'cannot be transferred';
      throw new DOMException(`${nameOf(value)} ${reason}.`, 'DataCloneError');
    }
    ours.add(value);
  }
  return {
    native,
    ours,
    // "Set value's [[Detached]] to true."
    close: () => {
      for (const value of ours) serializationOf(value)!.close!(value);
    },
  };
}

/** serialize(), with the closing left to the caller, who may fail to send. */
export function prepareMessage(value: unknown, transfer: Iterable<unknown>) {
  const { native, ours, close } = splitTransferList(transfer);
  const message = replaceOurs(value, (object) => {
    const record = toRecord(object);
    native.push(record.data);
    return record;
  });
  return { message, transfer: native, close, changed: message !== value || ours.size > 0 };
}

/**
 * Makes a message that any `postMessage()` can send, of a value with VideoFrames, AudioData, EncodedVideoChunks and
 * EncodedAudioChunks anywhere in its arrays, maps, sets and plain objects: these become plain records with a copy of
 * their data. Send the message with the returned transfer list, and give what arrives to deserialize().
 *
 * Frames and audio data in `options.transfer` are closed; what else is in there is handed on. A value without such
 * objects is its own message.
 *
 * @throws {DOMException} DataCloneError if an object is closed, if one that is not serializable (a codec) is part of
 *   the value, or if `transfer` names an object twice or one that cannot be transferred (a chunk).
 */
export function serialize<T extends object = ArrayBuffer>(
  value: unknown,
  options: { transfer?: readonly T[] } = {},
): { message: unknown; transfer: (ArrayBuffer | Exclude<T, VideoFrame | AudioData>)[] } {
  const { message, transfer, close } = prepareMessage(value, options.transfer ?? []);
  close();
  return { message, transfer: transfer as never };
}

/**
 * The value of a message that serialize(), or a patched `postMessage()`, has made. It takes over the memory of the
 * message's records: call it once. Records that describe no object, wherever they come from, stay plain objects.
 */
export const deserialize = <T = unknown>(message: unknown): T => replaceObjects(message, isRecord, fromRecord) as T;
