/**
 * Codecs on several threads. A page's thread cannot wait for another one to be started, so each pack begins with all
 * that its codec will ask for; Node starts what is missing, and hides it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineOf, setThreads, VideoEncoder, type VideoEncoderConfig } from 'everycodec';
import { decodeVideo, encodeVideo } from '../test/support/coding.ts';
import { bytesOf, makeFrame, makePixels, psnr } from '../test/support/pictures.ts';

const isIsolated = document.documentElement.dataset.isolated === 'true';
const timeout = 60_000;
/** Above what one thread is enough for. */
const [width, height] = [640, 360];
const frameCount = 8;

const configs: Partial<VideoEncoderConfig>[] = [
  { codec: 'avc1.42e01f' },
  { codec: 'avc1.64001f', scalabilityMode: 'L1T3' },
  { codec: 'hvc1.1.6.L93.B0' },
  { codec: 'vp8' },
  { codec: 'vp09.00.10.08' },
  { codec: 'av01.0.04M.08' },
];

async function checkRoundTrip(config: VideoEncoderConfig): Promise<void> {
  const frames = Array.from({ length: frameCount }, (_, index) => makeFrame(width, height, index));
  const { chunks, metadata } = await encodeVideo(config, frames, (index) => ({ keyFrame: index === 5 }));
  assert.equal(chunks.length, frameCount);
  const decoded = await decodeVideo(metadata[0]!.decoderConfig!, chunks);
  assert.equal(decoded.length, frameCount);
  for (const [index, frame] of decoded.entries()) {
    const quality = psnr(await bytesOf(frame), makePixels(width, height, index));
    assert.ok(quality > 30, `frame ${index}: ${quality.toFixed(1)} dB`);
    frame.close();
  }
}

describe('threads', { skip: !isIsolated && 'pages without threads' }, () => {
  for (const count of [2, 3, 4, 8]) {
    for (const base of configs) {
      test(`${count}: ${base.codec}${base.scalabilityMode ?? ''}`, { timeout }, async () => {
        setThreads(count);
        for (const latencyMode of ['quality', 'realtime'] as const) {
          await checkRoundTrip({ ...base, width, height, bitrate: 2_000_000, framerate: 30, latencyMode } as never);
        }
      });
    }
  }

  test('an encoder says how many it has', { timeout }, async () => {
    setThreads(3);
    const encoder = new VideoEncoder({ output() {}, error: assert.fail });
    encoder.configure({ codec: 'avc1.42e01f', width, height });
    await encoder.flush();
    assert.equal(engineOf(encoder), 'wasm (SIMD, 3 threads)');
    encoder.close();
    setThreads(undefined);
  });
});
