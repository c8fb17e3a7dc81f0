/** Memory comes back: at close() of the frames, and of the codecs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

/** Decodes 300 frames of 1080p and prints the resident size, MB, after every 50. */
const script = `
  import { VideoEncoder, VideoFrame, VideoDecoder } from 'everycodec';
  const width = 1920, height = 1080;
  const chunks = [];
  let config;
  const encoder = new VideoEncoder({ output: (chunk, metadata) => { chunks.push(chunk); config ??= metadata.decoderConfig; }, error: (e) => { throw e; } });
  encoder.configure({ codec: process.argv[1], width, height, bitrate: 2e6, latencyMode: 'realtime' });
  for (let i = 0; i < 6; i++) {
    const frame = new VideoFrame(new Uint8Array(width * height * 3 / 2).fill(i * 20), { format: 'I420', codedWidth: width, codedHeight: height, timestamp: i });
    encoder.encode(frame, { keyFrame: i === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  let frames = 0;
  const decoder = new VideoDecoder({ output: (frame) => { frames++; frame.close(); }, error: (e) => { throw e; } });
  decoder.configure(config);
  const sizes = [];
  for (let i = 0; i < 300; i++) {
    decoder.decode(chunks[i % 6]);
    while (decoder.decodeQueueSize > 4) await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
    if (i % 50 === 49) { globalThis.gc(); sizes.push(Math.round(process.memoryUsage.rss() / 1e6)); }
  }
  await decoder.flush();
  console.log(JSON.stringify({ frames, sizes }));
`;

describe('memory', () => {
  for (const codec of ['avc1.640028', 'hvc1.1.6.L120.B0', 'vp8', 'vp09.00.40.08', 'av01.0.08M.08']) {
    for (const threads of ['2', '0']) {
      test(`300 frames of 1080p ${codec} leave the resident size flat, EVERYCODEC_THREADS=${threads}`, async () => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['--expose-gc', '--input-type=module', '--eval', script, codec],
          { timeout: 120_000, env: { ...process.env, NODE_OPTIONS: '', EVERYCODEC_THREADS: threads } },
        );
        const { frames, sizes } = JSON.parse(stdout) as { frames: number; sizes: number[] };
        assert.equal(frames, 300);
        // 50 frames are the warm-up; ten 1080p pictures (31 MB) is what noise may look like.
        const growth = sizes.at(-1)! - sizes[0]!;
        assert.ok(growth < 31, `resident size grew by ${growth} MB: ${sizes}`);
      });
    }
  }
});
