/** Encodes raw 720p I420 pictures with everycodec; prints a Measurement with the bytes that came out. */
import { openSync, readSync } from 'node:fs';
import { VideoEncoder, VideoFrame } from 'everycodec';
import { print, startWatching } from './measure.ts';
import { framerate } from './media.ts';

const [path, codec, bitrate] = process.argv.slice(2);
const width = 1280;
const height = 720;
const file = openSync(path!, 'r');

const finish = startWatching();
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
  framerate,
  latencyMode: 'realtime',
});
const pixels = new Uint8Array((width * height * 3) / 2);
let frames = 0;
for (; readSync(file, pixels) === pixels.length; frames++) {
  const timestamp = Math.round((frames * 1e6) / framerate);
  const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
  encoder.encode(frame);
  frame.close();
  while (encoder.encodeQueueSize > 2) {
    await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
  }
}
await encoder.flush();
encoder.close();
print({ ...finish(frames), bytes });
