import {
  type AudioCodec,
  AudioSample,
  AudioSampleSink,
  AudioSampleSource,
  canEncodeAudio,
  type InputAudioTrack,
  type Quality,
} from 'mediabunny';
import { type AudioData, AudioDecoder, EncodedAudioChunk } from '../index.ts';
import { decodePackets } from './decode.ts';
import { CommandError } from './errors.ts';
import { noteCodec, type Pipe, qualityFor, type Session } from './pipe.ts';
import { packetsOf } from './source.ts';

/** Prepares to decode the sound of a track and to encode it again. */
export async function openAudio(session: Session, track: InputAudioTrack, codec: AudioCodec): Promise<Pipe> {
  const { job, output, timeline, start } = session;
  const config = await track.getDecoderConfig();
  const name = config?.codec ?? (await track.getCodec()) ?? 'unknown codec';
  // mediabunny unpacks PCM itself, in more variants than WebCodecs names.
  const isPcm = /^(pcm-|alaw|ulaw)/.test(name);
  if (!config || !(isPcm || (await AudioDecoder.isConfigSupported(config)).supported)) {
    throw new CommandError(`its sound (${name}) cannot be decoded`);
  }
  const quality = qualityFor(job.audioBitrate);
  const transform = await transformFor(track, codec, quality);
  const target = new AudioSampleSource({
    codec,
    quality,
    transform,
    onEncodedPacket: (_packet, metadata) => noteCodec(pipe, metadata),
  });
  output.addAudioTrack(target);

  const end = await track.computeDuration().catch(() => Number.POSITIVE_INFINITY);
  const run = async (): Promise<void> => {
    const clock = new AudioClock();
    const samples = isPcm ? new AudioSampleSink(track).samples() : decodeAudio(track, config);
    for await (using sample of samples) {
      const { sampleRate } = sample;
      const timestamp = clock.place(sample);
      const first = Math.max(0, Math.round((start - timestamp) * sampleRate));
      const last = Math.min(sample.numberOfFrames, Math.round((end - timestamp) * sampleRate));
      if (first < last) {
        using trimmed = sample.trim(first, last);
        trimmed.setTimestamp(timestamp + first / sampleRate - start);
        await target.add(trimmed);
        pipe.count++;
      }
      session.report(timestamp + last / sampleRate - start);
      if (!(await timeline.advance(pipe, timestamp))) break;
    }
  };
  const pipe: Pipe = { name: 'sound', inputCodec: name, outputCodec: null, count: 0, run, end: () => target.close() };
  return pipe;
}

async function* decodeAudio(
  track: InputAudioTrack,
  config: Parameters<AudioDecoder['configure']>[0],
): AsyncGenerator<AudioSample, void, void> {
  const runs = decodePackets<EncodedAudioChunk, AudioData>(
    packetsOf(track),
    (packet) =>
      new EncodedAudioChunk({
        type: packet.type,
        timestamp: packet.microsecondTimestamp,
        duration: packet.microsecondDuration,
        data: packet.data,
      }),
    (events) => {
      const decoder = new AudioDecoder(events);
      decoder.configure(config);
      return decoder;
    },
  );
  for await (const data of runs) yield new AudioSample(data);
}

/** Times runs of samples by counting them: packet times are rounded, and decoders trim their start. */
class AudioClock {
  #next: number | null = null;

  place(sample: AudioSample): number {
    const isContinuous = this.#next !== null && Math.abs(sample.timestamp - this.#next) < sample.duration;
    const timestamp = isContinuous ? this.#next! : sample.timestamp;
    this.#next = timestamp + sample.duration;
    return timestamp;
  }
}

/** What every encoder of sound takes. */
const commonSound = { numberOfChannels: 2, sampleRate: 48_000 };

/** How the sound must change before the encoder takes it: not at all where possible. */
async function transformFor(
  track: InputAudioTrack,
  codec: AudioCodec,
  quality: Quality,
): Promise<{ numberOfChannels?: number; sampleRate?: number }> {
  const numberOfChannels = await track.getNumberOfChannels();
  const sampleRate = await track.getSampleRate();
  const encodes = (sound: { numberOfChannels: number; sampleRate: number }) =>
    canEncodeAudio(codec, { ...sound, quality });
  if (await encodes({ numberOfChannels, sampleRate })) return {};
  if (await encodes({ numberOfChannels, sampleRate: commonSound.sampleRate })) {
    return { sampleRate: commonSound.sampleRate };
  }
  if (await encodes(commonSound)) return commonSound;
  throw new CommandError(`its sound (${numberOfChannels} channels, ${sampleRate} Hz) cannot be encoded to ${codec}`);
}
