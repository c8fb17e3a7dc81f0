/** Reads what libopus's opus_demo writes: per packet its length and final range, big endian, then its bytes. */
import type { AudioStream, StreamPacket } from './stream.ts';

export function readOpusDemo(bytes: Uint8Array): AudioStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: StreamPacket[] = [];
  let timestamp = 0;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    const data = bytes.subarray(at + 8, at + 8 + size);
    const duration = durationOf(data);
    packets.push({ type: 'key', timestamp, duration, data });
    timestamp += duration;
    at += 8 + size;
  }
  return { kind: 'audio', config: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 }, packets };
}

/** µs, out of the table-of-contents byte (RFC 6716, 3.1). */
function durationOf(packet: Uint8Array): number {
  const [toc, second] = [packet[0]!, packet[1]!];
  const configuration = toc >> 3;
  const step = configuration & 3;
  const frame =
    configuration < 12
      ? [10_000, 20_000, 40_000, 60_000][step]!
      : configuration < 16
        ? [10_000, 20_000][configuration & 1]!
        : 2500 * 2 ** step;
  const code = toc & 3;
  const count = code === 0 ? 1 : code === 3 ? second & 63 : 2;
  return frame * count;
}
