/** How a program lives and ends: kept alive by queued work, not by idle codecs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

const run = (script: string, environment: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 60_000,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });

const encode = `
  import { VideoEncoder, VideoFrame, VideoDecoder } from 'everycodec';
  const frame = (i) => new VideoFrame(new Uint8Array(64 * 64 * 3 / 2).fill(i * 9), { format: 'I420', codedWidth: 64, codedHeight: 64, timestamp: i });
  let count = 0;
  const encoder = new VideoEncoder({ output: (chunk) => { count++; }, error: (e) => { throw e; } });
  encoder.configure({ codec: 'vp8', width: 64, height: 64 });
  process.on('exit', () => console.log(count));
`;

describe('a process', () => {
  for (const threads of ['', '0']) {
    const label = threads === '0' ? 'without shared memory' : 'with shared memory';

    test(`stays alive while work is queued and nothing else is pending, ${label}`, async () => {
      const script = `${encode} for (let i = 0; i < 40; i++) { const f = frame(i); encoder.encode(f); f.close(); }`;
      assert.equal((await run(script, { EVERYCODEC_THREADS: threads })).stdout.trim(), '40');
    });

    test(`ends by itself with codecs left open and idle, ${label}`, async () => {
      const script = `${encode} encoder.encode(frame(1)); await encoder.flush(); new VideoDecoder({ output() {}, error() {} }).configure({ codec: 'vp8' });`;
      assert.equal((await run(script, { EVERYCODEC_THREADS: threads })).stdout.trim(), '1');
    });
  }

  test('importing changes no global; everycodec/auto installs them all', async () => {
    const script = `
      const names = ['VideoDecoder', 'VideoEncoder', 'AudioDecoder', 'AudioEncoder', 'VideoFrame', 'AudioData', 'EncodedVideoChunk', 'EncodedAudioChunk', 'VideoColorSpace', 'ImageDecoder', 'ImageTrack', 'ImageTrackList'];
      await import('everycodec');
      console.log(names.filter((name) => name in globalThis).length);
      await import('everycodec/auto');
      console.log(names.filter((name) => typeof globalThis[name] === 'function' && !Object.keys(globalThis).includes(name)).length);
      const { polyfill, VideoFrame } = await import('everycodec');
      console.log(VideoFrame === globalThis.VideoFrame, polyfill().kept.length);
    `;
    assert.deepEqual((await run(script)).stdout.trim().split('\n'), ['0', '12', 'true 0']);
  });

  test('an unusable EVERYCODEC_THREADS is named', async () => {
    await assert.rejects(
      run(`${encode} encoder.encode(frame(1)); await encoder.flush();`, { EVERYCODEC_THREADS: 'many' }),
      {
        message: /EVERYCODEC_THREADS must be 0/,
      },
    );
  });
});
