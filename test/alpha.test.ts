/** alpha "keep": the alpha channel comes out as chunks of its own, which decode to it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EncodedVideoChunk, VideoEncoder, VideoFrame, type VideoPixelFormat } from 'everycodec';
import { decodeVideo, encodeVideo } from './support/coding.ts';
import { bytesOf, frameDuration, makePixels, psnr } from './support/pictures.ts';

const width = 160;
const height = 96;
const frameCount = 12;

/** A disc that moves, opaque within and transparent around it. */
function makeAlpha(index: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const distance = Math.hypot((at % width) - 40 - 4 * index, Math.floor(at / width) - 48);
    return Math.max(0, Math.min(255, (40 - distance) * 16));
  });
}

function makeFrame(format: VideoPixelFormat, index: number): VideoFrame {
  const alpha = makeAlpha(index);
  const planes = { I420A: () => Buffer.concat([makePixels(width, height, index), alpha]), RGBA: () => rgba(alpha) };
  const data = planes[format as 'I420A' | 'RGBA']();
  return new VideoFrame(data, {
    format,
    codedWidth: width,
    codedHeight: height,
    timestamp: index * frameDuration,
    duration: frameDuration,
  });
}

const rgba = (alpha: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 4 * alpha.length }, (_, at) => (at % 4 === 3 ? alpha[at >> 2]! : 90 + 20 * (at % 4)));

describe('alpha', () => {
  for (const codec of ['vp8', 'vp09.00.10.08', 'vp09.01.10.08.03']) {
    for (const format of ['I420A', 'RGBA'] as const) {
      test(`${codec} keeps the alpha of ${format}`, async () => {
        const inputs = Array.from({ length: frameCount }, (_, index) => makeFrame(format, index));
        const { chunks, metadata } = await encodeVideo(
          { codec, width, height, alpha: 'keep', bitrate: 1_000_000, framerate: 30 },
          inputs,
          (index) => ({ keyFrame: index === 6 }),
        );
        assert.deepEqual(
          chunks.map(({ type }) => type),
          Array.from({ length: frameCount }, (_, index) => (index % 6 === 0 ? 'key' : 'delta')),
        );
        const alphaChunks = chunks.map(
          ({ type, timestamp }, index) =>
            new EncodedVideoChunk({ type, timestamp, data: metadata[index]!.alphaSideData! }),
        );
        const config = metadata[0]!.decoderConfig!;
        // From the second key frame alone, too.
        for (const begin of [0, 6]) {
          const decoded = await decodeVideo(config, alphaChunks.slice(begin));
          assert.equal(decoded.length, frameCount - begin);
          for (const [index, frame] of decoded.entries()) {
            const luma = (await bytesOf(frame)).subarray(0, width * height);
            const quality = psnr(luma, makeAlpha(begin + index));
            assert.ok(quality > 28, `alpha of frame ${begin + index}: ${quality.toFixed(1)} dB`);
            frame.close();
          }
        }
        for (const frame of await decodeVideo(config, chunks)) frame.close();
      });
    }
  }

  test('frames without alpha are opaque', async () => {
    const frame = new VideoFrame(makePixels(width, height, 0), {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp: 0,
    });
    const { metadata } = await encodeVideo({ codec: 'vp8', width, height, alpha: 'keep' }, [frame]);
    const chunk = new EncodedVideoChunk({ type: 'key', timestamp: 0, data: metadata[0]!.alphaSideData! });
    const [decoded] = await decodeVideo(metadata[0]!.decoderConfig!, [chunk]);
    const luma = (await bytesOf(decoded!)).subarray(0, width * height);
    assert.ok(luma.every((value) => value > 250));
    decoded!.close();
  });

  test('frames of 10 bits without alpha are opaque', async () => {
    const samples = Uint16Array.from(makePixels(width, height, 0), (value) => value << 2);
    const init = { format: 'I420P10', codedWidth: width, codedHeight: height, timestamp: 0 } as const;
    const config = { codec: 'vp09.02.10.10', width, height, alpha: 'keep', bitrate: 1_000_000 } as const;
    const { metadata } = await encodeVideo(config, [new VideoFrame(samples, init)]);
    const chunk = new EncodedVideoChunk({ type: 'key', timestamp: 0, data: metadata[0]!.alphaSideData! });
    const [decoded] = await decodeVideo(metadata[0]!.decoderConfig!, [chunk]);
    assert.equal(decoded!.format, 'I420P10');
    const luma = new Uint16Array((await bytesOf(decoded!)).slice().buffer).subarray(0, width * height);
    assert.ok(luma.every((value) => value > 1000 && value < 1024));
    decoded!.close();
  });

  test('codecs without alpha say so', async () => {
    for (const codec of ['avc1.42001f', 'hvc1.1.6.L93.B0', 'av01.0.04M.08']) {
      const { supported } = await VideoEncoder.isConfigSupported({ codec, width, height, alpha: 'keep' });
      assert.equal(supported, false, codec);
    }
  });
});
