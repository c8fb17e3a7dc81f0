/** Each option of AudioEncoder does what it is there for, and what it makes can be decoded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AudioData,
  type AudioDecoderConfig,
  AudioEncoder,
  type AudioEncoderConfig,
  type EncodedAudioChunk,
} from 'everycodec';
import { parseFlacDescription } from '../src/codecs/flac.ts';
import { opusPacketDuration, parseOpusHead } from '../src/codecs/opus.ts';
import { decodeAudio, encodeAudio } from './support/coding.ts';
import { makeAudio, noise, planeOf } from './support/pictures.ts';

type OpusOptions = NonNullable<AudioEncoderConfig['opus']>;
type FlacOptions = NonNullable<AudioEncoderConfig['flac']>;

const opus = (
  options: OpusOptions,
  numberOfChannels = 2,
  rest: Partial<AudioEncoderConfig> = {},
): AudioEncoderConfig => ({
  ...{ codec: 'opus', sampleRate: 48000, numberOfChannels, opus: options },
  ...rest,
});

const bytesOf = (chunk: EncodedAudioChunk): Uint8Array => {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return data;
};

const sizeOf = (chunks: readonly EncodedAudioChunk[]): number =>
  chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);

function* chords(frames: number, channels = 2, sampleRate = 48000): Generator<AudioData> {
  for (let at = 0; at < frames; at += 960) yield makeAudio(sampleRate, channels, Math.min(960, frames - at), at);
}

function audio(samples: Float32Array<ArrayBuffer>, timestamp: number, sampleRate = 48000): AudioData {
  const shape = { sampleRate, numberOfChannels: 1, numberOfFrames: samples.length };
  return new AudioData({ format: 'f32', ...shape, timestamp, data: samples });
}

/** Encodes, decodes, and checks that there is as much sound as there was, at about its level. */
async function roundTrip(
  config: AudioEncoderConfig,
): Promise<{ chunks: EncodedAudioChunk[]; config: AudioDecoderConfig }> {
  const frames = 24_000;
  const { sampleRate, numberOfChannels } = config;
  const { chunks, metadata } = await encodeAudio(config, chords(frames, numberOfChannels, sampleRate));
  const { decoderConfig } = metadata[0]!;
  const decoded = await decodeAudio(decoderConfig!, chunks);
  const planes = decoded.map((data) => planeOf(data, numberOfChannels - 1));
  const count = planes.reduce((sum, plane) => sum + plane.length, 0);
  assert.ok((count * sampleRate) / decoded[0]!.sampleRate >= frames, `${count} frames`);
  const power = planes.flatMap((plane) => [...plane]).reduce((sum, sample) => sum + sample ** 2, 0) / count;
  assert.ok(power > 0.005 && power < 0.1, `power ${power}`);
  return { chunks, config: decoderConfig! };
}

async function assertInvalid(config: AudioEncoderConfig): Promise<void> {
  await assert.rejects(AudioEncoder.isConfigSupported(config), TypeError);
  const encoder = new AudioEncoder({ output() {}, error: assert.fail });
  assert.throws(() => encoder.configure(config), TypeError);
  encoder.close();
}

describe('Opus', () => {
  test('every frame duration there is', async () => {
    for (const frameDuration of [2500, 5000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000, 120_000]) {
      for (const application of ['voip', 'audio', 'lowdelay'] as const) {
        const { chunks } = await roundTrip(opus({ frameDuration, application }, 1));
        for (const chunk of chunks) {
          assert.equal(chunk.duration, frameDuration);
          assert.equal(opusPacketDuration(bytesOf(chunk)), frameDuration, `${application}: in the packet itself`);
        }
      }
    }
  });

  test('every value of every other option', async () => {
    const options: OpusOptions[] = [
      ...Array.from({ length: 11 }, (_, complexity) => ({ complexity })),
      ...(['auto', 'music', 'voice'] as const).map((signal) => ({ signal })),
      ...[0, 1, 50, 100].map((packetlossperc) => ({ packetlossperc, useinbandfec: true })),
      ...[true, false].map((usedtx) => ({ usedtx })),
      ...(['opus', 'ogg'] as const).map((format) => ({ format })),
    ];
    for (const option of options) {
      const { config } = await AudioEncoder.isConfigSupported(opus(option));
      for (const [key, value] of Object.entries(option)) {
        assert.deepEqual((config.opus as Record<string, unknown>)[key], value, key);
      }
      for (const channels of [1, 2, 6]) await roundTrip(opus(option, channels));
    }
  });

  test('values that there are not', async () => {
    const invalid: OpusOptions[] = [
      ...[0, 1, 2499, 2501, 7500, 30_000, 120_001, 140_000].map((frameDuration) => ({ frameDuration })),
      ...[{ complexity: 11 }, { complexity: -1 }, { packetlossperc: 101 }, { packetlossperc: -1 }],
      ...([{ signal: 'noise' }, { application: 'music' }, { format: 'webm' }] as unknown as OpusOptions[]),
    ];
    for (const option of invalid) await assertInvalid(opus(option));
  });

  test('the defaults are said', async () => {
    const { config } = await AudioEncoder.isConfigSupported(opus({}));
    assert.deepEqual(config.opus, {
      ...{ application: 'audio', complexity: 9, format: 'opus', frameDuration: 20_000, packetlossperc: 0 },
      ...{ signal: 'auto', usedtx: false, useinbandfec: false },
    });
  });

  test('more complexity is other work', async () => {
    const [least, most] = await Promise.all([0, 10].map((complexity) => roundTrip(opus({ complexity }, 1))));
    assert.notDeepEqual(least!.chunks.map(bytesOf), most!.chunks.map(bytesOf));
  });

  test('an application changes the delay and the mode', async () => {
    const packets = async (options: OpusOptions, bitrate: number) => {
      const { chunks, config } = await roundTrip(opus(options, 1, { bitrate }));
      // Of the table of contents, RFC 6716, 3.1: SILK below 12, hybrid below 16, CELT from there on.
      const modes = new Set(chunks.map((chunk) => (bytesOf(chunk)[0]! >> 3 < 16 ? 'speech' : 'CELT')));
      return { modes, preSkip: parseOpusHead(new Uint8Array(config.description as Uint8Array)).preSkip };
    };
    assert.deepEqual(await packets({ application: 'voip', signal: 'voice' }, 16_000), {
      ...{ modes: new Set(['speech']), preSkip: 312 },
    });
    assert.deepEqual(await packets({ application: 'audio', signal: 'music' }, 96_000), {
      ...{ modes: new Set(['CELT']), preSkip: 312 },
    });
    assert.deepEqual(await packets({ application: 'lowdelay' }, 16_000), { modes: new Set(['CELT']), preSkip: 120 });
  });

  test('DTX leaves out packets of silence, and nothing else', async () => {
    const speech = () => {
      const sound = Float32Array.from(noise(48_000, 7), (byte, i) => (i < 24_000 ? (byte - 128) / 400 : 0));
      return Array.from({ length: 50 }, (_, index) =>
        audio(sound.slice(index * 960, (index + 1) * 960), index * 20_000),
      );
    };
    const run = async (usedtx: boolean) => {
      const options: OpusOptions = { usedtx, signal: 'voice', application: 'voip' };
      const { chunks, metadata } = await encodeAudio(opus(options, 1, { bitrate: 24_000 }), [...speech(), ...speech()]);
      const decoded = await decodeAudio(metadata[0]!.decoderConfig!, chunks);
      assert.equal(decoded.length, chunks.length);
      for (const [index, { timestamp }] of chunks.entries()) {
        // Pre-skip delays all but the first.
        if (index > 0) assert.ok(Math.abs(decoded[index]!.timestamp + 6500 - timestamp) < 3000, `chunk ${index}`);
      }
      return chunks;
    };
    const [without, dtx] = [await run(false), await run(true)];
    const tiny = (chunks: readonly EncodedAudioChunk[]) => chunks.filter((chunk) => chunk.byteLength <= 2).length;
    assert.equal(tiny(without), 0);
    assert.equal(tiny(dtx), 0);
    assert.ok(dtx.length < without.length - 10, `${without.length - dtx.length} chunks of silence left out`);
    const times = new Set(without.map(({ timestamp }) => timestamp));
    assert.ok(dtx.every(({ timestamp }) => times.has(timestamp)));
    assert.ok(sizeOf(dtx) < sizeOf(without));
  });

  test('in-band FEC adds what is needed to do without a packet', async () => {
    const run = (useinbandfec: boolean, packetlossperc: number) =>
      roundTrip(opus({ useinbandfec, packetlossperc, application: 'voip', signal: 'voice' }, 1, { bitrate: 24_000 }));
    const [none, unneeded, strong] = [await run(false, 30), await run(true, 0), await run(true, 30)];
    assert.deepEqual(none.chunks.length, strong.chunks.length);
    // The flag is in SILK's header: the packets differ only where losses are to be expected.
    const differing = (chunks: readonly EncodedAudioChunk[]) =>
      chunks.filter((chunk, i) => Buffer.compare(bytesOf(chunk), bytesOf(none.chunks[i]!)) !== 0).length;
    assert.ok(differing(strong.chunks) > strong.chunks.length / 2);
    assert.ok(differing(strong.chunks) >= differing(unneeded.chunks));
  });

  test('packetlossperc by reconfiguring: no chunk is lost, and the sound goes on', async () => {
    const chunks: EncodedAudioChunk[] = [];
    const configs: AudioDecoderConfig[] = [];
    const encoder = new AudioEncoder({
      output: (chunk, { decoderConfig }) => {
        chunks.push(chunk);
        if (decoderConfig) configs.push(decoderConfig);
      },
      error: assert.fail,
    });
    const inputs = [...chords(48_000, 1)];
    for (const [index, packetlossperc] of [0, 20, 100].entries()) {
      encoder.configure(opus({ packetlossperc, useinbandfec: true }, 1, { bitrate: 24_000 }));
      for (const data of inputs.slice(index * 16, (index + 1) * 16)) encoder.encode(data);
    }
    await encoder.flush();
    encoder.close();
    assert.equal(configs.length, 3, 'a decoderConfig for each configuration');
    assert.deepEqual(configs[1], configs[0]);
    // Each configuration ends with what its delay still held.
    assert.equal(chunks.length, 3 * 17);
    assert.deepEqual(
      chunks.filter((_, index) => index % 17 === 0).map((chunk) => chunk.timestamp),
      [0, 320_000, 640_000],
    );
    await decodeAudio(configs[0]!, chunks);
  });

  test('both formats come with an OpusHead', async () => {
    for (const format of ['opus', 'ogg'] as const) {
      for (const channels of [1, 2, 3, 8]) {
        const { config } = await roundTrip(opus({ format }, channels));
        const head = parseOpusHead(new Uint8Array(config.description as Uint8Array));
        assert.deepEqual([head.channels, head.inputSampleRate, head.preSkip], [channels, 48_000, 312]);
        assert.equal(head.mappingFamily, channels > 2 ? 1 : 0);
      }
    }
  });

  test('bitrate and bitrateMode', async () => {
    for (const bitrate of [6000, 32_000, 128_000, 510_000]) {
      const { chunks } = await roundTrip(opus({}, 2, { bitrate, bitrateMode: 'constant' }));
      const sizes = new Set(chunks.map((chunk) => chunk.byteLength));
      assert.equal(sizes.size, 1, `${bitrate} bit/s: ${[...sizes]}`);
      assert.ok(Math.abs([...sizes][0]! - (bitrate * 0.02) / 8) <= 2, `${bitrate} bit/s: ${[...sizes]} bytes`);
    }
    const { chunks } = await roundTrip(opus({}, 2, { bitrate: 64_000, bitrateMode: 'variable' }));
    assert.ok(new Set(chunks.map((chunk) => chunk.byteLength)).size > 5);
  });
});

describe('FLAC', () => {
  const flac = (options: FlacOptions): AudioEncoderConfig => ({
    ...{ codec: 'flac', sampleRate: 48000, numberOfChannels: 2, flac: options },
  });

  test('block sizes', async () => {
    for (const blockSize of [16, 192, 1000, 4096, 16_384, 65_535]) {
      const { chunks, config } = await roundTrip(flac({ blockSize }));
      const { maxBlockSize } = parseFlacDescription(new Uint8Array(config.description as Uint8Array));
      assert.equal(maxBlockSize, blockSize);
      assert.equal(chunks.length, Math.ceil(24_000 / blockSize));
      assert.equal(chunks[0]!.duration, Math.round((Math.min(blockSize, 24_000) * 1e6) / 48_000));
    }
  });

  test('levels of compression: more work, fewer bytes', async () => {
    const sizes: number[] = [];
    for (let compressLevel = 0; compressLevel <= 8; compressLevel++) {
      sizes.push(sizeOf((await roundTrip(flac({ compressLevel }))).chunks));
    }
    assert.ok(sizes[8]! < sizes[0]!, `${sizes}`);
  });

  test('values that there are not', async () => {
    for (const blockSize of [1, 15, 65_536, -1]) await assertInvalid(flac({ blockSize }));
    for (const compressLevel of [9, 12, -1]) await assertInvalid(flac({ compressLevel }));
  });

  test('the defaults are said', async () => {
    const { config } = await AudioEncoder.isConfigSupported(flac({}));
    assert.deepEqual(config.flac, { blockSize: 0, compressLevel: 5 });
  });
});

describe('AAC', () => {
  const aac = (format: 'aac' | 'adts', sampleRate: number, numberOfChannels: number): AudioEncoderConfig => ({
    ...{ codec: 'mp4a.40.2', sampleRate, numberOfChannels, aac: { format } },
  });
  const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

  test('ADTS headers say what is in the packet (ISO/IEC 14496-3, 1.A.2.2)', async () => {
    for (const [index, sampleRate] of rates.entries()) {
      for (const channels of [1, 2, 3, 4, 5, 6, 8]) {
        const inputs = [makeAudio(sampleRate, channels, 4096)];
        const { chunks, metadata } = await encodeAudio(aac('adts', sampleRate, channels), inputs);
        assert.equal(metadata[0]!.decoderConfig!.description, undefined);
        for (const chunk of chunks) {
          const data = bytesOf(chunk);
          assert.equal((data[0]! << 4) | (data[1]! >> 4), 0xfff, 'syncword');
          assert.equal(data[1]! & 15, 1, 'MPEG-4, layer 0, no CRC');
          assert.equal(data[2]! >> 6, 1, 'AAC LC');
          assert.equal((data[2]! >> 2) & 15, index, 'sampling_frequency_index');
          assert.equal(((data[2]! & 1) << 2) | (data[3]! >> 6), channels === 8 ? 7 : channels, 'channel_configuration');
          assert.equal(((data[3]! & 3) << 11) | (data[4]! << 3) | (data[5]! >> 5), data.length, 'aac_frame_length');
          assert.equal(data[6]! & 3, 0, 'one raw data block');
        }
      }
    }
  });

  test('both formats hold the same access units', async () => {
    const packets = await Promise.all(
      (['aac', 'adts'] as const).map(async (format) => {
        const { chunks, config } = await roundTrip(aac(format, 44_100, 2));
        assert.equal(config.description === undefined, format === 'adts');
        return chunks.map(bytesOf);
      }),
    );
    assert.deepEqual(
      packets[1]!.map((data) => data.subarray(7)),
      packets[0],
    );
  });

  test('a format that there is not', () => assertInvalid(aac('latm' as 'adts', 44_100, 2)));

  test('bitrate', async () => {
    const sizes: number[] = [];
    for (const bitrate of [32_000, 64_000, 128_000, 256_000]) {
      const { chunks } = await roundTrip({ ...aac('aac', 48_000, 2), bitrate });
      sizes.push(sizeOf(chunks));
      const made = (sizeOf(chunks) * 8) / (chunks.reduce((sum, chunk) => sum + chunk.duration!, 0) / 1e6);
      assert.ok(made < 1.25 * bitrate, `${made.toFixed(0)} of ${bitrate} bit/s`);
    }
    assert.deepEqual(
      sizes,
      sizes.toSorted((one, other) => one - other),
    );
  });
});
