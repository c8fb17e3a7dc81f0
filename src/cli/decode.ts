import type { EncodedPacket } from 'mediabunny';

/** What VideoDecoder and AudioDecoder have in common. */
interface Decoder<Chunk> {
  readonly state: string;
  readonly decodeQueueSize: number;
  ondequeue: ((event: Event) => unknown) | null;
  decode(chunk: Chunk): void;
  flush(): Promise<unknown>;
  close(): void;
}

export interface DecoderEvents<Item> {
  output(item: Item): void;
  error(error: Error): void;
}

/** How far ahead of its consumer a decoder works. */
const mostQueued = 4;
const mostDecoded = 8;

/**
 * Decodes packets and yields every picture or run of samples in order. Where the file or the codec
 * fails, everything decoded before is yielded first and then the failure is thrown; mediabunny's own
 * sinks would drop what they hold.
 */
export async function* decodePackets<Chunk, Item extends { close(): void }>(
  packets: AsyncIterable<EncodedPacket>,
  toChunk: (packet: EncodedPacket) => Chunk,
  openDecoder: (events: DecoderEvents<Item>) => Decoder<Chunk>,
): AsyncGenerator<Item, void, void> {
  const decoded: Item[] = [];
  const changed = new Signal();
  let failure: unknown;
  let stopped = false;
  let finished = false;

  const fail = (error: unknown): void => {
    failure ??= error;
    changed.notify();
  };
  const decoder = openDecoder({
    output(item) {
      decoded.push(item);
      changed.notify();
    },
    error: fail,
  });
  decoder.ondequeue = () => changed.notify();

  const feed = async (): Promise<void> => {
    for await (const packet of packets) {
      while (!stopped && !failure && (decoder.decodeQueueSize >= mostQueued || decoded.length >= mostDecoded)) {
        await changed.wait();
      }
      if (stopped || failure) return;
      decoder.decode(toChunk(packet));
    }
  };
  const finish = async (): Promise<void> => {
    await feed().catch(fail);
    // Also after the file failed: what was read of it is decoded to the end.
    if (!stopped && decoder.state === 'configured') await decoder.flush().catch(fail);
    finished = true;
    changed.notify();
  };

  const finishing = finish();
  try {
    while (!finished || decoded.length > 0) {
      const item = decoded.shift();
      if (item) {
        changed.notify();
        yield item;
      } else {
        await changed.wait();
      }
    }
    if (failure) throw failure;
  } finally {
    stopped = true;
    changed.notify();
    if (decoder.state !== 'closed') decoder.close();
    await finishing;
    for (const item of decoded) item.close();
  }
}

/** Wakes all who wait whenever something changed. */
class Signal {
  #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  notify(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
