/** Decodes a file's video track once and closes every frame: "LIBRARY FOLDER PATH [watch]"; prints a Measurement. */
import { setTimeout } from 'node:timers/promises';
import {
  decodeAll,
  loadClasses,
  print,
  raise,
  readVideo,
  requireNative,
  startMeasuring,
  startWatching,
} from './library.mjs';

const [library, folder, path, watch] = process.argv.slice(2);
const { VideoDecoder, EncodedVideoChunk } = loadClasses(library, folder);
const { config, packets } = await readVideo(path);
/** Enough to keep a decoder busy. */
const mostQueued = 4;

/** Loading an addon stops the loop, too (load.mjs); here it is there already. */
if (watch) await VideoDecoder.isConfigSupported(config);
const finish = watch ? startWatching() : startMeasuring();
let frames = 0;
const decoder = new VideoDecoder({
  output(frame) {
    frames++;
    frame.close();
  },
  error: raise,
});
decoder.configure(config);
await decodeAll(decoder, EncodedVideoChunk, packets, mostQueued);
await decoder.flush();
// What stops the loop to the last is seen when it turns again.
if (watch) await setTimeout(2);
const measurement = finish(frames);
requireNative(library, decoder);
if (frames !== packets.length) throw new Error(`${frames} frames of ${packets.length} packets`);
decoder.close();
print(measurement);
