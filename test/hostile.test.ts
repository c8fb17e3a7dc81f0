/** Damaged input ends in an error or in frames, never in a hang, a dead process or a full memory. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  AudioDecoder,
  type AudioDecoderConfig,
  EncodedAudioChunk,
  EncodedVideoChunk,
  VideoDecoder,
  type VideoDecoderConfig,
} from 'everycodec';
import { encodeAudio, encodeVideo } from './support/coding.ts';
import { makeAudio, makeFrame, noise } from './support/pictures.ts';

interface Packet {
  type: 'key' | 'delta';
  timestamp: number;
  data: Uint8Array;
}

const copyOf = (chunk: EncodedVideoChunk | EncodedAudioChunk): Packet => {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return { type: chunk.type, timestamp: chunk.timestamp, data };
};

/** The packets with bytes overwritten, cut off or repeated, differently for every seed. */
function damaged(packets: readonly Packet[], seed: number): Packet[] {
  const random = noise(4096, seed);
  let at = 0;
  const next = (limit: number) => (limit > 0 ? ((random[at++ % 4096]! << 8) | random[at++ % 4096]!) % limit : 0);
  return packets.flatMap((packet) => {
    const data = packet.data.slice();
    switch (next(6)) {
      case 0:
        for (let i = 0; i < 1 + next(20); i++) data[next(data.length)] = next(256);
        return [{ ...packet, data }];
      case 1:
        return [{ ...packet, data: data.subarray(0, next(data.length)) }];
      case 2:
        return [packet, packet];
      case 3:
        return next(2) === 0 ? [] : [{ ...packet, data: noise(1 + next(400), seed + 1) }];
      default:
        return [packet];
    }
  });
}

/** Decodes until the end or the first error; answers with what ended it. */
function run<Chunk>(
  decoder: { decode(chunk: Chunk): void; flush(): Promise<undefined>; state: string; close(): void },
  chunks: Chunk[],
): Promise<string> {
  return (async () => {
    try {
      for (const chunk of chunks) decoder.decode(chunk);
      await decoder.flush();
      decoder.close();
      return 'finished';
    } catch (error) {
      if (decoder.state !== 'closed') decoder.close();
      return (error as DOMException).name;
    }
  })();
}

const endings = ['finished', 'EncodingError', 'DataError', 'InvalidStateError', 'NotSupportedError'];

describe('damaged video', () => {
  const streams: { name: string; config: VideoDecoderConfig; packets: Packet[] }[] = [];

  before(async () => {
    for (const [codec, format] of [
      ['avc1.64001f', 'avc'],
      ['avc1.42e01f', 'annexb'],
      ['vp8', 'avc'],
      ['vp09.00.10.08', 'avc'],
    ] as const) {
      const frames = Array.from({ length: 12 }, (_, index) => makeFrame(176, 144, index));
      const config = { codec, width: 176, height: 144, bitrate: 300_000, avc: { format } };
      const { chunks, metadata } = await encodeVideo(config, frames, (index) => ({ keyFrame: index % 6 === 0 }));
      streams.push({ name: `${codec} ${format}`, config: metadata[0]!.decoderConfig!, packets: chunks.map(copyOf) });
    }
  });

  for (let seed = 1; seed <= 25; seed++) {
    test(`damage ${seed}`, { timeout: 20_000 }, async () => {
      for (const { name, config, packets } of streams) {
        const decoder = new VideoDecoder({ output: (frame) => frame.close(), error() {} });
        decoder.configure(config);
        const chunks = damaged(packets, seed).map((packet) => new EncodedVideoChunk(packet));
        const ending = await run(decoder, chunks);
        assert.ok(endings.includes(ending), `${name}: ${ending}`);
      }
    });
  }

  test('after all that, a sound stream decodes', async () => {
    for (const { name, config, packets } of streams) {
      let frames = 0;
      const decoder = new VideoDecoder({
        output: (frame) => {
          frames++;
          frame.close();
        },
        error: assert.fail,
      });
      decoder.configure(config);
      assert.equal(
        await run(
          decoder,
          packets.map((packet) => new EncodedVideoChunk(packet)),
        ),
        'finished',
      );
      assert.equal(frames, packets.length, name);
    }
  });

  test('a picture of 16383 × 16383 is refused before its memory is taken', { timeout: 20_000 }, async () => {
    // A VP8 key frame's header alone: frame tag, start code, sizes.
    const data = new Uint8Array(64).fill(0x55);
    data.set([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f]);
    const before = process.memoryUsage.rss();
    const decoder = new VideoDecoder({ output: (frame) => frame.close(), error() {} });
    decoder.configure({ codec: 'vp8' });
    assert.equal(await run(decoder, [new EncodedVideoChunk({ type: 'key', timestamp: 0, data })]), 'EncodingError');
    assert.ok(process.memoryUsage.rss() - before < 200e6);
  });
});

describe('damaged audio', () => {
  const streams: { name: string; config: AudioDecoderConfig; packets: Packet[] }[] = [];

  before(async () => {
    for (const codec of ['opus', 'mp4a.40.2', 'flac']) {
      const inputs = Array.from({ length: 20 }, (_, index) => makeAudio(48000, 2, 960, index * 960));
      const { chunks, metadata } = await encodeAudio({ codec, sampleRate: 48000, numberOfChannels: 2 }, inputs);
      streams.push({ name: codec, config: metadata[0]!.decoderConfig!, packets: chunks.map(copyOf) });
    }
  });

  for (let seed = 1; seed <= 15; seed++) {
    test(`damage ${seed}`, { timeout: 20_000 }, async () => {
      for (const { name, config, packets } of streams) {
        const decoder = new AudioDecoder({ output: (data) => data.close(), error() {} });
        decoder.configure(config);
        const chunks = damaged(packets, seed).map((packet) => new EncodedAudioChunk(packet));
        const ending = await run(decoder, chunks);
        assert.ok(endings.includes(ending), `${name}: ${ending}`);
      }
    });

    test(`damaged description ${seed}`, { timeout: 20_000 }, async () => {
      for (const { name, config, packets } of streams) {
        const description = new Uint8Array(config.description as Uint8Array);
        const [broken] = damaged([{ type: 'key', timestamp: 0, data: description }], 100 + seed);
        const decoder = new AudioDecoder({ output: (data) => data.close(), error() {} });
        decoder.configure({ ...config, description: broken?.data ?? new Uint8Array(0) });
        const ending = await run(
          decoder,
          packets.map((packet) => new EncodedAudioChunk(packet)),
        );
        assert.ok(endings.includes(ending), `${name}: ${ending}`);
      }
    });
  }
});
