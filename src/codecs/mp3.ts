/** MPEG audio frame headers: ISO/IEC 11172-3 §2.4.1.3, ISO/IEC 13818-3 §2.4.1, and MPEG 2.5. No description. */

export interface Mp3Header {
  version: 1 | 2 | 2.5;
  layer: 1 | 2 | 3;
  /** bits per second, 0 for free format. */
  bitrate: number;
  sampleRate: number;
  channels: 1 | 2;
  /** Per channel. */
  samplesPerFrame: number;
}

/** kbit/s by bitrate_index, for MPEG 1 layers 1 to 3 and MPEG 2 layer 1 and layers 2 and 3. */
const bitrates = {
  '1/1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1/2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2/1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2/2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const sampleRates = [44100, 48000, 32000] as const;

/** The header of a frame; undefined where there is none or it uses reserved values. */
export function parseMp3Header(data: Uint8Array): Mp3Header | undefined {
  if (data.length < 4 || data[0] !== 0xff || (data[1]! & 0xe0) !== 0xe0) return undefined;
  const version = ([2.5, undefined, 2, 1] as const)[(data[1]! >> 3) & 3];
  const layer = ([undefined, 3, 2, 1] as const)[(data[1]! >> 1) & 3];
  const rate = sampleRates[(data[2]! >> 2) & 3];
  if (version === undefined || layer === undefined || rate === undefined) return undefined;
  const table = version === 1 ? (`1/${layer}` as const) : layer === 1 ? '2/1' : '2/2';
  const bitrate = bitrates[table][data[2]! >> 4];
  if (bitrate === undefined) return undefined;
  return {
    version,
    layer,
    bitrate: bitrate * 1000,
    sampleRate: rate / (version === 1 ? 1 : version === 2 ? 2 : 4),
    channels: data[3]! >> 6 === 3 ? 1 : 2,
    samplesPerFrame: layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152,
  };
}

/** Sample rates, and their least and greatest bits per second (ISO/IEC 11172-3, 2.4.2.3; 13818-3; MPEG-2.5). */
const encodings: readonly { sampleRates: readonly number[]; least: number; most: number }[] = [
  { sampleRates: [32_000, 44_100, 48_000], least: 32_000, most: 320_000 },
  { sampleRates: [16_000, 22_050, 24_000], least: 8000, most: 160_000 },
  { sampleRates: [8000, 11_025, 12_000], least: 8000, most: 64_000 },
];

/** Whether MP3 has this; `bitrate` in bits per second, undefined for the encoder's default. */
export function isMp3Encodable(sampleRate: number, numberOfChannels: number, bitrate: number | undefined): boolean {
  const encoding = encodings.find(({ sampleRates }) => sampleRates.includes(sampleRate));
  if (!encoding || numberOfChannels > 2) return false;
  return bitrate === undefined || (bitrate >= encoding.least && bitrate <= encoding.most);
}
