/** polyfill({ mode: 'gaps' }): the browser's codecs where it has them, ours where not, behind the same classes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AudioDecoder, AudioEncoder, polyfill, VideoDecoder, VideoEncoder } from 'everycodec';
import { decodeAudio, decodeVideo, encodeAudio, encodeVideo } from '../../test/support/coding.ts';
import { frameDuration } from '../../test/support/pictures.ts';
import { isNative, isWebKitGtk, native } from './classes.ts';
import { noting } from './engines.ts';
import { drawnQuality, height, paintedFrame, width } from './pictures.ts';
import { decodedWrong, encodedSilent, level, sampleRate, samplesOf, sounds } from './sounds.ts';

const result = polyfill({ mode: 'gaps' });
const codecs = { AudioDecoder, AudioEncoder, VideoDecoder, VideoEncoder };
const globals = globalThis as unknown as typeof native;
const frameCount = 10;
const timeout = 30_000;

/** Checks which engine gave all the outputs. */
function assertEngine(engines: Set<string | undefined>, isNativeExpected: boolean, what: string): void {
  assert.equal(engines.size, 1, `${what}: ${[...engines]}`);
  const [engine] = engines;
  if (isNativeExpected) assert.equal(engine, 'native', what);
  else assert.match(engine!, /^wasm/, what);
}

describe('polyfill({ mode: "gaps" })', () => {
  test('says what it did', () => {
    const names = Object.keys(codecs);
    assert.deepEqual(result.filled, names);
    for (const name of ['VideoFrame', 'AudioData', 'EncodedVideoChunk', 'EncodedAudioChunk'] as const) {
      assert.ok(result.kept.includes(name), name);
      assert.equal(globals[name], native[name]);
    }
    for (const [name, Codec] of Object.entries(codecs)) assert.equal(globals[name as 'VideoDecoder'], Codec);
    assert.deepEqual(result.installed, isWebKitGtk ? ['ImageDecoder', 'ImageTrack', 'ImageTrackList'] : []);
    assert.deepEqual(polyfill({ mode: 'gaps' }).filled, names, 'the second time');
    assert.deepEqual(polyfill().kept.includes('VideoFrame'), true, 'everycodec/auto, afterwards');
  });
});

/** WebKitGTK 2.50 says that its encoder supports this, and at times fails with it: then ours takes over. */
const isDoubtful = (codec: string): boolean => isWebKitGtk && codec.startsWith('hvc1');

describe('video', () => {
  for (const codec of [
    'avc1.42e01f',
    'avc1.640020',
    'hvc1.1.6.L93.B0',
    'vp8',
    'vp09.00.10.08',
    'vp09.02.10.10',
    'av01.0.04M.08',
    'av01.0.04M.10',
  ]) {
    // Its own encoder drops a frame and gives grey pictures.
    const skip = isWebKitGtk && codec.startsWith('avc1') && 'WebKitGTK’s own H.264 is broken';
    test(codec, { timeout, skip }, async () => {
      const config = { codec, width, height, bitrate: 1_500_000, framerate: 30 };
      const frames = Array.from({ length: frameCount }, (_, index) => paintedFrame(index));
      const [encoding, decoding] = [new Set<string | undefined>(), new Set<string | undefined>()];
      assert.equal((await VideoEncoder.isConfigSupported(config)).supported, true);
      const { chunks, metadata } = await encodeVideo(config, frames, undefined, noting(VideoEncoder, encoding));
      if (!isDoubtful(codec)) assertEngine(encoding, await isNative(native.VideoEncoder, config), 'encoder');
      assert.equal(chunks.length, frameCount);
      assert.ok(chunks.every((chunk) => chunk instanceof native.EncodedVideoChunk));

      const decoderConfig = metadata[0]!.decoderConfig!;
      assert.equal((await VideoDecoder.isConfigSupported(decoderConfig)).supported, true);
      const decoded = await decodeVideo(decoderConfig, chunks, noting(VideoDecoder, decoding));
      assertEngine(decoding, await isNative(native.VideoDecoder, decoderConfig), 'decoder');
      assert.deepEqual(
        decoded.map(({ timestamp }) => timestamp),
        frames.map((_, index) => index * frameDuration),
      );
      for (const [index, frame] of decoded.entries()) {
        assert.ok(frame instanceof native.VideoFrame);
        const quality = drawnQuality(frame, index);
        assert.ok(quality > 27, `frame ${index}: ${quality.toFixed(1)} dB`);
        frame.close();
      }
    });
  }

  test('one encoder goes from its codec to ours and back', { timeout }, async () => {
    const engines = new Set<string | undefined>();
    const outputs: [timestamp: number, codec: string | undefined][] = [];
    const encoder = new (noting(VideoEncoder, engines))({
      output: ({ timestamp }, { decoderConfig }) => outputs.push([timestamp, decoderConfig?.codec]),
      error: assert.fail,
    });
    const codecs = ['vp8', isWebKitGtk ? 'vp09.02.10.10' : 'hvc1.1.6.L93.B0', 'vp8'];
    for (const [index, codec] of codecs.entries()) {
      encoder.configure({ codec, width, height, bitrate: 1_000_000, framerate: 30 });
      for (const step of [0, 1]) {
        const frame = paintedFrame(2 * index + step);
        encoder.encode(frame);
        frame.close();
      }
    }
    await encoder.flush();
    encoder.close();
    assert.deepEqual(
      outputs.map(([timestamp]) => timestamp),
      [0, 1, 2, 3, 4, 5].map((index) => index * frameDuration),
    );
    for (const [index, codec] of codecs.entries()) assert.equal(outputs[2 * index]![1], codec);
    assert.equal(engines.has('native'), true);
    assert.equal(engines.size, 2, [...engines].join());
  });

  test('a wish for hardware is a hint', { timeout }, async () => {
    for (const hardwareAcceleration of ['prefer-hardware', 'prefer-software'] as const) {
      const engines = new Set<string | undefined>();
      const config = { codec: 'vp8', width, height, hardwareAcceleration };
      assert.equal((await VideoEncoder.isConfigSupported(config)).supported, true);
      await encodeVideo(config, [paintedFrame(0)], undefined, noting(VideoEncoder, engines));
      assertEngine(engines, true, hardwareAcceleration);
    }
  });

  test('errors are those of the specification', async () => {
    const decoder = new VideoDecoder({ output() {}, error() {} });
    assert.throws(() => decoder.configure({} as never), TypeError);
    const chunk = new native.EncodedVideoChunk({ type: 'delta', timestamp: 0, data: new Uint8Array(4) });
    assert.throws(() => decoder.decode(chunk), { name: 'InvalidStateError' });
    decoder.configure({ codec: 'vp8' });
    assert.throws(() => decoder.decode(chunk), { name: 'DataError' });
    assert.throws(() => decoder.decode({} as never), TypeError);
    const encoder = new VideoEncoder({ output() {}, error() {} });
    encoder.configure({ codec: 'vp8', width, height });
    const frame = paintedFrame(0);
    frame.close();
    assert.throws(() => encoder.encode(frame), TypeError);
    const flushed = encoder.flush();
    encoder.reset();
    await assert.rejects(flushed, { name: 'AbortError' });
    const name = await new Promise((resolve) => {
      const nobody = new VideoDecoder({ output() {}, error: (error) => resolve(error.name) });
      nobody.configure({ codec: 'vp10' });
    });
    assert.equal(name, 'NotSupportedError');
  });
});

// Its AudioData.copyTo() of planes frees memory that is not its own: "free(): invalid pointer", and the page is gone.
describe('audio', { skip: isWebKitGtk && 'WebKitGTK’s own AudioData crashes' }, () => {
  for (const codec of ['opus', 'mp4a.40.2', 'mp3', 'flac', 'vorbis', 'pcm-s16', 'pcm-f32', 'alaw', 'ulaw']) {
    const isWrong = decodedWrong.has(codec) || encodedSilent.has(codec);
    const skip = isWrong && 'the browser’s own codec is wrong';
    test(codec, { timeout, skip }, async () => {
      const config = { codec, sampleRate, numberOfChannels: 2 };
      const inputs = [...sounds()];
      const expected = level(samplesOf(inputs, 0).subarray(4800, 43_200));
      const [encoding, decoding] = [new Set<string | undefined>(), new Set<string | undefined>()];
      assert.equal((await AudioEncoder.isConfigSupported(config)).supported, true);
      const { chunks, metadata } = await encodeAudio(config, inputs, noting(AudioEncoder, encoding));
      assertEngine(encoding, await isNative(native.AudioEncoder, config), 'encoder');
      assert.ok(chunks.every((chunk) => chunk instanceof native.EncodedAudioChunk));

      const decoderConfig = metadata[0]!.decoderConfig!;
      const outputs = await decodeAudio(decoderConfig, chunks, noting(AudioDecoder, decoding));
      assertEngine(decoding, await isNative(native.AudioDecoder, decoderConfig), 'decoder');
      assert.ok(outputs.every((data) => data instanceof native.AudioData));
      const samples = samplesOf(outputs, 0);
      // A codec may add its delay, and drop it.
      assert.ok(Math.abs(samples.length - sampleRate) < 4000, `${samples.length} samples`);
      const found = level(samples.subarray(4800, 43_200));
      assert.ok(Math.abs(found / expected - 1) < 0.05, `level ${found}, not ${expected}`);
    });
  }
});
