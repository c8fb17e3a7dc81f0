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
import { BitReader, BitWriter } from '../src/codecs/bits.ts';
import { annexBNalUnits, rawByteSequence } from '../src/codecs/nal-units.ts';
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
      ['hvc1.1.6.L60.90', 'avc'],
      ['av01.0.01M.08', 'avc'],
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
        name,
      );
      assert.equal(frames, packets.length, name);
    }
  });
});

describe('damaged audio', () => {
  const streams: { name: string; config: AudioDecoderConfig; packets: Packet[] }[] = [];

  before(async () => {
    for (const codec of ['opus', 'mp4a.40.2', 'flac', 'mp3', 'vorbis']) {
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
        if (!config.description) continue;
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

/** Bytes: of the process at its largest so far. */
const peakMemory = (): number => process.resourceUsage().maxRSS * 1024;

/**
 * What an instance of a module takes by itself is some 20 MB, and some of them are at work at a time. A picture of
 * 37.7 million pixels, the most that is decoded, would take 57 MB, one of 65535 × 65535 6.4 GB.
 */
const mostMemory = 300e6;
/** ms: of one run, on a machine that has other things to do. */
const longestRun = 4000;

async function assertQuickAndSmall(name: string, attempt: () => Promise<string>): Promise<string> {
  const memory = peakMemory();
  const start = performance.now();
  const ending = await attempt();
  const took = performance.now() - start;
  assert.ok(endings.includes(ending), `${name}: ${ending}`);
  assert.ok(took < longestRun, `${name}: ${took.toFixed(0)} ms`);
  const grown = peakMemory() - memory;
  assert.ok(grown < mostMemory, `${name}: ${(grown / 1e6).toFixed(0)} MB`);
  return ending;
}

function runVideo(config: VideoDecoderConfig, packets: readonly Packet[]): Promise<string> {
  const decoder = new VideoDecoder({ output: (frame) => frame.close(), error() {} });
  decoder.configure(config);
  return run(
    decoder,
    packets.map((packet) => new EncodedVideoChunk(packet)),
  );
}

function runAudio(config: AudioDecoderConfig, packets: readonly Packet[]): Promise<string> {
  const decoder = new AudioDecoder({ output: (data) => data.close(), error() {} });
  decoder.configure(config);
  return run(
    decoder,
    packets.map((packet) => new EncodedAudioChunk(packet)),
  );
}

/** Cut off, emptied, filled, blown up, and with each byte at its greatest, which is what counts and lengths are in. */
function* hostileDescriptions(sound: Uint8Array): Generator<[name: string, description: Uint8Array]> {
  const positions = Array.from({ length: Math.min(sound.length, 48) }, (_, index) => index);
  for (const length of positions) yield [`cut off after ${length}`, sound.slice(0, length)];
  for (const at of positions) {
    for (const value of [0, 0x80, 0xff]) {
      const description = sound.slice();
      description[at] = value;
      yield [`${value} at ${at}`, description];
    }
  }
  for (const value of [0, 1, 0x7f, 0xff]) {
    yield [`all ${value}`, new Uint8Array(sound.length).fill(value)];
    const head = Math.min(8, sound.length);
    const blown = new Uint8Array(1 << 20).fill(value);
    blown.set(sound.subarray(0, head));
    yield [`a head with a megabyte of ${value}`, blown];
    yield [`a megabyte of ${value}`, new Uint8Array(1 << 20).fill(value)];
  }
}

/** av1C around the sequence header of a key frame's packet; AV1 needs none, but decoders are given some. */
function av1Description(keyFrame: Uint8Array): Uint8Array {
  const obu = keyFrame.subarray(0, 2 + keyFrame[1]!);
  return Uint8Array.of(0x81, 0, 0x0c, 0, ...obu);
}

describe('hostile descriptions', () => {
  for (const codec of ['avc1.64001f', 'hvc1.1.6.L60.90', 'av01.0.01M.08']) {
    test(`of ${codec}`, { timeout: 120_000 }, async (context) => {
      const frames = Array.from({ length: 3 }, (_, index) => makeFrame(64, 64, index));
      const { chunks, metadata } = await encodeVideo({ codec, width: 64, height: 64 }, frames);
      const packets = chunks.map(copyOf);
      const config = metadata[0]!.decoderConfig!;
      const sound = config.description
        ? new Uint8Array(config.description as Uint8Array)
        : av1Description(packets[0]!.data);
      assert.equal(await runVideo({ ...config, description: sound }, packets), 'finished');
      const counts: Record<string, number> = {};
      for (const [name, description] of hostileDescriptions(sound)) {
        const ending = await assertQuickAndSmall(name, () => runVideo({ ...config, description }, packets));
        counts[ending] = (counts[ending] ?? 0) + 1;
      }
      context.diagnostic(JSON.stringify(counts));
      assert.equal(await runVideo({ ...config, description: sound }, packets), 'finished', 'a sound one afterwards');
    });
  }

  for (const codec of ['mp4a.40.2', 'opus', 'flac', 'vorbis']) {
    test(`of ${codec}`, { timeout: 120_000 }, async (context) => {
      const inputs = Array.from({ length: 5 }, (_, index) => makeAudio(48000, 2, 960, index * 960));
      const { chunks, metadata } = await encodeAudio({ codec, sampleRate: 48000, numberOfChannels: 2 }, inputs);
      const packets = chunks.map(copyOf);
      const config = metadata[0]!.decoderConfig!;
      const sound = new Uint8Array(config.description as Uint8Array);
      const counts: Record<string, number> = {};
      for (const [name, description] of hostileDescriptions(sound)) {
        const ending = await assertQuickAndSmall(name, () => runAudio({ ...config, description }, packets));
        counts[ending] = (counts[ending] ?? 0) + 1;
      }
      context.diagnostic(JSON.stringify(counts));
      assert.equal(await runAudio(config, packets), 'finished', 'a sound one afterwards');
    });
  }

  test('a setup header that Vorbis cannot have is the first packet\u2019s fault', async () => {
    const inputs = [makeAudio(48000, 2, 4800)];
    const { chunks, metadata } = await encodeAudio({ codec: 'vorbis', sampleRate: 48000, numberOfChannels: 2 }, inputs);
    const config = metadata[0]!.decoderConfig!;
    const description = new Uint8Array(config.description as Uint8Array).slice();
    description.fill(0xff, -2000);
    assert.equal(await runAudio({ ...config, description }, chunks.map(copyOf)), 'EncodingError');
  });
});

// Headers that claim pictures of 65535 × 65535 or as near as their codec comes to it. ------------------------------

const huge = 65536;

const withStartCode = (...units: Uint8Array[]): Uint8Array =>
  Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...escaped(unit)]));

/** Emulation prevention (H.264 and H.265, 7.4.1). */
function escaped(unit: Uint8Array): number[] {
  const bytes: number[] = [];
  for (const byte of unit) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
    bytes.push(byte);
  }
  return bytes;
}

/** ue(v), any number of them. */
function golomb(writer: BitWriter, ...values: number[]): BitWriter {
  for (const value of values) {
    const bits = Math.floor(Math.log2(value + 1));
    writer.bits(0, bits).bits(value + 1, bits + 1);
  }
  return writer;
}

function hugeAvc(): Uint8Array {
  // Baseline, level 6.2: identifiers, frame number and order, one reference, size in macroblocks, frames only.
  const sps = golomb(new BitWriter().bits(0x6742003e, 32), 0, 0, 2, 1);
  golomb(sps.bits(0, 1), huge / 16 - 1, huge / 16 - 1).bits(0b11001, 5);
  const pps = golomb(golomb(new BitWriter().bits(0x68, 8), 0, 0).bits(0, 2), 0, 0, 0);
  golomb(pps.bits(0, 3), 0, 0, 0).bits(0b0001, 4);
  const slice = golomb(golomb(new BitWriter().bits(0x65, 8), 0, 7, 0).bits(0, 4), 0).bits(0, 2);
  const data = new Uint8Array(200).fill(0x5a);
  return withStartCode(sps.bytes(), pps.bytes(), Uint8Array.of(...slice.bytes(), ...data));
}

/** Our encoder's stream, the size in its sequence parameter set changed. */
async function hugeHevc(): Promise<Uint8Array> {
  const config = { codec: 'hev1.1.6.L60.90', width: 64, height: 64, hevc: { format: 'annexb' } } as const;
  const { chunks } = await encodeVideo(config, [makeFrame(64, 64, 0)]);
  const units = annexBNalUnits(copyOf(chunks[0]!).data);
  return withStartCode(
    ...units.map((unit) => {
      const raw = rawByteSequence(unit);
      return (unit[0]! >> 1) % 64 === 33 ? resized(raw) : raw;
    }),
  );
}

function resized(sps: Uint8Array): Uint8Array {
  const reader = new BitReader(sps);
  const writer = new BitWriter();
  const copy = (count: number) => {
    const value = reader.bits(count);
    writer.bits(value, count);
    return value;
  };
  // NAL unit header, identifier, number of sub-layers, nesting; then the profile, tier and level of 96 bits.
  copy(16);
  copy(4);
  const subLayers = copy(3);
  copy(1);
  for (let i = 0; i < 12; i++) copy(8);
  // Kvazaar says nothing of its sub-layers: 16 bits of flags.
  if (subLayers > 0) assert.equal(copy(16), 0);
  golomb(writer, reader.unsignedExpGolomb(), reader.unsignedExpGolomb());
  reader.unsignedExpGolomb();
  reader.unsignedExpGolomb();
  golomb(writer, huge - 8, huge - 8);
  while (reader.left > 0) copy(1);
  return writer.bytes();
}

function hugeVp8(): Uint8Array {
  const data = new Uint8Array(64).fill(0x55);
  // Frame tag, start code, 14 bits for each size.
  data.set([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f]);
  return data;
}

function hugeVp9(): Uint8Array {
  // Frame marker, profile 0, a shown key frame, sync code, colours, and sizes less one.
  const header = new BitWriter().bits(0b10_00_0_0_1_0, 8).bits(0x498342, 24).bits(0b0010, 4);
  header
    .bits(huge - 1, 16)
    .bits(huge - 1, 16)
    .bits(0, 1);
  return Uint8Array.of(...header.bytes(), ...new Uint8Array(200).fill(0x5a));
}

function hugeAv1(): Uint8Array {
  // Main, a still picture with the reduced header, level 6.3; sizes in 16 bits; no tools; 8 bits, 4:2:0; no grain.
  const sequence = new BitWriter().bits(0b000_1_1, 5).bits(19, 5).bits(15, 4).bits(15, 4);
  sequence
    .bits(huge - 1, 16)
    .bits(huge - 1, 16)
    .bits(0, 6)
    .bits(0b0000, 4)
    .bits(0, 2)
    .bits(0b0_0_1, 3);
  const header = sequence.bytes();
  const frame = new Uint8Array(100).fill(0x5a);
  return Uint8Array.of(0x0a, header.length, ...header, 0x32, frame.length, ...frame);
}

describe('headers that promise too much', () => {
  const headers: [codec: string, make: () => Uint8Array | Promise<Uint8Array>][] = [
    ['avc1.42003e', hugeAvc],
    ['hev1.1.6.L186.90', hugeHevc],
    ['vp8', hugeVp8],
    ['vp09.00.62.08', hugeVp9],
    ['av01.0.31M.08', hugeAv1],
  ];
  for (const [codec, make] of headers) {
    for (const optimizeForLatency of [false, true]) {
      const mode = optimizeForLatency ? ', for low latency' : '';
      test(`${codec}${mode}: the largest picture is refused before its memory is taken`, async () => {
        const data = await make();
        const packet: Packet = { type: 'key', timestamp: 0, data };
        const config = { codec, optimizeForLatency };
        assert.equal(await assertQuickAndSmall(codec, () => runVideo(config, [packet])), 'EncodingError');
      });
    }
  }

  const av1Size = (...bytes: number[]): Uint8Array => Uint8Array.of(0x0a, ...bytes);
  const endless: [name: string, config: VideoDecoderConfig, data: Uint8Array][] = [
    ['an OBU size without end', { codec: 'av01.0.04M.08' }, av1Size(...new Uint8Array(4096).fill(0xff))],
    ['an OBU of 2^56 bytes', { codec: 'av01.0.04M.08' }, av1Size(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['an OBU of 4 GB', { codec: 'av01.0.04M.08' }, av1Size(0xff, 0xff, 0xff, 0xff, 0x0f, 0)],
    ['start codes alone', { codec: 'avc1.42001e' }, new Uint8Array(30_000).map((_, i) => (i % 3 === 2 ? 1 : 0))],
    ['start codes alone', { codec: 'hev1.1.6.L93.B0' }, new Uint8Array(30_000).map((_, i) => (i % 3 === 2 ? 1 : 0))],
    ['zeros', { codec: 'avc1.42001e' }, new Uint8Array(1 << 20)],
    ['zeros', { codec: 'hev1.1.6.L93.B0' }, new Uint8Array(1 << 20)],
    ['zeros', { codec: 'vp09.00.10.08' }, new Uint8Array(1 << 20)],
    ['zeros', { codec: 'av01.0.04M.08' }, new Uint8Array(1 << 20)],
    ['ones', { codec: 'vp8' }, new Uint8Array(1 << 20).fill(0xff)],
    ['a VP9 superframe of nothing', { codec: 'vp09.00.10.08' }, new Uint8Array(40).fill(0xdf)],
  ];
  for (const [name, config, data] of endless) {
    test(`${name} (${config.codec})`, async () => {
      const ending = await assertQuickAndSmall(name, () => runVideo(config, [{ type: 'key', timestamp: 0, data }]));
      assert.notEqual(ending, 'NotSupportedError');
    });
  }

  test('NAL units of 4 GB', async () => {
    for (const codec of ['avc1.64001f', 'hvc1.1.6.L60.90']) {
      const { chunks, metadata } = await encodeVideo({ codec, width: 64, height: 64 }, [makeFrame(64, 64, 0)]);
      const packet = copyOf(chunks[0]!);
      packet.data.fill(0xff, 0, 4);
      const config = metadata[0]!.decoderConfig!;
      assert.equal(await assertQuickAndSmall(codec, () => runVideo(config, [packet])), 'EncodingError');
    }
  });

  test('a codec at work beside all this is not harmed', { timeout: 60_000 }, async () => {
    const frames = Array.from({ length: 20 }, (_, index) => makeFrame(176, 144, index));
    const { chunks, metadata } = await encodeVideo({ codec: 'vp8', width: 176, height: 144 }, frames);
    let count = 0;
    const decoder = new VideoDecoder({
      output: (frame) => {
        count++;
        frame.close();
      },
      error: assert.fail,
    });
    decoder.configure(metadata[0]!.decoderConfig!);
    for (const chunk of chunks) {
      decoder.decode(chunk);
      for (const [codec, make] of headers)
        await runVideo({ codec }, [{ type: 'key', timestamp: 0, data: await make() }]);
    }
    await decoder.flush();
    decoder.close();
    assert.equal(count, chunks.length);
  });
});
