/** Vorbis: the Xiph-laced description (WebCodecs Vorbis registration §3) and the headers (Vorbis I §4.2). */

export interface VorbisDescription {
  channels: number;
  sampleRate: number;
  /** Samples per block, short and long. */
  blockSizes: [number, number];
  /** Identification, comment and setup header, as views. */
  headers: [Uint8Array, Uint8Array, Uint8Array];
}

const packetTypes = [1, 3, 5] as const;
const packetNames = ['identification', 'comment', 'setup'] as const;
const magic = [0x76, 0x6f, 0x72, 0x62, 0x69, 0x73]; // "vorbis"

/** Takes the three headers apart: their number less one, the first two's lengths as sums of 255s, the headers. */
export function parseVorbisDescription(bytes: Uint8Array): VorbisDescription {
  if (bytes[0] !== 2) throw new RangeError('The Vorbis description does not hold three headers.');
  let position = 1;
  const readLength = (): number => {
    let length = 0;
    for (;;) {
      const byte = bytes[position++];
      if (byte === undefined) throw new RangeError('The Vorbis description ends inside a length.');
      length += byte;
      if (byte < 255) return length;
    }
  };
  const first = readLength();
  const second = readLength();
  const ends = [position + first, position + first + second, bytes.length] as const;
  if (ends[1] > bytes.length) throw new RangeError('The Vorbis description is too short.');
  const headers: VorbisDescription['headers'] = [
    bytes.subarray(position, ends[0]),
    bytes.subarray(ends[0], ends[1]),
    bytes.subarray(ends[1]),
  ];
  headers.forEach((header, i) => {
    if (header[0] !== packetTypes[i] || magic.some((byte, j) => header[j + 1] !== byte)) {
      throw new RangeError(`The Vorbis ${packetNames[i]} header is malformed.`);
    }
  });
  return { ...parseIdentificationHeader(headers[0]), headers };
}

/** Vorbis I §4.2.2. */
function parseIdentificationHeader(header: Uint8Array): Omit<VorbisDescription, 'headers'> {
  if (header.length < 30) throw new RangeError('The Vorbis identification header is too short.');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const channels = view.getUint8(11);
  const sampleRate = view.getUint32(12, true);
  const exponents = [view.getUint8(28) & 15, view.getUint8(28) >> 4] as const;
  const isValid =
    view.getUint32(7, true) === 0 && // vorbis_version
    channels > 0 &&
    sampleRate > 0 &&
    exponents[0] >= 6 &&
    exponents[0] <= exponents[1] &&
    exponents[1] <= 13 &&
    (view.getUint8(29) & 1) === 1; // framing_flag
  if (!isValid) throw new RangeError('The Vorbis identification header is malformed.');
  return { channels, sampleRate, blockSizes: [1 << exponents[0], 1 << exponents[1]] };
}

/** Laces identification, comment and setup header into a description. */
export function makeVorbisDescription(headers: readonly [Uint8Array, Uint8Array, Uint8Array]): Uint8Array {
  const lengths = [headers[0], headers[1]].flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const parts = [Uint8Array.from([2, ...lengths]), ...headers];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** For sample rates up to `sampleRate` (Hz), the bits per second and channel that libvorbis has models for. */
interface VorbisModes {
  sampleRate: number;
  stereo: readonly [least: number, most: number];
  uncoupled: readonly [least: number, most: number];
}

const modes: readonly VorbisModes[] = [
  { sampleRate: 8999, stereo: [6000, 32_000], uncoupled: [8000, 42_000] },
  { sampleRate: 14_999, stereo: [8000, 44_000], uncoupled: [12_000, 50_000] },
  { sampleRate: 18_999, stereo: [12_000, 86_000], uncoupled: [16_000, 100_000] },
  { sampleRate: 25_999, stereo: [15_000, 86_000], uncoupled: [16_000, 90_000] },
  { sampleRate: 39_999, stereo: [18_000, 190_000], uncoupled: [30_000, 190_000] },
  { sampleRate: 50_000, stereo: [22_500, 250_000], uncoupled: [32_000, 240_000] },
  // By quality alone.
  { sampleRate: 192_000, stereo: [1, 0], uncoupled: [1, 0] },
];

const leastRate = 8000;

/** Whether libvorbis encodes this; `bitrate` is bits per second of all channels, undefined for its default. */
export function isVorbisEncodable(sampleRate: number, numberOfChannels: number, bitrate: number | undefined): boolean {
  const mode = sampleRate >= leastRate && modes.find((candidate) => sampleRate <= candidate.sampleRate);
  if (!mode) return false;
  if (bitrate === undefined) return true;
  const [least, most] = numberOfChannels === 2 ? mode.stereo : mode.uncoupled;
  return bitrate >= least * numberOfChannels && bitrate <= most * numberOfChannels;
}
