/** Opus: packets (RFC 6716 §3) and the OpusHead identification header (RFC 7845 §5.1). */
import { leastOpusBitrate } from './opus-encoder-config.ts';

export interface OpusHead {
  version: number;
  channels: number;
  /** Samples at 48 kHz to drop from the start. */
  preSkip: number;
  /** Hz, of what was encoded; informative. Decoders give out 48 kHz. */
  inputSampleRate: number;
  /** dB × 256. */
  outputGain: number;
  /** 0 mono or stereo, 1 Vorbis order, 2 and 3 ambisonics, 255 no meaning. */
  mappingFamily: number;
  streams: number;
  coupled: number;
  /** The decoded channel of each output channel, 255 for silence. */
  mapping: number[];
}

const magic = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64]; // "OpusHead"
const fixedBytes = 19;

/** Reads an OpusHead; bytes behind it are ignored. */
export function parseOpusHead(bytes: Uint8Array): OpusHead {
  if (bytes.length < fixedBytes) throw new RangeError('The OpusHead is too short.');
  if (magic.some((byte, i) => bytes[i] !== byte)) throw new RangeError('The description is no OpusHead.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(8);
  const channels = view.getUint8(9);
  const mappingFamily = view.getUint8(18);
  if (version >> 4 !== 0) throw new RangeError('The OpusHead has an unknown version.');
  if (channels === 0) throw new RangeError('The OpusHead has no channels.');
  const head = {
    version,
    channels,
    preSkip: view.getUint16(10, true),
    inputSampleRate: view.getUint32(12, true),
    outputGain: view.getInt16(16, true),
    mappingFamily,
  };
  if (mappingFamily === 0) {
    if (channels > 2) throw new RangeError('The OpusHead has more than two channels in mapping family 0.');
    return { ...head, streams: 1, coupled: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
  }
  if (mappingFamily === 1 && channels > 8) throw new RangeError('The OpusHead has too many channels for its family.');
  const streams = bytes[fixedBytes];
  const coupled = bytes[fixedBytes + 1];
  if (streams === undefined || coupled === undefined) throw new RangeError('The OpusHead is too short.');
  if (streams === 0 || coupled > streams || streams + coupled > 255) {
    throw new RangeError('The OpusHead has an impossible number of streams.');
  }
  if (mappingFamily === 3) {
    // RFC 8486 §3.2: a demixing matrix in place of the mapping.
    const matrixBytes = 2 * channels * (streams + coupled);
    if (bytes.length < fixedBytes + 2 + matrixBytes) throw new RangeError('The OpusHead is too short.');
    return { ...head, streams, coupled, mapping: [] };
  }
  if (bytes.length < fixedBytes + 2 + channels) throw new RangeError('The OpusHead is too short.');
  const mapping = [...bytes.subarray(fixedBytes + 2, fixedBytes + 2 + channels)];
  if (mapping.some((index) => index !== 255 && index >= streams + coupled)) {
    throw new RangeError('The OpusHead maps a channel that is not there.');
  }
  return { ...head, streams, coupled, mapping };
}

const mostChannels = 8;
/** RFC 8486, 3.2: ambisonics behind a demixing matrix, which libopus's multistream decoder does not apply. */
const matrixFamily = 3;

/** Whether there is a decoder for what an OpusHead describes. */
export const isOpusDecodable = ({ channels, mappingFamily }: OpusHead): boolean =>
  channels <= mostChannels && mappingFamily !== matrixFamily;

/** Bits per second: libopus takes 510 000 of stereo, 256 000 per channel of more. */
const mostBitrate = (channels: number): number => (channels <= 2 ? 510_000 : 256_000 * channels);

/** Whether Opus has this; `bitrate` is bits per second of all channels, undefined for the encoder's default. */
export const isOpusEncodable = (numberOfChannels: number, bitrate: number | undefined): boolean =>
  numberOfChannels <= mostChannels &&
  (bitrate === undefined || (bitrate >= leastOpusBitrate && bitrate <= mostBitrate(numberOfChannels)));

/** Streams, coupled streams and mapping of 1 to 8 channels in Vorbis order, RFC 7845 §5.1.1.2. */
const vorbisMappings: readonly (readonly [streams: number, coupled: number, mapping: readonly number[]])[] = [
  [1, 0, [0]],
  [1, 1, [0, 1]],
  [2, 1, [0, 2, 1]],
  [2, 2, [0, 1, 2, 3]],
  [3, 2, [0, 4, 1, 2, 3]],
  [4, 2, [0, 4, 1, 2, 3, 5]],
  [4, 3, [0, 4, 1, 2, 3, 5, 6]],
  [5, 3, [0, 6, 1, 2, 3, 4, 5, 7]],
];

/** Writes an OpusHead; streams and mapping default to those of mapping family 0 or, beyond two channels, 1. */
export function makeOpusHead(head: Pick<OpusHead, 'channels'> & Partial<OpusHead>): Uint8Array {
  const { channels, version = 1, preSkip = 0, inputSampleRate = 48000, outputGain = 0 } = head;
  const { mappingFamily = channels > 2 ? 1 : 0 } = head;
  if (channels < 1 || channels > 255) throw new RangeError('The number of channels is out of range.');
  if (mappingFamily === 0 && channels > 2) throw new RangeError('Mapping family 0 has at most two channels.');
  const [streams, coupled, mapping] = vorbisMappings[channels - 1] ?? [
    channels,
    0,
    Array.from({ length: channels }, (_, i) => i),
  ];
  const table =
    mappingFamily === 0 ? [] : [head.streams ?? streams, head.coupled ?? coupled, ...(head.mapping ?? mapping)];
  const bytes = new Uint8Array(fixedBytes + table.length);
  bytes.set(magic);
  const view = new DataView(bytes.buffer);
  view.setUint8(8, version);
  view.setUint8(9, channels);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, inputSampleRate, true);
  view.setInt16(16, outputGain, true);
  view.setUint8(18, mappingFamily);
  bytes.set(table, fixedBytes);
  return bytes;
}

/** µs of one frame by the TOC's configuration number, RFC 6716 table 2. */
function frameDuration(configuration: number): number {
  if (configuration < 12) return [10000, 20000, 40000, 60000][configuration & 3]!; // SILK
  if (configuration < 16) return configuration & 1 ? 20000 : 10000; // hybrid
  return 2500 << (configuration & 3); // CELT
}

const maxPacketDuration = 120000;

/** µs of sound in a packet, out of its table-of-contents byte and frame count (RFC 6716 §3.1, §3.2). */
export function opusPacketDuration(data: Uint8Array): number {
  const toc = data[0];
  if (toc === undefined) throw new RangeError('The Opus packet is empty.');
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (data[1] ?? 0) & 63;
  const duration = frames * frameDuration(toc >> 3);
  if (duration === 0 || duration > maxPacketDuration) throw new RangeError('The Opus packet has a bad frame count.');
  return duration;
}
