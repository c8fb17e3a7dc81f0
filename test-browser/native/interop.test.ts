/** What the browser's own encoders make, our decoders read, and the reverse: the two decoders must give the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AudioDecoder, AudioEncoder, VideoDecoder, VideoEncoder, type VideoFrame } from 'everycodec';
import { decodeAudio, decodeVideo, type EncodedVideo, encodeAudio, encodeVideo } from '../../test/support/coding.ts';
import { bytesOf, psnr } from '../../test/support/pictures.ts';
import { isFirefox, isNative, isWebKitGtk, native } from './classes.ts';
import { drawnPixels, height, paintedFrame, width } from './pictures.ts';
import { decodedWrong, encodedSilent, level, sampleRate, samplesOf, sounds } from './sounds.ts';

const frameCount = 12;
const timeout = 30_000;

const paintedFrames = () => Array.from({ length: frameCount }, (_, index) => paintedFrame(index));

/** The visible pixels where both are of one format, else what a canvas shows of both. */
async function comparable(ours: VideoFrame, theirs: VideoFrame): Promise<[Uint8Array, Uint8Array]> {
  if (ours.format === theirs.format) return [await bytesOf(ours), await bytesOf(theirs)];
  return [drawnPixels(ours), drawnPixels(theirs)];
}

async function assertDecodedAlike({ chunks, metadata }: EncodedVideo): Promise<void> {
  const { decoderConfig } = metadata[0]!;
  const ours = await decodeVideo(decoderConfig!, chunks, VideoDecoder);
  const theirs = await decodeVideo(decoderConfig!, chunks, native.VideoDecoder);
  assert.equal(ours.length, frameCount);
  assert.equal(theirs.length, frameCount);
  for (const [index, frame] of ours.entries()) {
    const other = theirs[index]!;
    assert.equal(frame.timestamp, other.timestamp);
    assert.deepEqual([frame.displayWidth, frame.displayHeight], [other.displayWidth, other.displayHeight]);
    const [a, b] = await comparable(frame, other);
    // Firefox gives RGB, by a conversion of its own.
    if (frame.format === other.format) assert.deepEqual(a, b, `frame ${index} of ${frame.format} differs`);
    else assert.ok(psnr(a, b) > 35, `frame ${index}: ${psnr(a, b).toFixed(1)} dB apart`);
    frame.close();
    other.close();
  }
}

const videoCodecs = ['avc1.42e01f', 'avc1.640020', 'vp8', 'vp09.00.10.08', 'vp09.02.10.10', 'av01.0.04M.08'];
const configOf = (codec: string) => ({ codec, width, height, bitrate: 1_500_000, framerate: 30 });

const nativeEncoders: string[] = [];
for (const codec of videoCodecs) if (await isNative(native.VideoEncoder, configOf(codec))) nativeEncoders.push(codec);
const nativeDecoders: string[] = [];
for (const codec of videoCodecs) if (await isNative(native.VideoDecoder, { codec })) nativeDecoders.push(codec);

describe('video', { skip: isWebKitGtk && 'WebKitGTK’s own codecs lose and change frames' }, () => {
  for (const codec of nativeEncoders) {
    test(`${codec} of the browser’s encoder`, { timeout }, async () => {
      await assertDecodedAlike(await encodeVideo(configOf(codec), paintedFrames(), undefined, native.VideoEncoder));
    });
  }

  for (const codec of nativeDecoders) {
    test(`${codec} of our encoder`, { timeout }, async () => {
      await assertDecodedAlike(await encodeVideo(configOf(codec), paintedFrames(), undefined, VideoEncoder));
    });
  }

  test('H.264 of the browser’s encoder in Annex B', { timeout }, async () => {
    const config = { ...configOf('avc1.42e01f'), avc: { format: 'annexb' } } as const;
    await assertDecodedAlike(await encodeVideo(config, paintedFrames(), undefined, native.VideoEncoder));
  });
});

const soundConfig = (codec: string) => ({ codec, sampleRate, numberOfChannels: 2 });
const nativeSoundEncoders: string[] = [];
for (const codec of ['opus', 'vorbis']) {
  if (await isNative(native.AudioEncoder, soundConfig(codec))) nativeSoundEncoders.push(codec);
}

/** Root mean square of the difference, of the samples that both have. */
function distance(a: Float32Array, b: Float32Array): number {
  const length = Math.min(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / length);
}

describe('audio', { skip: isWebKitGtk && 'WebKitGTK’s own AudioData crashes' }, () => {
  const cases = [
    ...nativeSoundEncoders.map((codec) => ({ codec, Encoder: native.AudioEncoder, whose: 'the browser’s' })),
    ...['opus', 'mp4a.40.2', 'mp3', 'flac', 'vorbis', 'pcm-s16', 'ulaw'].map((codec) => {
      return { codec, Encoder: AudioEncoder, whose: 'our' };
    }),
  ];
  for (const { codec, Encoder, whose } of cases) {
    const skip = decodedWrong.has(codec) && 'the browser’s own decoder is wrong';
    test(`${codec} of ${whose} encoder`, { timeout, skip }, async () => {
      const { chunks, metadata } = await encodeAudio(soundConfig(codec), sounds(), Encoder);
      const { decoderConfig } = metadata[0]!;
      const decoded = await Promise.all(
        [AudioDecoder, native.AudioDecoder].map((Decoder) => decodeAudio(decoderConfig!, chunks, Decoder)),
      );
      const [ours, theirs] = decoded.map((outputs) => samplesOf(outputs, 0));
      assert.ok(Math.abs(ours!.length - theirs!.length) <= 2400, `${ours!.length} and ${theirs!.length} samples`);
      const isSilent = Encoder === native.AudioEncoder && encodedSilent.has(codec);
      if (!isSilent) assert.ok(level(ours!) > 0.1, 'silence');
      // 16 bits, where the browser's decoder rounds to them.
      assert.ok(distance(ours!, theirs!) < (isFirefox ? 1e-3 : 1e-4), `${distance(ours!, theirs!)} apart`);
    });
  }
});
