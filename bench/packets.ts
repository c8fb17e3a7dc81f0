/** The packets of a file, and decoding them with everycodec's classes. */
import {
  AudioDecoder,
  type AudioDecoderConfig,
  EncodedAudioChunk,
  EncodedVideoChunk,
  VideoDecoder,
  type VideoDecoderConfig,
  type VideoFrame,
} from 'everycodec';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input, type InputTrack } from 'mediabunny';

export interface Packet {
  type: 'key' | 'delta';
  /** µs */
  timestamp: number;
  data: Uint8Array;
}

async function packetsOf(track: InputTrack): Promise<Packet[]> {
  const packets: Packet[] = [];
  for await (const { type, microsecondTimestamp, data } of new EncodedPacketSink(track).packets()) {
    packets.push({ type, timestamp: microsecondTimestamp, data });
  }
  return packets;
}

const open = (path: string) => new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });

export async function readVideo(path: string): Promise<{ config: VideoDecoderConfig; packets: Packet[] }> {
  const track = (await open(path).getPrimaryVideoTrack())!;
  return { config: (await track.getDecoderConfig()) as VideoDecoderConfig, packets: await packetsOf(track) };
}

export async function readAudio(path: string): Promise<{ config: AudioDecoderConfig; packets: Packet[] }> {
  const track = (await open(path).getPrimaryAudioTrack())!;
  return { config: (await track.getDecoderConfig()) as AudioDecoderConfig, packets: await packetsOf(track) };
}

const raise = (error: DOMException): never => {
  throw error;
};

/** Packets that wait in a codec's queue: enough to keep it busy. */
const mostQueued = 4;

interface Codec extends EventTarget {
  readonly decodeQueueSize: number;
}

async function untilThereIsRoom(decoder: Codec): Promise<void> {
  while (decoder.decodeQueueSize > mostQueued) {
    await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
  }
}

export function openVideoDecoder(config: VideoDecoderConfig, output: (frame: VideoFrame) => void): VideoDecoder {
  const decoder = new VideoDecoder({ output, error: raise });
  decoder.configure(config);
  return decoder;
}

/** Decodes all packets, and waits for the last frame. */
export async function decodeVideo(decoder: VideoDecoder, packets: readonly Packet[]): Promise<void> {
  for (const packet of packets) {
    decoder.decode(new EncodedVideoChunk(packet));
    await untilThereIsRoom(decoder);
  }
  await decoder.flush();
}

/** The seconds of sound that come out. */
export async function decodeAudio(config: AudioDecoderConfig, packets: readonly Packet[]): Promise<number> {
  let seconds = 0;
  const decoder = new AudioDecoder({
    output: (data) => {
      seconds += data.numberOfFrames / data.sampleRate;
      data.close();
    },
    error: raise,
  });
  decoder.configure(config);
  for (const packet of packets) {
    decoder.decode(new EncodedAudioChunk(packet));
    await untilThereIsRoom(decoder);
  }
  await decoder.flush();
  decoder.close();
  return seconds;
}
