/**
 * Decodes a 64×64 file many times over, as one stream without end, and closes every frame: what a call costs, not what
 * a picture does. "LIBRARY FOLDER PATH TIMES"; prints a Measurement.
 */
import { decodeAll, loadClasses, print, raise, readVideo, requireNative, startMeasuring } from './library.mjs';

const [library, folder, path, times] = process.argv.slice(2);
const { VideoDecoder, EncodedVideoChunk } = loadClasses(library, folder);
const { config, packets } = await readVideo(path);
const mostQueued = 32;

let frames = 0;
const decoder = new VideoDecoder({
  output(frame) {
    frames++;
    frame.close();
  },
  error: raise,
});
decoder.configure(config);

/** Compiles what is called often. */
await decodeAll(decoder, EncodedVideoChunk, packets, mostQueued);
const before = frames;
const finish = startMeasuring();
for (let round = 0; round < Number(times); round++) await decodeAll(decoder, EncodedVideoChunk, packets, mostQueued);
await decoder.flush();
const measurement = finish(frames - before);
requireNative(library, decoder);
const expected = packets.length * (Number(times) + 1);
if (frames !== expected) throw new Error(`${frames} frames of ${expected} packets`);
decoder.close();
print(measurement);
