/** Reads IVF files with VP8, VP9 or AV1. */
import { isAv1Key } from './av1.ts';
import { BitReader } from './bit-reader.ts';
import type { StreamPacket, VideoStream } from './stream.ts';

export function isIvf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'DKIF';
}

export function readIvf(bytes: Uint8Array): VideoStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fourCc = Buffer.from(bytes.subarray(8, 12)).toString('latin1');
  const microseconds = (1e6 * view.getUint32(20, true)) / view.getUint32(16, true);
  const isKey = keyTests[fourCc] ?? isVp8Key;
  const packets: StreamPacket[] = [];
  for (let at = view.getUint16(6, true); at + 12 <= bytes.length; ) {
    const size = view.getUint32(at, true);
    const data = bytes.subarray(at + 12, at + 12 + size);
    packets.push({
      type: isKey(data) ? 'key' : 'delta',
      timestamp: Math.round(Number(view.getBigUint64(at + 4, true)) * microseconds),
      data,
    });
    at += 12 + size;
  }
  const codec = fourCc === 'VP90' ? vp9Codec(packets[0]!.data) : fourCc === 'AV01' ? 'av01.0.08M.08' : 'vp8';
  return { kind: 'video', config: { codec }, packets, hasPresentationTimes: true };
}

function isVp8Key(data: Uint8Array): boolean {
  return data.length > 0 && (data[0]! & 1) === 0;
}

function isVp9Key(data: Uint8Array): boolean {
  const reader = new BitReader(data);
  reader.bits(2);
  if (readVp9Profile(reader) === 3) reader.bits(1);
  const showsExisting = reader.flag();
  return data.length > 0 && !showsExisting && !reader.flag();
}

const keyTests: Readonly<Record<string, (data: Uint8Array) => boolean>> = { VP90: isVp9Key, AV01: isAv1Key };

function readVp9Profile(reader: BitReader): number {
  return reader.bits(1) + 2 * reader.bits(1);
}

const sRgb = 7;

/** The codec string out of a key frame's header; the level is not in it and not checked by anyone. */
function vp9Codec(key: Uint8Array): string {
  const reader = new BitReader(key);
  reader.bits(2);
  const profile = readVp9Profile(reader);
  // Reserved bit of profile 3, then show_existing_frame, frame_type, show_frame, error_resilient_mode, sync code.
  reader.bits((profile === 3 ? 1 : 0) + 4 + 24);
  const depth = profile < 2 ? '08' : reader.flag() ? '12' : '10';
  const isRgb = reader.bits(3) === sRgb;
  const isFullRange = isRgb || reader.flag();
  const isOdd = profile % 2 === 1;
  const subsampling = !isOdd ? '01' : isRgb || reader.bits(2) === 0 ? '03' : '02';
  const matrix = isRgb ? '00' : '01';
  return `vp09.0${profile}.10.${depth}.${subsampling}.01.01.${matrix}.${isFullRange ? '01' : '00'}`;
}
