/** The native engine for a long time, and ended in the middle: times, memory, threads. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { EncodedVideoChunk, engineOf, setThreads, VideoDecoder, type VideoDecoderConfig } from 'everycodec';
import { readVideoTrack } from '../support/container.ts';
import { nativeAbsent } from '../support/native.ts';
import { bytesOf } from '../support/pictures.ts';
import type { StreamPacket } from '../support/stream.ts';
import { addonAbsent, addonPath } from './addon.ts';
import { runProgram, runText } from './child.ts';

process.env.EVERYCODEC_ACCEL ??= addonPath;

const frameCount = 60;
const frameDuration = 40_000;

/** Pictures whose brightness is their number, in groups of 20, three of four of them bidirectional. */
async function makeNumberedClip(): Promise<{ config: VideoDecoderConfig; packets: StreamPacket[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-numbered-'));
  const path = join(folder, 'numbered.mp4');
  const source = 'color=black:size=352x288:rate=25,format=yuv420p,geq=lum=16+3*N:cb=128:cr=128';
  const options = ['-c:v', 'libx264', '-bf', '3', '-b_strategy', '0', '-g', '20', '-qp', '8', '-sc_threshold', '0'];
  const frames = ['-frames:v', String(frameCount)];
  try {
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, ...frames, ...options, path]);
    const { stream } = await readVideoTrack(readFileSync(path));
    return { config: stream.config, packets: stream.packets };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('times of pictures that are reordered', { skip: addonAbsent || nativeAbsent }, () => {
  let clip: Awaited<ReturnType<typeof makeNumberedClip>>;

  before(async () => {
    clip = await makeNumberedClip();
    const times = clip.packets.map(({ timestamp }) => timestamp);
    assert.notDeepEqual(
      times,
      times.toSorted((a, b) => a - b),
      'the clip must have bidirectional pictures',
    );
  });

  /** The number in each picture, beside its number by its time. */
  async function numbersOf(threads: number, flushes: boolean, low: boolean) {
    setThreads(threads);
    const pairs: Promise<[number, number]>[] = [];
    let engine: string | undefined;
    const decoder: VideoDecoder = new VideoDecoder({
      output: (frame) => {
        engine = engineOf(decoder);
        const { timestamp } = frame;
        const bytes = bytesOf(frame).finally(() => frame.close());
        pairs.push(bytes.then((luma) => [Math.round((luma[1000]! - 16) / 3), timestamp / frameDuration]));
      },
      error: assert.fail,
    });
    decoder.configure({ ...clip.config, optimizeForLatency: low });
    for (const [index, packet] of clip.packets.entries()) {
      if (flushes && index > 0 && packet.type === 'key') await decoder.flush();
      decoder.decode(new EncodedVideoChunk(packet));
    }
    await decoder.flush();
    decoder.close();
    setThreads(undefined);
    return { engine, pairs: await Promise.all(pairs) };
  }

  const expected = Array.from({ length: frameCount }, (_, index) => [index, index]);
  for (const threads of [1, 2, 8]) {
    for (const flushes of [false, true]) {
      for (const low of [false, true]) {
        const title = `${threads} threads${flushes ? ', flush() in between' : ''}${low ? ', low latency' : ''}`;
        test(title, async () => {
          const { engine, pairs } = await numbersOf(threads, flushes, low);
          assert.match(engine!, /^native \(h264, /);
          assert.deepEqual(pairs, expected);
        });
      }
    }
  }
});

/** Arenas of the C library for each thread would look like growth. */
const oneArena = { MALLOC_ARENA_MAX: '1' };
const megabytes = (sizes: number[]): string => sizes.map((size) => (size / 1e6).toFixed(0)).join(', ');

/** Small pictures and large ones, decoded and dropped as `each` says; prints the resident size after each tenth. */
const decodeMany = (width: number, count: number, each: string) => `
  import { VideoDecoder, VideoEncoder, VideoFrame } from 'everycodec';
  const width = ${width}, height = width, chunks = [], kept = [], sizes = [];
  let config, frames = 0;
  const error = (reason) => { throw reason; };
  const encoder = new VideoEncoder({ output: (chunk, { decoderConfig }) => { chunks.push(chunk); config ??= decoderConfig; }, error });
  encoder.configure({ codec: 'vp8', width, height, latencyMode: 'realtime' });
  for (let i = 0; i < 5; i++) {
    const frame = new VideoFrame(new Uint8Array(width * height * 3 / 2).fill(i * 40), { format: 'I420', codedWidth: width, codedHeight: height, timestamp: i });
    encoder.encode(frame, { keyFrame: i === 0 });
    frame.close();
  }
  await encoder.flush();
  const decoder = new VideoDecoder({ output: (frame) => { frames++; ${each} }, error });
  decoder.configure(config);
  for (let i = 1; i <= ${count}; i++) {
    decoder.decode(chunks[(i - 1) % 5]);
    while (decoder.decodeQueueSize > 8) await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
    if (i % (${count} / 10)) continue;
    for (let j = 0; j < 2; j++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      globalThis.gc();
    }
    sizes.push(process.memoryUsage.rss());
  }
  await decoder.flush();
  console.log(JSON.stringify({ frames, sizes }));
`;

async function runMany(width: number, count: number, each: string): Promise<{ frames: number; sizes: number[] }> {
  const { stdout, stderr } = await runText(decodeMany(width, count, each), {
    options: ['--expose-gc'],
    environment: oneArena,
  });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

describe('memory', { skip: addonAbsent }, () => {
  test('1,000 lives of codecs, ended at every stage, leave it flat', async () => {
    const { sizes } = await runProgram<{ sizes: number[] }>('cycles.mjs', ['1000'], {
      options: ['--expose-gc'],
      environment: oneArena,
      timeout: 240_000,
    });
    // A picture of each life would take 230 MB.
    const growth = sizes.at(-1)! - sizes[1]!;
    assert.ok(growth < 60e6, megabytes(sizes));
  });

  test('10,000 small pictures leave it flat', async () => {
    const { frames, sizes } = await runMany(96, 10_000, 'frame.close();');
    assert.equal(frames, 10_000);
    // 9,000 of them would take 124 MB.
    const growth = sizes.at(-1)! - sizes[0]!;
    assert.ok(growth < 30e6, megabytes(sizes));
  });

  test('pictures that nobody closes come back with the garbage', async () => {
    const { frames, sizes } = await runMany(512, 1000, '');
    assert.equal(frames, 1000);
    // 900 of them would take 350 MB.
    const growth = sizes.at(-1)! - sizes[0]!;
    assert.ok(growth < 120e6, megabytes(sizes));
  });

  test('pictures that are kept are seen in it', async () => {
    const { sizes } = await runMany(512, 1000, 'kept.push(frame);');
    const growth = sizes.at(-1)! - sizes[0]!;
    assert.ok(growth > 300e6, megabytes(sizes));
  });
});

const startWork = `
  import { VideoDecoder, VideoEncoder, VideoFrame, AudioEncoder, AudioData } from 'everycodec';
  const width = 640, height = 480, codecs = [];
  const error = (reason) => { throw reason; };
  const frame = new VideoFrame(new Uint8Array(width * height * 3 / 2).fill(90), { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 });
  const sound = new AudioData({ format: 'f32', sampleRate: 48000, numberOfChannels: 2, numberOfFrames: 48000, timestamp: 0, data: new Float32Array(96000) });
  let outputs = 0, begun = () => {};
  for (const codec of ['vp8', 'avc1.42001f']) {
    const decoder = new VideoDecoder({ output: () => { if (++outputs === 4) begun(); }, error });
    const encoder = new VideoEncoder({ output: (chunk, { decoderConfig }) => {
      if (decoderConfig) decoder.configure(decoderConfig);
      for (let i = 0; i < 20 && decoder.state === 'configured' && chunk.type === 'key'; i++) decoder.decode(chunk);
    }, error });
    encoder.configure({ codec, width, height, latencyMode: 'realtime' });
    for (let i = 0; i < 200; i++) encoder.encode(frame, { keyFrame: i < 4 });
    codecs.push(encoder, decoder);
  }
  const audio = new AudioEncoder({ output() {}, error });
  audio.configure({ codec: 'opus', sampleRate: 48000, numberOfChannels: 2 });
  for (let i = 0; i < 20; i++) audio.encode(sound);
  await new Promise((resolve) => { begun = resolve; });
`;

describe('the end', { skip: addonAbsent }, () => {
  test('a process ends by itself with codecs left open', async () => {
    const text = `${startWork} for (const codec of codecs) await codec.flush(); console.log('done');`;
    const { stdout, code, signal } = await runText(text);
    assert.deepEqual([stdout, code, signal], ['done\n', 0, null]);
  });

  for (let i = 0; i < 3; i++) {
    test(`process.exit() in the middle of work, ${i}`, async () => {
      const { code, signal, stderr } = await runText(`${startWork} process.exit(7);`);
      assert.deepEqual([code, signal, stderr], [7, null, '']);
    });
  }

  test('an exception that nobody catches, in the middle of work', async () => {
    const { code, signal, stderr } = await runText(`${startWork} throw new Error('on purpose');`);
    assert.deepEqual([code, signal], [1, null]);
    assert.match(stderr, /on purpose/);
  });

  test('50 threads are terminated in the middle of their work', { timeout: 260_000 }, async () => {
    const work = `${startWork} (await import('node:worker_threads')).parentPort.postMessage('busy');`;
    const text = `
      import { Worker } from 'node:worker_threads';
      const url = new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(work)}.replace("'everycodec'", JSON.stringify(import.meta.resolve('everycodec')))));
      for (let i = 0; i < 50; i++) {
        const worker = new Worker(url);
        await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
        // Some at once, some a little later.
        await new Promise((resolve) => setTimeout(resolve, i % 5));
        await worker.terminate();
      }
      console.log('alive');
    `;
    const { stdout, stderr, code, signal } = await runText(text, { timeout: 240_000 });
    const last = stderr.slice(-2000);
    assert.deepEqual([stdout, code, signal], ['alive\n', 0, null], last);
  });
});
