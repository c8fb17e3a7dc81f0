/**
 * Sample-exact timing: what codecs add in front (pre-skip, priming) and behind (padding), and what is said of it.
 *
 * Opus's OpusHead says how much is to be skipped, and the decoder skips it: 9600 frames in, 11 chunks of 20 ms, 10248
 * frames out, as measured in Chromium 156 and Firefox 153.
 *
 * Of AAC and MP3 nothing says so. Chromium's encoders give the first chunk the first samples' timestamp and count
 * frames from there (media/filters/mac/audio_toolbox_audio_encoder.cc, media/gpu/windows/mf_audio_encoder.cc), and its
 * decoders give out all that they decode: the priming stays in, and shifts the sound by as much. So it is here.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AudioData,
  AudioDecoder,
  type AudioDecoderConfig,
  AudioEncoder,
  type AudioEncoderConfig,
  EncodedAudioChunk,
} from 'everycodec';
import { makeAudioSpecificConfig } from '../src/codecs/aac.ts';
import { parseOpusHead } from '../src/codecs/opus.ts';
import { decodeAudio, type EncodedAudio, encodeAudio } from './support/coding.ts';
import { planeOf } from './support/pictures.ts';

/** µs: of the first input. */
const origin = 1000;
/** Inputs are of another length than any codec's frames. */
const block = 487;

/** A chirp, which is like itself at one delay only. */
function chirp(sampleRate: number, channels: number, frames: number, first = 0): AudioData {
  const data = new Float32Array(frames * channels);
  for (let i = 0; i < frames; i++) {
    const t = (first + i) / sampleRate;
    const sample = 0.3 * Math.sin(2 * Math.PI * (200 * t + 1800 * t * t));
    for (let channel = 0; channel < channels; channel++) data[channel * frames + i] = sample;
  }
  const timestamp = origin + Math.round((first * 1e6) / sampleRate);
  const shape = { sampleRate, numberOfChannels: channels, numberOfFrames: frames };
  return new AudioData({ format: 'f32-planar', ...shape, timestamp, data });
}

function* chirps(sampleRate: number, channels: number, frames: number): Generator<AudioData> {
  for (let at = 0; at < frames; at += block) {
    yield chirp(sampleRate, channels, Math.min(block, frames - at), at);
  }
}

const encodeChirp = (config: AudioEncoderConfig, frames: number): Promise<EncodedAudio> =>
  encodeAudio(config, chirps(config.sampleRate, config.numberOfChannels, frames));

function join(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const farthest = 3000;

/** By how many frames `actual` lags behind the chirp, and how like it it is there, dB. */
function lagOf(actual: Float32Array, expected: Float32Array): { lag: number; snr: number } {
  let best = { lag: 0, snr: Number.NEGATIVE_INFINITY };
  const begin = Math.floor(expected.length / 4);
  const end = Math.floor((expected.length * 3) / 4);
  for (let lag = -farthest; lag <= farthest; lag++) {
    let signal = 0;
    let noise = 0;
    for (let i = begin; i < end; i += 2) {
      signal += expected[i]! ** 2;
      noise += (expected[i]! - (actual[i + lag] ?? 0)) ** 2;
    }
    const snr = 10 * Math.log10(signal / Math.max(noise, 1e-20));
    if (snr > best.snr) best = { lag, snr };
  }
  return best;
}

/** Each chunk begins where the one before ended, to the rounding of microseconds. */
function assertGapless(items: readonly { timestamp: number; duration: number | null }[]): void {
  for (const [index, { timestamp }] of items.entries()) {
    const previous = items[index - 1];
    if (!previous) continue;
    const gap = timestamp - previous.timestamp - previous.duration!;
    assert.ok(Math.abs(gap) <= 1, `${gap} µs before item ${index}`);
  }
}

function restamped(chunk: EncodedAudioChunk, timestamp: number): EncodedAudioChunk {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return new EncodedAudioChunk({ type: chunk.type, timestamp, duration: chunk.duration!, data });
}

interface Timing {
  config: AudioEncoderConfig;
  frames: number;
  chunks: number;
  /** µs: of all chunks together, to the rounding of each. */
  duration: number;
  /** Frames that come out of the decoder, at its own rate. */
  decoded: number;
  /** Frames by which the sound comes later than it went in. */
  lag: number;
  /** Of the lag: resampling may shift by parts of a frame. */
  tolerance?: number;
}

const opus = (sampleRate: number, numberOfChannels = 2, options: AudioEncoderConfig['opus'] = undefined) => ({
  codec: 'opus',
  sampleRate,
  numberOfChannels,
  opus: options,
});
const plain = (codec: string, sampleRate: number, numberOfChannels = 2) => ({ codec, sampleRate, numberOfChannels });

const timings: readonly Timing[] = [
  // Chromium's and Firefox's numbers.
  { config: opus(48000), frames: 9600, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0 },
  { config: opus(48000, 1), frames: 9600, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0 },
  { config: opus(44100), frames: 8820, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0 },
  // libopus codes these at their own rate; what comes out is resampled by its decoder.
  { config: opus(24000), frames: 4800, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0, tolerance: 4 },
  { config: opus(16000), frames: 3200, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0, tolerance: 4 },
  // As many chunks as the pre-skip and the sound need.
  { config: opus(48000, 6), frames: 9600, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0 },
  {
    config: opus(48000, 2, { frameDuration: 2500 }),
    frames: 9600,
    chunks: 83,
    duration: 207_500,
    decoded: 9648,
    lag: 0,
  },
  {
    config: opus(48000, 2, { frameDuration: 60_000 }),
    frames: 9600,
    chunks: 4,
    duration: 240_000,
    decoded: 11_208,
    lag: 0,
  },
  {
    config: opus(48000, 2, { application: 'lowdelay' }),
    frames: 9600,
    chunks: 11,
    duration: 220_000,
    decoded: 10_440,
    lag: 0,
  },
  { config: opus(48000), frames: 9600 + 648, chunks: 11, duration: 220_000, decoded: 10_248, lag: 0 },
  { config: opus(48000), frames: 9600 + 649, chunks: 12, duration: 240_000, decoded: 11_208, lag: 0 },
  // ⌈(frames + 1024) / 1024⌉ chunks of 1024 frames, the first 1024 of which are priming.
  { config: plain('mp4a.40.2', 48000), frames: 9600, chunks: 11, duration: 234_667, decoded: 11_264, lag: 1024 },
  { config: plain('mp4a.40.2', 44100, 1), frames: 8820, chunks: 10, duration: 232_200, decoded: 10_240, lag: 1024 },
  {
    config: plain('mp4a.40.2', 8000, 1),
    frames: 9 * 1024,
    chunks: 10,
    duration: 1_280_000,
    decoded: 10_240,
    lag: 1024,
  },
  {
    config: { ...plain('mp4a.40.2', 44100), aac: { format: 'adts' } },
    ...{ frames: 8820, chunks: 10, duration: 232_200, decoded: 10_240, lag: 1024 },
  },
  // LAME's 576 and the decoder's 529 frames, then whole frames until all has come out.
  { config: plain('mp3', 44100), frames: 8820, chunks: 9, duration: 235_102, decoded: 9 * 1152, lag: 1105 },
  { config: plain('mp3', 48000, 1), frames: 9600, chunks: 10, duration: 240_000, decoded: 10 * 1152, lag: 1105 },
  { config: plain('mp3', 22050), frames: 4410, chunks: 10, duration: 261_224, decoded: 10 * 576, lag: 1105 },
  // Nothing comes out of the first packet; the last one's end is cut by containers alone, but its duration tells.
  { config: plain('vorbis', 48000), frames: 9600, chunks: 11, duration: 200_000, decoded: 9792, lag: 0 },
  { config: plain('vorbis', 44100, 1), frames: 8820, chunks: 11, duration: 200_000, decoded: 9792, lag: 0 },
  { config: plain('flac', 48000), frames: 9600, chunks: 3, duration: 200_000, decoded: 9600, lag: 0 },
  { config: plain('flac', 44100, 1), frames: 8820, chunks: 2, duration: 200_000, decoded: 8820, lag: 0 },
  { config: plain('pcm-f32', 48000), frames: 9600, chunks: 20, duration: 200_000, decoded: 9600, lag: 0 },
  { config: plain('ulaw', 8000, 1), frames: 1600, chunks: 4, duration: 200_000, decoded: 1600, lag: 0 },
];

describe('timing', () => {
  for (const timing of timings) {
    const { config, frames } = timing;
    const { codec, sampleRate, numberOfChannels, ...options } = config;
    const name = `${codec}, ${sampleRate} Hz, ${numberOfChannels} channels, ${frames} frames ${JSON.stringify(options)}`;
    test(name, async () => {
      const { chunks, metadata } = await encodeChirp(config, frames);
      assert.equal(chunks.length, timing.chunks, 'chunks');
      assert.equal(chunks[0]!.timestamp, origin, 'the first chunk has the first samples’ timestamp');
      assertGapless(chunks);
      const duration = chunks.reduce((sum, chunk) => sum + chunk.duration!, 0);
      assert.ok(Math.abs(duration - timing.duration) <= chunks.length, `${duration} µs`);

      const decoded = await decodeAudio(metadata[0]!.decoderConfig!, chunks);
      assert.equal(decoded[0]!.timestamp, origin, 'the first samples have the first chunk’s timestamp');
      assertGapless(decoded);
      const actual = join(decoded.map((data) => planeOf(data, 0)));
      assert.equal(actual.length, timing.decoded, 'frames');
      const rate = decoded[0]!.sampleRate;
      const expected = planeOf(chirp(rate, 1, Math.round((frames * rate) / sampleRate)), 0);
      const { lag, snr } = lagOf(actual, expected);
      assert.ok(Math.abs(lag - timing.lag) <= (timing.tolerance ?? 0), `a lag of ${lag}`);
      assert.ok(snr > 20, `${snr.toFixed(1)} dB`);
      // All of the sound has come out.
      assert.ok(actual.length >= expected.length + lag);
      for (const data of decoded) data.close();
    });
  }

  test('Opus chunks are 20 ms apart to the microsecond, whatever the input’s rate', async () => {
    for (const sampleRate of [8000, 44100, 48000, 96000]) {
      const { chunks } = await encodeChirp(opus(sampleRate), sampleRate);
      for (const [index, { timestamp, duration }] of chunks.entries()) {
        assert.deepEqual([timestamp, duration], [origin + index * 20_000, 20_000], `${sampleRate} Hz`);
      }
    }
  });

  test('Vorbis: the first samples have the first packet’s timestamp, and what follows is gapless', async () => {
    const { chunks, metadata } = await encodeChirp(plain('vorbis', 48000), 9600);
    const { decoderConfig } = metadata[0]!;
    const expected = await decodeAudio(decoderConfig!, chunks);
    // Files of Matroska count the first packet, which nothing comes out for, as if something did.
    const shift = chunks[1]!.duration!;
    const shifted = chunks.map((chunk, index) => restamped(chunk, chunk.timestamp + (index > 0 ? shift : 0)));
    for (const packets of [chunks, shifted]) {
      const decoded = await decodeAudio(decoderConfig!, packets);
      assert.deepEqual(
        decoded.map(({ timestamp }) => timestamp),
        expected.map(({ timestamp }) => timestamp),
      );
      assert.equal(decoded[0]!.timestamp, origin);
      assertGapless(decoded);
    }
  });

  test('Vorbis gives samples for the packet after a flush(), with its timestamp', async () => {
    const { chunks, metadata } = await encodeChirp(plain('vorbis', 48000), 9600);
    const { decoderConfig } = metadata[0]!;
    const whole = join((await decodeAudio(decoderConfig!, chunks)).map((data) => planeOf(data, 0)));
    let decoded: AudioData[] = [];
    const decoder = new AudioDecoder({ output: (data) => decoded.push(data), error: assert.fail });
    decoder.configure(decoderConfig!);
    const parts: Float32Array[] = [];
    for (const [index, chunk] of chunks.entries()) {
      decoder.decode(restamped(chunk, 1_000_000 * index));
      await decoder.flush();
      // Half a window is missing at the very beginning alone.
      assert.equal(decoded.length, Number(index > 0), `packet ${index}`);
      if (index > 0) assert.equal(decoded[0]!.timestamp, 1_000_000 * index);
      parts.push(...decoded.map((data) => planeOf(data, 0)));
      decoded = [];
    }
    decoder.close();
    assert.deepEqual(join(parts), whole);
  });

  test('lossless codecs give back each sample', async () => {
    const source = join([...chirps(44100, 2, 8820)].map((data) => planeOf(data, 1)));
    const quantized = source.map((sample) => Math.round(sample * 0x7fff_ff) / 0x7fff_ff);
    for (const codec of ['flac', 'pcm-f32', 'pcm-s32', 'pcm-s24']) {
      const { chunks, metadata } = await encodeChirp(plain(codec, 44100), 8820);
      const decoded = await decodeAudio(metadata[0]!.decoderConfig!, chunks);
      const actual = join(decoded.map((data) => planeOf(data, 1)));
      assert.equal(actual.length, quantized.length);
      const worst = actual.reduce((most, sample, index) => Math.max(most, Math.abs(sample - quantized[index]!)), 0);
      assert.ok(worst <= 2 ** -23 * 1.5, `${codec}: ${worst}`);
    }
  });

  test('an encoder begins anew after flush(): priming, timestamps and all', async () => {
    for (const codec of ['opus', 'mp4a.40.2', 'mp3', 'vorbis', 'flac']) {
      const chunks: EncodedAudioChunk[] = [];
      let config: AudioDecoderConfig | undefined;
      const encoder = new AudioEncoder({
        output: (chunk, metadata) => {
          chunks.push(chunk);
          config ??= metadata.decoderConfig;
        },
        error: assert.fail,
      });
      encoder.configure(plain(codec, 48000));
      for (const data of chirps(48000, 2, 4800)) encoder.encode(data);
      await encoder.flush();
      const first = chunks.splice(0);
      // Later than where the first run ended: a gap in time is kept.
      const late = new AudioData({
        ...{ format: 'f32-planar', sampleRate: 48000, numberOfChannels: 2, numberOfFrames: 4800, timestamp: 5_000_000 },
        data: new Float32Array(9600),
      });
      encoder.encode(late);
      await encoder.flush();
      encoder.close();
      assert.equal(first[0]!.timestamp, origin, codec);
      assert.equal(chunks[0]!.timestamp, 5_000_000, codec);
      assert.equal(chunks.length, first.length, codec);
      const decoded = await decodeAudio(config!, [...first, ...chunks]);
      assert.ok(
        decoded.some(({ timestamp }) => Math.abs(timestamp - 5_000_000) < 25_000),
        codec,
      );
    }
  });

  test('the pre-skip is what OpusHead says, and is skipped once', async () => {
    const { chunks, metadata } = await encodeChirp(opus(48000), 9600);
    const { decoderConfig } = metadata[0]!;
    assert.equal(parseOpusHead(new Uint8Array(decoderConfig!.description as Uint8Array)).preSkip, 312);
    let frames = 0;
    const decoder = new AudioDecoder({ output: (data) => (frames += data.numberOfFrames), error: assert.fail });
    decoder.configure(decoderConfig!);
    for (const chunk of chunks) decoder.decode(chunk);
    await decoder.flush();
    assert.equal(frames, 10_248);
    for (const chunk of chunks) decoder.decode(chunk);
    await decoder.flush();
    assert.equal(frames, 10_248 + 10_560);
    decoder.close();
    // Plain Opus, without a description, says nothing of a pre-skip.
    const { description: _, ...bare } = decoderConfig!;
    const decoded = await decodeAudio(bare, chunks);
    assert.equal(
      decoded.reduce((sum, data) => sum + data.numberOfFrames, 0),
      10_560,
    );
  });
});

/** Hz, by the zero crossings between the first and the last. */
function frequencyOf(samples: Float32Array, sampleRate: number): number {
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1]!, samples[i]!];
    if (before < 0 && after >= 0) crossings.push(i - 1 + before / (before - after));
  }
  return ((crossings.length - 1) * sampleRate) / (crossings.at(-1)! - crossings[0]!);
}

// No tool here encodes HE-AAC, and no file here holds any. A decoder that is told of spectral band replication or
// parametric stereo, and then finds none in the stream, still does the rest: twice the rate, two channels.
describe('HE-AAC as far as it can be had', () => {
  const frames = 24_000;
  const tone = (channels: number): AudioData =>
    new AudioData({
      ...{ format: 'f32-planar', sampleRate: 24_000, numberOfChannels: channels, numberOfFrames: frames, timestamp: 0 },
      data: Float32Array.from(
        { length: frames * channels },
        (_, i) => 0.25 * Math.sin((2 * Math.PI * 1000 * (i % frames)) / 24_000),
      ),
    });

  for (const [codec, objectType, coreChannels] of [
    ['mp4a.40.5', 5, 2],
    ['mp4a.40.29', 29, 1],
    // Parametric stereo may turn up in any stream of one channel: FFmpeg, so also Chromium, gives two from the start.
    ['mp4a.40.5', 5, 1],
  ] as const) {
    test(`${codec}, ${coreChannels} core channels: twice the core’s rate, two channels, the same sound`, async () => {
      const { chunks } = await encodeAudio(plain('mp4a.40.2', 24_000, coreChannels), [tone(coreChannels)]);
      const description = makeAudioSpecificConfig(objectType, 48_000, coreChannels);
      const decoded = await decodeAudio({ ...plain(codec, 48_000), description }, chunks);
      assert.equal(decoded.length, chunks.length);
      for (const data of decoded) {
        assert.deepEqual([data.sampleRate, data.numberOfChannels, data.numberOfFrames], [48_000, 2, 2048]);
      }
      assertGapless(decoded);
      for (const channel of [0, 1]) {
        const samples = join(decoded.map((data) => planeOf(data, channel))).subarray(8192, 40_960);
        assert.ok(Math.abs(frequencyOf(samples, 48_000) - 1000) < 1);
        const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
        assert.ok(Math.abs(level - 0.25 * Math.SQRT1_2) < 0.01, `level ${level}`);
      }
    });
  }
});
