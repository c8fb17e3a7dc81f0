/** Decodes a file as fast as each decoder can, one after the other: no clock, no drawing. */
import { type EncodedPacket, EncodedPacketSink } from 'mediabunny';
import type { VideoClasses } from './codec-classes.ts';
import type { VideoTrack } from './media-file.ts';

/** Packets that are read beforehand, so that only decoding is measured. */
const mostPackets = 900;
const mostBytes = 64e6;
/** Milliseconds after which a decoder is fast or slow enough to be judged. */
const longest = 10_000;
const fullQueue = 8;

export async function readPackets({ track }: VideoTrack): Promise<EncodedPacket[]> {
  const sink = new EncodedPacketSink(track);
  const options = { verifyKeyPackets: true };
  const first = await sink.getFirstKeyPacket(options);
  const packets: EncodedPacket[] = [];
  if (!first) return packets;
  let bytes = 0;
  for await (const packet of sink.packets(first, undefined, options)) {
    packets.push(packet);
    bytes += packet.byteLength;
    if (packets.length >= mostPackets || bytes >= mostBytes) break;
  }
  return packets;
}

export interface SpeedTestRun {
  classes: VideoClasses;
  config: VideoDecoderConfig;
  packets: readonly EncodedPacket[];
  /** Called for every frame, with the frames and seconds so far. */
  onFrame(frames: number, seconds: number): void;
  signal: AbortSignal;
}

/** Frames per second, from the first output on: what loading the codec costs is not its speed. */
export async function measureDecoder({ classes, config, packets, onFrame, signal }: SpeedTestRun): Promise<number> {
  let frames = 0;
  let began = 0;
  let last = 0;
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => (fail = reject));
  // It is waited for below; until then nobody looks.
  failure.catch(() => {});
  signal.addEventListener('abort', () => fail(new Error('cancelled')), { once: true });
  const decoder = new classes.VideoDecoder({
    output(frame) {
      frame.close();
      last = performance.now();
      if (frames++ === 0) began = last;
      else onFrame(frames - 1, (last - began) / 1000);
    },
    error: fail,
  });
  try {
    decoder.configure(config);
    for (const { type, microsecondTimestamp: timestamp, data } of packets) {
      decoder.decode(new classes.EncodedVideoChunk({ type, timestamp, data }));
      while (decoder.decodeQueueSize >= fullQueue) await Promise.race([dequeued(decoder), failure]);
      if (began > 0 && performance.now() - began > longest) break;
    }
    await Promise.race([decoder.flush(), failure]);
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
  if (frames < 2) throw new Error('too few frames came out');
  return (frames - 1) / ((last - began) / 1000);
}

const dequeued = (decoder: { ondequeue: unknown }) => new Promise((resolve) => (decoder.ondequeue = resolve));
