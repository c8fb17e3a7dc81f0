/** What an AudioDecoder does with its configuration: judge it, and open a session for it. */
import { isAacDecodable, parseAudioSpecificConfig } from '../codecs/aac.ts';
import { audioDescriptionError } from '../codecs/audio-description.ts';
import { isOpusDecodable, parseOpusHead } from '../codecs/opus.ts';
import { parseAudioCodec } from '../codecs/registry.ts';
import type {
  AudioCodecName,
  AudioDecoderParameters,
  Engine,
  Packet,
  Samples,
  Session,
  SessionEvents,
} from '../engine/engine.ts';
import { isSupportedByEngine, openOnEngine } from '../engine/engines.ts';
import { type AudioData, createAudioData } from './audio-data.ts';
import type { AudioDecoderConfig } from './audio-decoder.ts';
import { isSupported, openSession, withOutput } from './codec-support.ts';
import * as webidl from './webidl.ts';

/** More channels than any codec here codes. */
const mostChannels = 64;
const highestRate = 768_000;

/** Whether there is a decoder for what a description describes; one that is malformed describes nothing. */
function isDescriptionDecodable(codec: AudioCodecName, description: Uint8Array): boolean {
  if (audioDescriptionError(codec, description) !== undefined) return false;
  if (codec === 'aac') return isAacDecodable(parseAudioSpecificConfig(description));
  return codec !== 'opus' || isOpusDecodable(parseOpusHead(description));
}

/**
 * What an engine needs to know; undefined where a configuration cannot be served. That a description is missing is
 * left to configure(): web-platform-tests ask without one whether a codec is there.
 */
function parametersOf(config: AudioDecoderConfig): AudioDecoderParameters | undefined {
  const parsed = parseAudioCodec(config.codec);
  const { sampleRate, numberOfChannels } = config;
  if (!parsed || numberOfChannels > mostChannels || sampleRate > highestRate) return undefined;
  const description = config.description && webidl.bytesOf(config.description).slice();
  if (description?.length && !isDescriptionDecodable(parsed.codec, description)) return undefined;
  return {
    kind: 'audio-decoder',
    codec: parsed.codec,
    sampleRate,
    numberOfChannels,
    description: description?.length ? description : undefined,
  };
}

/** undefined if the configuration is not supported; rejects, saying why, for a description that is missing. */
export const openAudioDecoder = (config: AudioDecoderConfig, events: SessionEvents<AudioData>) =>
  openSession('AudioDecoder', config, events, async (events, native): Promise<Session<Packet> | undefined> => {
    const parameters = parametersOf(config);
    if (!parameters) return undefined;
    const error = audioDescriptionError(parameters.codec, parameters.description, {
      numberOfChannels: config.numberOfChannels,
      objectType: parseAudioCodec(config.codec)?.objectType,
    });
    if (error) throw new Error(error);
    const give = (samples: Samples) => {
      const data = createAudioData(samples);
      return native?.giveAudioData(data) ?? data;
    };
    const open = (engine: Engine) => engine.openAudioDecoder(parameters, withOutput(events, give));
    return openOnEngine('no-preference', parameters, open);
  });

export const isAudioDecoderSupported = (config: AudioDecoderConfig): Promise<boolean> =>
  isSupported('AudioDecoder', config, async () => {
    const parameters = parametersOf(config);
    return parameters !== undefined && isSupportedByEngine('no-preference', parameters);
  });
