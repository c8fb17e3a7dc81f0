/** Encodes raw 720p I420 pictures with everycodec; prints a Measurement with the bytes that came out. */
import { openSync, readSync } from 'node:fs';
import { VideoEncoder, VideoFrame } from 'everycodec';
import { startMeasuring } from './measure.ts';

const [path, codec, bitrate, latencyMode] = process.argv.slice(2);
const width = 1280;
const height = 720;
const file = openSync(path!, 'r');

const finish = startMeasuring();
let bytes = 0;
const encoder = new VideoEncoder({
  output: (chunk) => {
    bytes += chunk.byteLength;
  },
  error: (error) => {
    throw error;
  },
});
encoder.configure({
  codec: codec!,
  width,
  height,
  bitrate: Number(bitrate),
  bitrateMode: 'constant',
  framerate: 30,
  latencyMode: latencyMode as 'realtime',
});
const pixels = new Uint8Array((width * height * 3) / 2);
for (let index = 0; readSync(file, pixels) === pixels.length; index++) {
  const timestamp = Math.round((index * 1e6) / 30);
  const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
  encoder.encode(frame);
  frame.close();
  while (encoder.encodeQueueSize > 2) {
    await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
  }
}
await encoder.flush();
encoder.close();
process.stdout.write(JSON.stringify({ ...finish(), bytes }));
