/**
 * Encodes 720p at the pace of 30 frames a second and decodes what comes out at once, as a call does; prints a
 * Measurement with the time from encode() to the decoded frame. The first second, while code is compiled, is left out.
 */
import { openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { EncodedVideoChunk, VideoDecoder, VideoEncoder, VideoFrame } from 'everycodec';
import { print, startWatching } from './measure.ts';
import { framerate, rawFrames } from './media.ts';

const [path, codec, bitrate] = process.argv.slice(2);
const width = 1280;
const height = 720;
const file = openSync(path!, 'r');
const size = (width * height * 3) / 2;

const fail = (error: DOMException): never => {
  throw error;
};
/** When encode() was called, by timestamp. */
const begins = new Map<number, number>();
const latencies: number[] = [];
const decoder = new VideoDecoder({
  output(frame) {
    latencies.push(performance.now() - begins.get(frame.timestamp)!);
    frame.close();
  },
  error: fail,
});
const encoder = new VideoEncoder({
  output(chunk, metadata) {
    if (metadata?.decoderConfig) decoder.configure({ ...metadata.decoderConfig, optimizeForLatency: true });
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    decoder.decode(new EncodedVideoChunk({ type: chunk.type, timestamp: chunk.timestamp, data }));
  },
  error: fail,
});
encoder.configure({
  codec: codec!,
  width,
  height,
  bitrate: Number(bitrate),
  framerate,
  latencyMode: 'realtime',
});

const pixels = new Uint8Array(size);
const period = 1000 / framerate;
const start = performance.now();

async function encodeNext(index: number): Promise<void> {
  await delay(Math.max(0, start + index * period - performance.now()));
  const timestamp = Math.round(index * period * 1000);
  readSync(file, pixels, 0, size, index * size);
  const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
  begins.set(timestamp, performance.now());
  encoder.encode(frame);
  frame.close();
}

const warmUp = framerate;
for (let index = 0; index < warmUp; index++) await encodeNext(index);
const finish = startWatching();
for (let index = warmUp; index < rawFrames; index++) await encodeNext(index);
const measurement = finish(rawFrames - warmUp);
await encoder.flush();
await decoder.flush();
if (latencies.length !== rawFrames) throw new Error(`${latencies.length} frames of ${rawFrames}`);

const sorted = latencies.slice(warmUp).sort((a, b) => a - b);
const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
print({ ...measurement, latency: { p50: at(0.5), p95: at(0.95) } });
encoder.close();
decoder.close();
