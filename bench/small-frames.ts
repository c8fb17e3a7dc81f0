/**
 * Decodes a 64×64 file many times over and closes every frame: what a call costs, not what a picture does. With everycodec,
 * or, where a folder is named, with the libavjs-webcodecs-polyfill that is installed there. Prints a Measurement.
 */
import * as everycodec from 'everycodec';
import { print, startMeasuring } from './measure.ts';
import { readVideo } from './packets.ts';
import { loadPolyfill } from './peers/polyfill.ts';

const [path, times, folder] = process.argv.slice(2);
const { config, packets } = await readVideo(path!);
const { VideoDecoder, EncodedVideoChunk } = folder ? await loadPolyfill(folder) : everycodec;
const mostQueued = 32;

let frames = 0;
const decoder = new VideoDecoder({
  output(frame) {
    frames++;
    frame.close();
  },
  error(error) {
    throw error;
  },
});
decoder.configure(config);

/**
 * The peer works on this thread, in microtasks that keep timers from their turn; ours on another, and turns of an empty
 * loop meanwhile would be counted.
 */
const dequeued = () =>
  new Promise((resolve) => {
    if (folder) setImmediate(resolve);
    else decoder.addEventListener('dequeue', resolve, { once: true });
  });

/** One stream without end: the peer's decoder takes nothing after a flush(). */
async function decodeAll(): Promise<void> {
  for (const packet of packets) {
    decoder.decode(new EncodedVideoChunk(packet));
    while (decoder.decodeQueueSize > mostQueued) await dequeued();
  }
}

await decodeAll();
const before = frames;
const finish = startMeasuring();
for (let round = 0; round < Number(times); round++) await decodeAll();
await decoder.flush();
print(finish(frames - before));
decoder.close();
