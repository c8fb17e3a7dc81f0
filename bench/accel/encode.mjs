/** Encodes raw 720p I420 pictures on the native engine: "PATH CODEC BITRATE FRAMERATE"; prints a Measurement with the bytes. */
import { openSync, readSync } from 'node:fs';
import { VideoEncoder, VideoFrame } from 'everycodec';
import { print, raise, requireNative, startMeasuring } from './library.mjs';

const [path, codec, bitrate, framerate] = process.argv.slice(2);
const [width, height] = [1280, 720];
const file = openSync(path, 'r');

const finish = startMeasuring();
let bytes = 0;
const encoder = new VideoEncoder({
  output: (chunk) => {
    bytes += chunk.byteLength;
  },
  error: raise,
});
encoder.configure({
  ...{ codec, width, height, bitrate: Number(bitrate), framerate: Number(framerate) },
  ...{ bitrateMode: 'constant', latencyMode: 'realtime' },
});
const pixels = new Uint8Array((width * height * 3) / 2);
let frames = 0;
for (; readSync(file, pixels) === pixels.length; frames++) {
  const timestamp = Math.round((frames * 1e6) / Number(framerate));
  const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
  encoder.encode(frame);
  frame.close();
  while (encoder.encodeQueueSize > 2) {
    await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
  }
}
await encoder.flush();
const measurement = finish(frames);
requireNative('everycodec', encoder);
encoder.close();
print({ ...measurement, bytes });
