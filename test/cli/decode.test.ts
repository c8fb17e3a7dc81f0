import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EncodedPacket } from 'mediabunny';
import { type DecoderEvents, decodePackets } from '../../src/cli/decode.ts';

/** Gives every packet back one packet later, and fails where told to. */
class LateDecoder {
  state = 'configured';
  decodeQueueSize = 0;
  ondequeue: ((event: Event) => unknown) | null = null;
  largestQueue = 0;
  #held: Item[] = [];

  constructor(
    readonly events: DecoderEvents<Item>,
    readonly failAt: number,
  ) {}

  decode(number: number): void {
    this.largestQueue = Math.max(this.largestQueue, ++this.decodeQueueSize);
    setImmediate(() => {
      this.decodeQueueSize--;
      this.ondequeue?.(new Event('dequeue'));
      if (this.state === 'closed') return;
      if (number === this.failAt) {
        this.state = 'closed';
        this.events.error(new Error(`bad packet ${number}`));
        return;
      }
      this.#held.push(new Item(number));
      if (this.#held.length > 1) this.events.output(this.#held.shift()!);
    });
  }

  async flush(): Promise<void> {
    while (this.decodeQueueSize > 0) await new Promise(setImmediate);
    if (this.state === 'closed') throw new Error('closed');
    for (const item of this.#held.splice(0)) this.events.output(item);
  }

  close(): void {
    this.state = 'closed';
  }
}

class Item {
  static open = 0;

  constructor(readonly number: number) {
    Item.open++;
  }

  close(): void {
    Item.open--;
  }
}

async function* packets(count: number, failure?: Error): AsyncGenerator<EncodedPacket, void, void> {
  for (let number = 0; number < count; number++) yield new EncodedPacket(new Uint8Array(1), 'key', number, 1);
  if (failure) throw failure;
}

function decode(source: AsyncIterable<EncodedPacket>, failAt = -1) {
  let decoder: LateDecoder | undefined;
  const items = decodePackets<number, Item>(
    source,
    (packet) => packet.timestamp,
    (events) => {
      decoder = new LateDecoder(events, failAt);
      return decoder;
    },
  );
  return { items, decoder: () => decoder! };
}

async function collect(items: AsyncIterable<Item>): Promise<{ numbers: number[]; error: Error | null }> {
  const numbers: number[] = [];
  try {
    for await (const item of items) {
      numbers.push(item.number);
      item.close();
    }
    return { numbers, error: null };
  } catch (error) {
    return { numbers, error: error as Error };
  }
}

describe('decoding of packets', () => {
  it('yields all in order, with back-pressure', async () => {
    const { items, decoder } = decode(packets(50));
    assert.deepEqual(await collect(items), { numbers: Array.from({ length: 50 }, (_, index) => index), error: null });
    assert.ok(decoder().largestQueue <= 4);
    assert.equal(decoder().state, 'closed');
  });

  it('keeps what was decoded before the codec failed', async () => {
    const { numbers, error } = await collect(decode(packets(50), 20).items);
    assert.deepEqual(
      numbers,
      Array.from({ length: 19 }, (_, index) => index),
    );
    assert.equal(error?.message, 'bad packet 20');
  });

  it('decodes to the end what was read before the file failed', async () => {
    const { numbers, error } = await collect(decode(packets(7, new Error('end of bytes'))).items);
    assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(error?.message, 'end of bytes');
  });

  it('closes what nobody takes any more', async () => {
    Item.open = 0;
    const { items, decoder } = decode(packets(50));
    for await (const item of items) {
      item.close();
      if (item.number === 3) break;
    }
    assert.equal(decoder().state, 'closed');
    assert.ok(Item.open <= 1, 'only what the decoder itself holds is open');
  });
});
