/** Converts decoded 1080p frames to RGBA, in memory that is used again: "LIBRARY FOLDER PATH COUNT"; prints a Measurement. */
import { decodeAll, loadClasses, print, raise, readVideo, requireNative, startMeasuring } from './library.mjs';

const [library, folder, path, count] = process.argv.slice(2);
const { VideoDecoder, EncodedVideoChunk } = loadClasses(library, folder);
const options = { format: 'RGBA' };
const warmUp = 30;

const { config, packets } = await readVideo(path);
const frames = [];
const decoder = new VideoDecoder({ output: (frame) => frames.push(frame), error: raise });
decoder.configure(config);
const few = packets.slice(0, 4);
await decodeAll(decoder, EncodedVideoChunk, few, few.length);
await decoder.flush();
requireNative(library, decoder);
const bytes = new Uint8Array(frames[0].allocationSize(options));

async function convert(times) {
  for (let i = 0; i < times; i++) await frames[i % frames.length].copyTo(bytes, options);
}

await convert(warmUp);
const finish = startMeasuring();
await convert(Number(count));
const measurement = finish(Number(count));
if (bytes[3] !== 255 || bytes.every((value) => value === bytes[0])) throw new Error('that is no picture in RGBA');
for (const frame of frames) frame.close();
decoder.close();
print(measurement);
