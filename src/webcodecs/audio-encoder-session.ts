/** What an AudioEncoder does with its configuration: judge it, open a session for it, and describe what comes out. */
import { isAacEncodable, makeAdtsHeader, parseAudioSpecificConfig } from '../codecs/aac.ts';
import { audioObjectType } from '../codecs/aac-object-type.ts';
import { makeFlacDescription } from '../codecs/flac.ts';
import { isMp3Encodable } from '../codecs/mp3.ts';
import { isOpusEncodable } from '../codecs/opus.ts';
import { defaultOpusComplexity } from '../codecs/opus-encoder-config.ts';
import { parseAudioCodec } from '../codecs/registry.ts';
import { isVorbisEncodable } from '../codecs/vorbis.ts';
import type {
  AudioCodecName,
  AudioEncoderParameters,
  EncodedAudioPacket,
  Engine,
  Samples,
  Session,
  SessionEvents,
} from '../engine/engine.ts';
import { isSupportedByEngine, openOnEngine } from '../engine/engines.ts';
import type { NativePart } from '../native/native.ts';
import type { AudioEncoderConfig, EncodedAudioChunkMetadata } from './audio-encoder.ts';
import { isSupported, openSession, withOutput } from './codec-support.ts';
import { createEncodedAudioChunk, type EncodedAudioChunk } from './encoded-audio-chunk.ts';

const mostChannels = 8;
const sampleRateRange = { least: 3000, most: 384_000 };

/** Whether the codec can be encoded with these numbers. */
function isEncodable(codec: AudioCodecName, objectType: number | undefined, config: AudioEncoderConfig): boolean {
  const { sampleRate, numberOfChannels, bitrate } = config;
  if (numberOfChannels > mostChannels) return false;
  if (sampleRate < sampleRateRange.least || sampleRate > sampleRateRange.most) return false;
  switch (codec) {
    case 'aac':
      return objectType === audioObjectType.lc && isAacEncodable(sampleRate, numberOfChannels, bitrate);
    case 'opus':
      return isOpusEncodable(numberOfChannels, bitrate);
    case 'mp3':
      return isMp3Encodable(sampleRate, numberOfChannels, bitrate);
    case 'vorbis':
      return isVorbisEncodable(sampleRate, numberOfChannels, bitrate);
    default:
      return true;
  }
}

/** What the others make follows from the samples: they are told no bitrate, so that none can be wrong for them. */
const codecsWithBitrate: ReadonlySet<AudioCodecName> = new Set(['aac', 'opus', 'mp3', 'vorbis']);

/** What an engine needs to know; undefined where a configuration cannot be served. */
function parametersOf(config: AudioEncoderConfig): AudioEncoderParameters | undefined {
  const parsed = parseAudioCodec(config.codec);
  if (!parsed || !isEncodable(parsed.codec, parsed.objectType, config)) return undefined;
  const { sampleRate, numberOfChannels, bitrate, bitrateMode = 'variable', opus, flac } = config;
  return {
    kind: 'audio-encoder',
    codec: parsed.codec,
    sampleRate,
    numberOfChannels,
    bitrate: codecsWithBitrate.has(parsed.codec) ? bitrate : undefined,
    bitrateMode,
    opus: {
      signal: opus?.signal ?? 'auto',
      application: opus?.application ?? 'audio',
      frameDuration: opus?.frameDuration ?? 20000,
      complexity: opus?.complexity ?? defaultOpusComplexity,
      packetlossperc: opus?.packetlossperc ?? 0,
      useinbandfec: opus?.useinbandfec ?? false,
      usedtx: opus?.usedtx ?? false,
    },
    flac: { blockSize: flac?.blockSize ?? 0, compressLevel: flac?.compressLevel ?? 5 },
  };
}

/** What belongs to one configuration. */
interface ActiveConfig {
  config: AudioEncoderConfig;
  codec: AudioCodecName;
  /** The codec's global header, as its engine gave it. */
  header: Uint8Array | undefined;
  described: boolean;
}

/** The arguments of the output callback. */
export type EncodedAudio = [chunk: EncodedAudioChunk, metadata: EncodedAudioChunkMetadata];

const isAdts = ({ codec, config }: ActiveConfig): boolean => codec === 'aac' && config.aac?.format === 'adts';

/** The description for decoderConfig as the codec's registration wants it. */
function descriptionOf(active: ActiveConfig): Uint8Array | undefined {
  const { codec, header } = active;
  if (!header?.length || isAdts(active)) return undefined;
  return codec === 'flac' ? makeFlacDescription(header) : header;
}

function withAdtsHeader(data: Uint8Array, header: Uint8Array): Uint8Array {
  const adts = makeAdtsHeader(parseAudioSpecificConfig(header), data.length);
  const packet = new Uint8Array(adts.length + data.length);
  packet.set(adts);
  packet.set(data, adts.length);
  return packet;
}

/** https://w3c.github.io/webcodecs/#output-encodedaudiochunks: the arguments of [[output callback]]. */
function chunkOf(packet: EncodedAudioPacket, active: ActiveConfig, native: NativePart | undefined): EncodedAudio {
  active.header = packet.description ?? active.header;
  const metadata: EncodedAudioChunkMetadata = {};
  // "If outputConfig and [[active output config]] are not equal: assign outputConfig to chunkMetadata.decoderConfig."
  if (!active.described) {
    active.described = true;
    const { codec, sampleRate, numberOfChannels } = active.config;
    const description = descriptionOf(active);
    metadata.decoderConfig = { codec, sampleRate, numberOfChannels, ...(description && { description }) };
  }
  const data = isAdts(active) && active.header ? withAdtsHeader(packet.data, active.header) : packet.data;
  const { type, timestamp, duration } = packet;
  const chunk = createEncodedAudioChunk({ type, timestamp, duration, data });
  return [native?.giveAudioChunk(chunk) ?? chunk, metadata];
}

/** undefined if the configuration is not supported. */
export const openAudioEncoder = (config: AudioEncoderConfig, events: SessionEvents<EncodedAudio>) =>
  openSession('AudioEncoder', config, events, async (events, native): Promise<Session<Samples> | undefined> => {
    const parameters = parametersOf(config);
    if (!parameters) return undefined;
    const active: ActiveConfig = { config, codec: parameters.codec, header: undefined, described: false };
    const give = (packet: EncodedAudioPacket) => chunkOf(packet, active, native);
    const open = (engine: Engine) => engine.openAudioEncoder(parameters, withOutput(events, give));
    return openOnEngine('no-preference', parameters, open);
  });

export const isAudioEncoderSupported = (config: AudioEncoderConfig): Promise<boolean> =>
  isSupported('AudioEncoder', config, async () => {
    const parameters = parametersOf(config);
    return parameters !== undefined && isSupportedByEngine('no-preference', parameters);
  });
