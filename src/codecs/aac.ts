/** AAC: AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), UsacConfig (ISO/IEC 23003-3 §5.2) and ADTS (§1.A.2.2). */
import { audioObjectType } from './aac-object-type.ts';
import { BitReader, BitWriter } from './bits.ts';

export interface AudioSpecificConfig {
  /** Of the core coder: 2 for HE-AAC, whose extensions `sbr` and `ps` tell. */
  objectType: number;
  /** Hz; of the core coder. HE-AAC decoders give out `extensionSampleRate` where it is there. */
  sampleRate: number;
  /** Of the core coder (parametric stereo makes two of one); 0 where the stream has to tell. */
  channels: number;
  /** Samples per channel in an access unit, before spectral band replication (xHE-AAC: after it). */
  frameLength: number;
  /** Spectral band replication: present, absent, or (undefined) left to the stream. */
  sbr?: boolean;
  /** Parametric stereo, likewise. */
  ps?: boolean;
  /** Hz; after spectral band replication. */
  extensionSampleRate?: number;
}

/** By samplingFrequencyIndex, ISO/IEC 14496-3 table 1.18. */
const sampleRates: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
/** By usacSamplingFrequencyIndex − 15, ISO/IEC 23003-3 table 67. */
const usacSampleRates: readonly number[] = [
  51200, 40000, 38400, 34150, 28800, 25600, 20000, 19200, 17075, 14400, 12800, 9600,
];
/** By channelConfiguration, ISO/IEC 14496-3 table 1.19; undefined where reserved. */
const channelCounts: readonly (number | undefined)[] = [
  0,
  1,
  2,
  3,
  4,
  5,
  6,
  8,
  undefined,
  undefined,
  undefined,
  7,
  8,
  24,
  8,
  undefined,
];
/** By channelConfigurationIndex, ISO/IEC 23003-3 table 68. */
const usacChannelCounts: readonly (number | undefined)[] = [0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8, 24];

/** Object types that have GASpecificConfig and of those the error-resilient ones. */
const generalAudioTypes: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23]);
const errorResilientTypes: ReadonlySet<number> = new Set([17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 39]);

/** Reads an AudioSpecificConfig; throws where it is cut short or uses a reserved value. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
  const reader = new BitReader(bytes);
  let objectType = readObjectType(reader);
  let sampleRate = readSampleRate(reader);
  let channels = readChannels(reader);
  const config: Partial<AudioSpecificConfig> = {};
  if (objectType === audioObjectType.sbr || objectType === audioObjectType.ps) {
    config.sbr = true;
    if (objectType === audioObjectType.ps) config.ps = true;
    config.extensionSampleRate = readSampleRate(reader);
    objectType = readObjectType(reader);
    if (objectType === 22) reader.skip(4); // extensionChannelConfiguration
  }

  let frameLength = 1024;
  if (generalAudioTypes.has(objectType)) {
    const general = readGeneralAudioConfig(reader, objectType, channels);
    frameLength = general.frameLength;
    channels = general.channels;
  } else if (objectType === audioObjectType.eld) {
    frameLength = reader.flag() ? 480 : 512;
    return { objectType, sampleRate, channels, frameLength, ...config };
  } else if (objectType === audioObjectType.usac) {
    const usac = readUsacConfig(reader, channels);
    ({ sampleRate, channels, frameLength } = usac);
    return { objectType, sampleRate, channels, frameLength, ...config };
  }
  if (errorResilientTypes.has(objectType) && reader.bits(2) > 1) {
    return { objectType, sampleRate, channels, frameLength, ...config };
  }
  if (config.sbr === undefined) Object.assign(config, readSyncExtension(reader));
  return { objectType, sampleRate, channels, frameLength, ...config };
}

/** Main, LC, LTP, ER LC, ER LD, ER ELD and USAC: what FFmpeg decodes, at the rates of table 1.18. */
const decodableTypes: ReadonlySet<number> = new Set([1, 2, 4, 17, 23, 39, 42]);

/** Whether there is a decoder for what an AudioSpecificConfig describes. */
export const isAacDecodable = ({ objectType, sampleRate }: AudioSpecificConfig): boolean =>
  decodableTypes.has(objectType) && (objectType === audioObjectType.usac || sampleRates.includes(sampleRate));

/** GetAudioObjectType(), §1.6.2.1. */
function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === 15 ? reader.bits(24) : sampleRates[index];
  if (!rate) throw new RangeError('The AudioSpecificConfig has no valid sampling frequency.');
  return rate;
}

function readChannels(reader: BitReader): number {
  const channels = channelCounts[reader.bits(4)];
  if (channels === undefined) throw new RangeError('The AudioSpecificConfig has a reserved channel configuration.');
  return channels;
}

/** GASpecificConfig, §4.4.1. */
function readGeneralAudioConfig(reader: BitReader, objectType: number, channels: number) {
  const isShort = reader.flag(); // frameLengthFlag
  if (reader.flag()) reader.skip(14); // coreCoderDelay
  const hasExtension = reader.flag();
  const counted = channels === 0 ? readProgramConfigElement(reader) : channels;
  if (objectType === 6 || objectType === 20) reader.skip(3); // layerNr
  if (hasExtension) {
    if (objectType === 22) reader.skip(16); // numOfSubFrame, layer_length
    if (objectType === 17 || objectType === 19 || objectType === 20 || objectType === 23) reader.skip(3);
    reader.skip(1); // extensionFlag3
  }
  const [long, short] = objectType === audioObjectType.ld ? [512, 480] : [1024, 960];
  return { frameLength: isShort ? short : long, channels: counted };
}

/** program_config_element(), §4.4.1.1; its number of channels. */
function readProgramConfigElement(reader: BitReader): number {
  reader.skip(10); // element_instance_tag, object_type, sampling_frequency_index
  const elements = reader.bits(4) + reader.bits(4) + reader.bits(4); // front, side, back
  const lowFrequency = reader.bits(2);
  const associated = reader.bits(3);
  const coupling = reader.bits(4);
  if (reader.flag()) reader.skip(4); // mono_mixdown_element_number
  if (reader.flag()) reader.skip(4); // stereo_mixdown_element_number
  if (reader.flag()) reader.skip(3); // matrix_mixdown_idx, pseudo_surround_enable
  let channels = lowFrequency;
  for (let i = 0; i < elements; i++) {
    channels += reader.flag() ? 2 : 1;
    reader.skip(4);
  }
  reader.skip(4 * lowFrequency + 4 * associated + 5 * coupling);
  reader.skip(reader.left % 8); // byte_alignment
  reader.skip(8 * reader.bits(8)); // comment_field_data
  return channels;
}

/** UsacConfig(), ISO/IEC 23003-3 §5.2, as far as the channels. */
function readUsacConfig(reader: BitReader, fallbackChannels: number) {
  const index = reader.bits(5);
  const sampleRate = index === 31 ? reader.bits(24) : index < 13 ? sampleRates[index] : usacSampleRates[index - 15];
  if (!sampleRate) throw new RangeError('The UsacConfig has no valid sampling frequency.');
  const frameLength = [768, 1024, 2048, 2048, 4096][reader.bits(3)]; // coreSbrFrameLengthIndex
  if (frameLength === undefined) throw new RangeError('The UsacConfig has a reserved frame length.');
  const configuration = reader.bits(5);
  const channels = configuration === 0 ? readEscapedValue(reader, 5, 8, 16) : usacChannelCounts[configuration];
  if (channels === undefined) throw new RangeError('The UsacConfig has a reserved channel configuration.');
  return { sampleRate, frameLength, channels: channels || fallbackChannels };
}

/** escapedValue(), ISO/IEC 23003-3 §5.2. */
function readEscapedValue(reader: BitReader, ...sizes: number[]): number {
  let value = 0;
  for (const size of sizes) {
    const part = reader.bits(size);
    value += part;
    if (part !== 2 ** size - 1) break;
  }
  return value;
}

/** The backward compatible signalling of SBR and PS behind the configuration, §1.6.6.1. */
function readSyncExtension(reader: BitReader): Partial<AudioSpecificConfig> {
  const found: Partial<AudioSpecificConfig> = {};
  try {
    if (reader.left < 16 || reader.bits(11) !== 0x2b7) return found;
    const type = readObjectType(reader);
    if (type !== audioObjectType.sbr && type !== 22) return found;
    const sbr = reader.flag();
    const extensionSampleRate = sbr ? readSampleRate(reader) : undefined;
    found.sbr = sbr;
    if (extensionSampleRate !== undefined) found.extensionSampleRate = extensionSampleRate;
    if (sbr && type === audioObjectType.sbr && reader.left >= 12 && reader.bits(11) === 0x548) {
      found.ps = reader.flag();
    }
  } catch {
    // Trailing bytes that are no extension: decoders ignore them.
  }
  return found;
}

/** channelConfiguration for a number of channels. */
function channelConfigurationOf(channels: number): number {
  const configuration = channels === 0 ? -1 : channelCounts.indexOf(channels);
  if (configuration < 0) throw new RangeError(`AAC has no channel configuration of ${channels} channels.`);
  return configuration;
}

function writeSampleRate(writer: BitWriter, sampleRate: number): void {
  const index = sampleRates.indexOf(sampleRate);
  if (index >= 0) writer.bits(index, 4);
  else writer.bits(15, 4).bits(sampleRate, 24);
}

function writeObjectType(writer: BitWriter, objectType: number): void {
  if (objectType < 31) writer.bits(objectType, 5);
  else writer.bits(31, 5).bits(objectType - 32, 6);
}

/**
 * Writes an AudioSpecificConfig for frames of 1024 samples. With object type 5 or 29 `sampleRate` is the rate after
 * spectral band replication, the core runs at half of it, and the signalling is explicit and hierarchical.
 */
export function makeAudioSpecificConfig(objectType: number, sampleRate: number, channels: number): Uint8Array {
  const writer = new BitWriter();
  const isExtended = objectType === audioObjectType.sbr || objectType === audioObjectType.ps;
  const coreType = isExtended ? audioObjectType.lc : objectType;
  if (!generalAudioTypes.has(coreType) || errorResilientTypes.has(coreType) || coreType === 6) {
    throw new RangeError(`No AudioSpecificConfig is written for object type ${objectType}.`);
  }
  if (!(sampleRate > 0 && sampleRate < 2 ** 24)) throw new RangeError('The sampling frequency is out of range.');
  writeObjectType(writer, objectType);
  writeSampleRate(writer, isExtended ? sampleRate / 2 : sampleRate);
  writer.bits(channelConfigurationOf(objectType === audioObjectType.ps ? 1 : channels), 4);
  if (isExtended) {
    writeSampleRate(writer, sampleRate);
    writeObjectType(writer, coreType);
  }
  writer.bits(0, 3); // frameLengthFlag, dependsOnCoreCoder, extensionFlag
  return writer.bytes();
}

/** Least bits per second and channel that an encoder can keep to. */
const leastBitrate = 4000;

/** Whether AAC LC has this; `bitrate` is bits per second of all channels, undefined for the encoder's default. */
export function isAacEncodable(sampleRate: number, numberOfChannels: number, bitrate: number | undefined): boolean {
  if (!sampleRates.includes(sampleRate) || channelCounts.indexOf(numberOfChannels) < 1 || numberOfChannels === 7) {
    return false;
  }
  // An access unit of 1024 samples holds at most 6144 bits per channel: §4.5.3.1.
  const most = 6 * sampleRate * numberOfChannels;
  return bitrate === undefined || (bitrate >= leastBitrate * numberOfChannels && bitrate <= most);
}

const adtsHeaderBytes = 7;

/** adts_fixed_header and adts_variable_header without CRC, ISO/IEC 14496-3 §1.A.2.2, for one raw_data_block. */
export function makeAdtsHeader(
  config: Pick<AudioSpecificConfig, 'objectType' | 'sampleRate' | 'channels'>,
  payloadBytes: number,
): Uint8Array {
  const { objectType, sampleRate, channels } = config;
  const index = sampleRates.indexOf(sampleRate);
  const configuration = channelConfigurationOf(channels);
  const frameLength = adtsHeaderBytes + payloadBytes;
  if (objectType < 1 || objectType > 4) throw new RangeError(`ADTS cannot carry object type ${objectType}.`);
  if (index < 0) throw new RangeError(`ADTS has no sampling frequency of ${sampleRate} Hz.`);
  if (configuration > 7) throw new RangeError(`ADTS has no channel configuration of ${channels} channels.`);
  if (frameLength > 0x1fff) throw new RangeError('The access unit is too long for ADTS.');
  return new BitWriter()
    .bits(0xfff, 12) // syncword
    .bits(0b0001, 4) // MPEG-4, layer 0, no CRC
    .bits(objectType - 1, 2)
    .bits(index, 4)
    .bits(0, 1) // private_bit
    .bits(configuration, 3)
    .bits(0, 4) // original_copy, home, copyright bits
    .bits(frameLength, 13)
    .bits(0x7ff, 11) // adts_buffer_fullness: variable rate
    .bits(0, 2) // one raw data block
    .bytes();
}

/** Whether the packet starts with a plausible ADTS header; raw access units never start with its syncword. */
export function hasAdtsSync(data: Uint8Array): boolean {
  if (data.length < adtsHeaderBytes || data[0] !== 0xff || (data[1]! & 0xf6) !== 0xf0) return false;
  const frameLength = ((data[3]! & 3) << 11) | (data[4]! << 3) | (data[5]! >> 5);
  return ((data[2]! >> 2) & 15) < sampleRates.length && frameLength >= adtsHeaderBytes;
}
