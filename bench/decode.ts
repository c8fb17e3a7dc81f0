/** Decodes a file's video track with everycodec, several times over, closing every frame; prints a Measurement. */
import { print, startWatching } from './measure.ts';
import { decodeVideo, openVideoDecoder, readVideo } from './packets.ts';

const [path, times] = process.argv.slice(2);
const { config, packets } = await readVideo(path!);

const finish = startWatching();
let frames = 0;
const decoder = openVideoDecoder(config, (frame) => {
  frames++;
  frame.close();
});
for (let round = 0; round < Number(times); round++) await decodeVideo(decoder, packets);
decoder.close();
const measurement = finish(frames);
if (frames !== packets.length * Number(times)) throw new Error(`${frames} frames of ${packets.length} packets`);
print(measurement);
