/** Reads container files through mediabunny. */
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, type InputTrack } from 'mediabunny';
import type { AudioStream, ReadResult, StreamPacket, VideoStream } from './stream.ts';

export async function readVideoTrack(bytes: Uint8Array): Promise<ReadResult<VideoStream>> {
  const track = await open(bytes).getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('no video track');
  const { codec, description } = config;
  const { packets, fault } = await readPackets(track);
  return { stream: { kind: 'video', config: { codec, description }, packets, hasPresentationTimes: true }, fault };
}

export async function readAudioTrack(bytes: Uint8Array): Promise<ReadResult<AudioStream>> {
  const track = await open(bytes).getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('no audio track');
  const { codec, description, sampleRate, numberOfChannels } = config;
  const { packets, fault } = await readPackets(track);
  return {
    stream: { kind: 'audio', config: { codec, description, sampleRate, numberOfChannels }, packets },
    fault,
  };
}

function open(bytes: Uint8Array): Input {
  return new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
}

async function readPackets(track: InputTrack): Promise<{ packets: StreamPacket[]; fault: Error | null }> {
  const packets: StreamPacket[] = [];
  const sink = new EncodedPacketSink(track);
  try {
    for await (const packet of sink.packets(undefined, undefined, { verifyKeyPackets: true })) {
      packets.push({
        type: packet.type,
        timestamp: packet.microsecondTimestamp,
        duration: packet.microsecondDuration,
        data: packet.data,
        alpha: packet.sideData.alpha,
      });
    }
  } catch (error) {
    return { packets, fault: error as Error };
  }
  return { packets, fault: null };
}
