/**
 * Reads native FLAC files. mediabunny's reader drops a last frame of less than 16 bytes and stops where
 * the number of channels changes.
 */
import type { AudioStream, StreamPacket } from './stream.ts';

const magicSize = 4;
const blockHeaderSize = 4;
const streamInfoSize = 34;

export function isFlac(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, magicSize)).toString('latin1') === 'fLaC';
}

export function readFlacFrames(bytes: Uint8Array): AudioStream {
  const streamInfo = Buffer.from(bytes.subarray(magicSize + blockHeaderSize).subarray(0, streamInfoSize));
  const sampleRate = streamInfo.readUIntBE(10, 3) >> 4;
  const numberOfChannels = ((streamInfo[12]! >> 1) & 7) + 1;
  const lastBlock = Buffer.from([0x80, 0, 0, streamInfoSize]);
  const description = Buffer.concat([bytes.subarray(0, magicSize), lastBlock, streamInfo]);
  return {
    kind: 'audio',
    config: { codec: 'flac', sampleRate, numberOfChannels, description },
    packets: splitFrames(bytes, afterMetadata(bytes), sampleRate),
  };
}

function afterMetadata(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = magicSize;
  for (let isLast = false; !isLast; ) {
    isLast = bytes[at]! >= 0x80;
    at += blockHeaderSize + (view.getUint32(at) & 0xffffff);
  }
  return at;
}

/** A frame ends where its CRC comes out and another header, or the end, follows. */
function splitFrames(bytes: Uint8Array, from: number, sampleRate: number): StreamPacket[] {
  const packets: StreamPacket[] = [];
  let start = from;
  let samples = 0;
  let crc = 0;
  for (let at = from; at <= bytes.length; at++) {
    const ends = at > start && (at === bytes.length || (crc === 0 && blockSizeAt(bytes, at) !== null));
    if (ends) {
      const size = blockSizeAt(bytes, start) ?? 0;
      packets.push({
        type: 'key',
        timestamp: Math.round((samples / sampleRate) * 1e6),
        duration: Math.round((size / sampleRate) * 1e6),
        data: bytes.subarray(start, at),
      });
      samples += size;
      start = at;
      crc = 0;
    }
    crc = ((crc << 8) ^ crc16[(crc >> 8) ^ bytes[at]!]!) & 0xffff;
  }
  return packets;
}

const crc16 = crcTable(16, 0x8005);
const crc8 = crcTable(8, 0x07);

function crcTable(bits: 8 | 16, polynomial: number): number[] {
  return Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & (1 << (bits - 1)) ? polynomial : 0);
    return crc & ((1 << bits) - 1);
  });
}

/** Samples per channel of the frame whose header stands at `at`, null where there is no valid header. */
function blockSizeAt(bytes: Uint8Array, at: number): number | null {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xfe) !== 0xf8) return null;
  const sizeCode = bytes[at + 2]! >> 4;
  const rateCode = bytes[at + 2]! & 15;
  const numberSize = Math.max(1, Math.clz32(~(bytes[at + 4]! << 24)));
  const sizeAt = at + 4 + numberSize;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  const end = sizeAt + sizeBytes + rateBytes;
  if (end >= bytes.length || sizeCode === 0 || rateCode === 15) return null;
  let crc = 0;
  for (let index = at; index < end; index++) crc = crc8[crc ^ bytes[index]!]!;
  if (crc !== bytes[end]) return null;

  if (sizeCode === 1) return 192;
  if (sizeCode === 6) return bytes[sizeAt]! + 1;
  if (sizeCode === 7) return bytes[sizeAt]! * 256 + bytes[sizeAt + 1]! + 1;
  return sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8);
}
