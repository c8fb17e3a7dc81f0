import { createHash } from 'node:crypto';
import { EncodedVideoChunk, VideoDecoder, type VideoFrame } from 'everycodec';
import type { StreamPacket, VideoStream } from '../support/stream.ts';

export interface DecodedFrame {
  timestamp: number;
  format: string | null;
  /** The visible pixels, plane after plane without padding. */
  bytes: Uint8Array;
}

export interface DecodeResult<Item> {
  items: Item[];
  /** What ended decoding early. */
  error: Error | null;
}

/** Enough to keep every thread busy, little enough that back-pressure is really used. */
const mostQueued = 4;
const mostUnread = 8;

/** Decodes a stream; `keep` takes from each frame what the test wants of it. */
export async function decodeVideo<Item>(
  config: VideoStream['config'],
  packets: StreamPacket[],
  keep: (frame: DecodedFrame) => Item,
): Promise<DecodeResult<Item>> {
  const items: Item[] = [];
  let error: Error | null = null;
  let unread = 0;
  let reading = Promise.resolve();
  const decoder = new VideoDecoder({
    output(frame) {
      unread++;
      reading = reading.then(async () => {
        items.push(keep(await readFrame(frame)));
        unread--;
      });
    },
    error(reason) {
      error ??= reason;
    },
  });
  try {
    decoder.configure(config);
    for (const packet of packets) {
      while (!error && (decoder.decodeQueueSize >= mostQueued || unread >= mostUnread)) {
        await Promise.race([dequeued(decoder), unread > 0 ? reading : dequeued(decoder)]);
      }
      if (error) break;
      decoder.decode(new EncodedVideoChunk(packet));
    }
    if (!error) await decoder.flush();
  } catch (reason) {
    error ??= reason as Error;
  }
  await reading;
  if (decoder.state !== 'closed') decoder.close();
  return { items, error };
}

function dequeued(target: EventTarget): Promise<unknown> {
  return new Promise((resolve) => target.addEventListener('dequeue', resolve, { once: true }));
}

async function readFrame(frame: VideoFrame): Promise<DecodedFrame> {
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  const { timestamp, format } = frame;
  frame.close();
  return { timestamp, format, bytes };
}

export function md5(...parts: Uint8Array[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
