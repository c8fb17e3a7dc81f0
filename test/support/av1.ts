/** Just enough of AV1's OBUs to tell key packets and to undo Annex B. */
import type { VideoStream } from './stream.ts';

const sequenceHeader = 1;
const temporalDelimiter = 2;

/** A LEB128 number and where it ends. */
function readLeb128(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index]!;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, end: at + index + 1 };
  }
  throw new Error('endless LEB128');
}

/** Encoders repeat the sequence header with each key frame, and only there. */
export function isAv1Key(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; ) {
    const header = data[at]!;
    if (((header >> 3) & 15) === sequenceHeader) return true;
    const begin = at + (header & 4 ? 2 : 1);
    if (!(header & 2)) return false;
    const { value, end } = readLeb128(data, begin);
    at = end + value;
  }
  return false;
}

function writeLeb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...writeLeb128(Math.floor(value / 128))];
}

/** One OBU with its size in its header, as WebCodecs wants them (section 5.3.1). */
function withSize(obu: Uint8Array): Uint8Array {
  const headerSize = obu[0]! & 4 ? 2 : 1;
  if (obu[0]! & 2) return obu;
  const payload = obu.subarray(headerSize);
  return Uint8Array.from([obu[0]! | 2, ...obu.subarray(1, headerSize), ...writeLeb128(payload.length), ...payload]);
}

/** Parts that a number of bytes precedes each. */
function* sized(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = readLeb128(bytes, at);
    yield bytes.subarray(end, end + value);
    at = end + value;
  }
}

/** Reads a file in AV1's length-delimited format (its Annex B): temporal units of frame units of OBUs. */
export function readObuFile(bytes: Uint8Array): VideoStream {
  const packets = Array.from(sized(bytes), (unit, index) => {
    const obus = [...sized(unit)].flatMap((frame) => [...sized(frame)]);
    const data = Buffer.concat(obus.filter((obu) => ((obu[0]! >> 3) & 15) !== temporalDelimiter).map(withSize));
    return { type: isAv1Key(data) ? ('key' as const) : ('delta' as const), timestamp: index * 40_000, data };
  });
  return { kind: 'video', config: { codec: 'av01.0.08M.08' }, packets, hasPresentationTimes: true };
}
