/** What our encoders make, our decoders read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EncodedVideoChunk, type VideoEncoderConfig } from 'everycodec';
import { decodeAudio, decodeVideo, encodeAudio, encodeVideo } from './support/coding.ts';
import { bytesOf, frameDuration, makeAudio, makeFrame, makePixels, planeOf, psnr } from './support/pictures.ts';

const frameCount = 30;

function* frames(width: number, height: number, count = frameCount) {
  for (let index = 0; index < count; index++) yield makeFrame(width, height, index);
}

const videoConfigs: Record<string, VideoEncoderConfig> = {
  'H.264 constrained baseline, avc': { codec: 'avc1.42e01f', width: 320, height: 240 },
  'H.264 main, avc': { codec: 'avc1.4d001f', width: 320, height: 240 },
  'H.264 high, avc': { codec: 'avc1.640020', width: 320, height: 240 },
  'H.264 baseline, annexb': { codec: 'avc1.42001e', width: 320, height: 240, avc: { format: 'annexb' } },
  'H.264 high, realtime': { codec: 'avc1.64001f', width: 320, height: 240, latencyMode: 'realtime' },
  VP8: { codec: 'vp8', width: 320, height: 240 },
  'VP8 realtime, odd size': { codec: 'vp8', width: 175, height: 143, latencyMode: 'realtime' },
  VP9: { codec: 'vp09.00.10.08', width: 320, height: 240 },
  'VP9 realtime, odd size': { codec: 'vp09.00.10.08', width: 175, height: 143, latencyMode: 'realtime' },
  'VP9 screen content': { codec: 'vp09.00.10.08', width: 320, height: 240, contentHint: 'text' },
  HEVC: { codec: 'hvc1.1.6.L93.B0', width: 320, height: 240 },
  'HEVC realtime, annexb, odd number of blocks': {
    codec: 'hev1.1.6.L60.90',
    width: 178,
    height: 146,
    latencyMode: 'realtime',
    hevc: { format: 'annexb' },
  },
  AV1: { codec: 'av01.0.04M.08', width: 320, height: 240 },
  'AV1 realtime, odd size': { codec: 'av01.0.04M.08', width: 175, height: 143, latencyMode: 'realtime' },
  'AV1 screen content': { codec: 'av01.0.04M.08', width: 320, height: 240, contentHint: 'detail' },
};

describe('video round trips', () => {
  for (const [name, base] of Object.entries(videoConfigs)) {
    test(name, async () => {
      const config: VideoEncoderConfig = { bitrate: 1_000_000, framerate: 30, ...base };
      const { width, height } = config;
      const { chunks, metadata } = await encodeVideo(config, frames(width, height), (index) => ({
        keyFrame: index === 11 || index === 20,
      }));

      assert.equal(chunks.length, frameCount);
      assert.deepEqual(
        chunks.map((chunk) => chunk.timestamp),
        Array.from({ length: frameCount }, (_, index) => index * frameDuration),
      );
      assert.ok(chunks.every((chunk) => chunk.duration === frameDuration));
      for (const index of [0, 11, 20]) assert.equal(chunks[index]?.type, 'key', `chunk ${index}`);
      assert.ok(chunks.filter((chunk) => chunk.type === 'key').length <= 5, 'key frames nobody asked for');

      const { decoderConfig } = metadata[0]!;
      assert.ok(decoderConfig, 'the first chunk has no decoderConfig');
      assert.equal(decoderConfig.codec, config.codec);
      assert.equal(decoderConfig.codedWidth, width);
      assert.equal(decoderConfig.codedHeight, height);
      assert.ok(metadata.slice(1).every((item) => item.decoderConfig === undefined));

      const decoded = await decodeVideo(decoderConfig, chunks);
      assert.deepEqual(
        decoded.map((frame) => frame.timestamp),
        chunks.map((chunk) => chunk.timestamp),
      );
      for (const [index, frame] of decoded.entries()) {
        assert.equal(frame.format, 'I420');
        assert.deepEqual([frame.visibleRect?.width, frame.visibleRect?.height], [width, height]);
        const quality = psnr(await bytesOf(frame), makePixels(width, height, index));
        assert.ok(quality > 30, `frame ${index}: ${quality.toFixed(1)} dB`);
        frame.close();
      }
    });
  }

  test('H.264 chunks and description have the asked profile, and the form of their format', async () => {
    for (const [codec, bytes] of [
      ['avc1.42e01f', [0x42, 0xe0, 0x1f]],
      ['avc1.64001f', [0x64, 0x00, 0x1f]],
    ] as const) {
      const { chunks, metadata } = await encodeVideo({ codec, width: 64, height: 64 }, frames(64, 64, 3));
      const record = new Uint8Array(metadata[0]!.decoderConfig!.description as Uint8Array);
      assert.deepEqual([...record.subarray(1, 4)], bytes, 'AVCDecoderConfigurationRecord');
      const data = new Uint8Array(chunks[0]!.byteLength);
      chunks[0]!.copyTo(data);
      const length = new DataView(data.buffer).getUint32(0);
      assert.ok(length > 0 && length <= data.length - 4, 'the first NAL unit is not length-prefixed');
      assert.ok(![7, 8].includes(data[4]! & 31), 'parameter sets belong into the description');
    }
    const { chunks, metadata } = await encodeVideo(
      { codec: 'avc1.42e01f', width: 64, height: 64, avc: { format: 'annexb' } },
      frames(64, 64, 3),
    );
    const data = new Uint8Array(chunks[0]!.byteLength);
    chunks[0]!.copyTo(data);
    assert.equal(metadata[0]!.decoderConfig!.description, undefined);
    assert.deepEqual([...data.subarray(0, 5)], [0, 0, 0, 1, 0x67]);
    assert.deepEqual([...data.subarray(5, 8)], [0x42, 0xe0, 0x1f], 'SPS');
  });

  test('frames of another size are scaled', async () => {
    for (const codec of ['vp8', 'vp09.00.10.08', 'avc1.42e01f', 'hvc1.1.6.L93.B0', 'av01.0.04M.08']) {
      const { chunks, metadata } = await encodeVideo({ codec, width: 160, height: 120 }, frames(320, 240, 3));
      const decoded = await decodeVideo(metadata[0]!.decoderConfig!, chunks);
      assert.equal(decoded.length, 3);
      for (const [index, frame] of decoded.entries()) {
        assert.deepEqual([frame.displayWidth, frame.displayHeight], [160, 120]);
        const source = makePixels(320, 240, index);
        const pixels = await bytesOf(frame);
        let difference = 0;
        // Away from the square's edges, half the size of a gradient is the gradient at twice the place.
        for (let y = 0; y < 120; y += 8) {
          for (let x = 0; x < 160; x += 8) difference += Math.abs(pixels[y * 160 + x]! - source[2 * y * 320 + 2 * x]!);
        }
        assert.ok(difference / 300 < 8, `${codec}: mean difference ${difference / 300}`);
        frame.close();
      }
    }
  });

  test('reconfiguring keeps order and loses no frame', async () => {
    const { VideoEncoder } = await import('everycodec');
    const outputs: { timestamp: number; type: string; width: number | undefined }[] = [];
    const encoder = new VideoEncoder({
      output: (chunk, { decoderConfig }) =>
        outputs.push({ timestamp: chunk.timestamp, type: chunk.type, width: decoderConfig?.codedWidth }),
      error: assert.fail,
    });
    encoder.configure({ codec: 'vp8', width: 64, height: 64 });
    for (let index = 0; index < 3; index++) encoder.encode(makeFrame(64, 64, index));
    encoder.configure({ codec: 'vp8', width: 32, height: 32 });
    for (let index = 3; index < 5; index++) encoder.encode(makeFrame(64, 64, index));
    await encoder.flush();
    encoder.close();
    assert.deepEqual(outputs, [
      { timestamp: 0, type: 'key', width: 64 },
      { timestamp: frameDuration, type: 'delta', width: undefined },
      { timestamp: 2 * frameDuration, type: 'delta', width: undefined },
      { timestamp: 3 * frameDuration, type: 'key', width: 32 },
      { timestamp: 4 * frameDuration, type: 'delta', width: undefined },
    ]);
  });

  test('decoding goes on after flush(), from a key chunk', async () => {
    const { VideoDecoder } = await import('everycodec');
    const { chunks, metadata } = await encodeVideo(
      { codec: 'avc1.42e01f', width: 64, height: 64 },
      frames(64, 64, 6),
      (i) => ({
        keyFrame: i === 3,
      }),
    );
    const timestamps: number[] = [];
    const decoder = new VideoDecoder({
      output: (frame) => {
        timestamps.push(frame.timestamp);
        frame.close();
      },
      error: assert.fail,
    });
    decoder.configure(metadata[0]!.decoderConfig!);
    for (const chunk of chunks.slice(0, 3)) decoder.decode(chunk);
    await decoder.flush();
    assert.equal(timestamps.length, 3);
    assert.throws(() => decoder.decode(chunks[4]!), { name: 'DataError' });
    for (const chunk of chunks.slice(3)) decoder.decode(chunk);
    await decoder.flush();
    decoder.close();
    assert.deepEqual(
      timestamps,
      chunks.map((chunk) => chunk.timestamp),
    );
  });

  test('timestamps may be negative, far away, and uneven', async () => {
    const wanted = [-5_000_000, -4_999_999, 0, 17, 9_007_199_254_000_000];
    for (const codec of ['vp8', 'vp09.00.10.08', 'avc1.42e01f', 'hvc1.1.6.L93.B0', 'av01.0.04M.08']) {
      const inputs = wanted.map((timestamp, index) => {
        const frame = makeFrame(64, 64, index);
        const stamped = new (frame.constructor as typeof import('everycodec').VideoFrame)(frame, { timestamp });
        frame.close();
        return stamped;
      });
      const { chunks, metadata } = await encodeVideo({ codec, width: 64, height: 64 }, inputs);
      assert.deepEqual(
        chunks.map((chunk) => chunk.timestamp),
        wanted,
        `${codec}: encoded`,
      );
      const decoded = await decodeVideo(metadata[0]!.decoderConfig!, chunks);
      assert.deepEqual(
        decoded.map((frame) => frame.timestamp),
        wanted,
        `${codec}: decoded`,
      );
      for (const frame of decoded) frame.close();
    }
  });

  test('a chunk can be decoded twice', async () => {
    const { chunks, metadata } = await encodeVideo({ codec: 'vp8', width: 64, height: 64 }, frames(64, 64, 1));
    const again = new EncodedVideoChunk({ type: 'key', timestamp: 5, data: chunkBytes(chunks[0]!) });
    const decoded = await decodeVideo(metadata[0]!.decoderConfig!, [chunks[0]!, chunks[0]!, again]);
    assert.deepEqual(
      decoded.map((frame) => frame.timestamp),
      [0, 0, 5],
    );
    for (const frame of decoded) frame.close();
  });
});

function chunkBytes(chunk: EncodedVideoChunk): Uint8Array {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return data;
}

const audioCodecs = [
  { codec: 'opus', sampleRate: 48000, numberOfChannels: 2, lossless: false },
  { codec: 'opus', sampleRate: 44100, numberOfChannels: 1, lossless: false },
  { codec: 'mp4a.40.2', sampleRate: 44100, numberOfChannels: 2, lossless: false },
  { codec: 'mp4a.40.2', sampleRate: 48000, numberOfChannels: 1, aac: { format: 'adts' }, lossless: false },
  { codec: 'mp3', sampleRate: 44100, numberOfChannels: 2, lossless: false },
  { codec: 'mp3', sampleRate: 16000, numberOfChannels: 1, bitrateMode: 'constant', bitrate: 48000, lossless: false },
  { codec: 'vorbis', sampleRate: 48000, numberOfChannels: 2, lossless: false },
  { codec: 'vorbis', sampleRate: 44100, numberOfChannels: 6, bitrate: 320000, lossless: false },
  { codec: 'flac', sampleRate: 44100, numberOfChannels: 2, lossless: true },
  { codec: 'pcm-s16', sampleRate: 8000, numberOfChannels: 2, lossless: true },
  { codec: 'pcm-f32', sampleRate: 48000, numberOfChannels: 6, lossless: true },
  { codec: 'ulaw', sampleRate: 8000, numberOfChannels: 1, lossless: false },
  { codec: 'alaw', sampleRate: 8000, numberOfChannels: 1, lossless: false },
] as const;

describe('audio round trips', () => {
  for (const { lossless, ...config } of audioCodecs) {
    const { codec, sampleRate, numberOfChannels } = config;
    const format = 'aac' in config ? ` ${config.aac.format}` : '';
    test(`${codec}${format} ${sampleRate} Hz ${numberOfChannels} channels`, async () => {
      const block = Math.round(sampleRate / 50);
      const inputs = Array.from({ length: 50 }, (_, index) =>
        makeAudio(sampleRate, numberOfChannels, block, index * block + sampleRate),
      );
      const { chunks, metadata } = await encodeAudio(config, inputs);
      assert.ok(chunks.length > 0);
      assert.equal(chunks[0]?.timestamp, 1_000_000, 'the first timestamp is the first input’s');
      for (const [index, chunk] of chunks.entries()) {
        const previous = chunks[index - 1];
        if (previous)
          assert.ok(Math.abs(chunk.timestamp - previous.timestamp - previous.duration!) <= 1, `gap at ${index}`);
      }

      const decoded = await decodeAudio(metadata[0]!.decoderConfig!, chunks);
      assert.ok(decoded.every((data) => data.numberOfChannels === numberOfChannels));
      assert.equal(decoded[0]?.timestamp, 1_000_000);
      const outputRate = codec === 'opus' ? 48000 : sampleRate;
      assert.ok(decoded.every((data) => data.sampleRate === outputRate));

      const output = concatenate(decoded.map((data) => planeOf(data, numberOfChannels - 1)));
      assert.ok(output.length >= outputRate, 'less came out than went in');
      const reference = makeAudio(outputRate, numberOfChannels, outputRate, outputRate);
      const expected = planeOf(reference, numberOfChannels - 1);
      const { snr, delay } = bestMatch(expected, output, 2200);
      const least = lossless ? 80 : codec.endsWith('law') ? 30 : 18;
      assert.ok(snr > least, `signal-to-noise ratio ${snr.toFixed(1)} dB at a delay of ${delay} frames`);
      if (lossless || codec.endsWith('law')) assert.equal(delay, 0);
    });
  }

  test('AudioData of another rate ends the encoder with EncodingError', async () => {
    await assert.rejects(
      encodeAudio({ codec: 'opus', sampleRate: 48000, numberOfChannels: 1 }, [makeAudio(44100, 1, 441)]),
      { name: 'EncodingError' },
    );
  });
});

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The delay at which `output` is most like `expected`, compared over half a second of its middle. */
function bestMatch(expected: Float32Array, output: Float32Array, longestDelay: number): { snr: number; delay: number } {
  const begin = Math.floor(expected.length / 4);
  const length = Math.floor(expected.length / 2);
  let best = { snr: Number.NEGATIVE_INFINITY, delay: 0 };
  for (let delay = 0; delay <= longestDelay; delay++) {
    let signal = 0;
    let error = 0;
    for (let i = begin; i < begin + length; i += 3) {
      signal += expected[i]! ** 2;
      error += (expected[i]! - (output[i + delay] ?? 0)) ** 2;
    }
    const snr = 10 * Math.log10(signal / Math.max(error, 1e-20));
    if (snr > best.snr) best = { snr, delay };
  }
  return best;
}
