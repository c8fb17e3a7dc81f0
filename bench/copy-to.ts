/** Converts decoded 1080p frames to RGBA, in memory that is used again; prints a Measurement. */
import type { VideoFrame } from 'everycodec';
import { print, startMeasuring } from './measure.ts';
import { decodeVideo, openVideoDecoder, readVideo } from './packets.ts';

const [path, count] = process.argv.slice(2);
const options = { format: 'RGBA' } as const;
const warmUp = 30;

const { config, packets } = await readVideo(path!);
const frames: VideoFrame[] = [];
const decoder = openVideoDecoder(config, (frame) => frames.push(frame));
await decodeVideo(decoder, packets.slice(0, 4));
const bytes = new Uint8Array(frames[0]!.allocationSize(options));
const convert = async (index: number) => void (await frames[index % frames.length]!.copyTo(bytes, options));

for (let i = 0; i < warmUp; i++) await convert(i);
const finish = startMeasuring();
for (let i = 0; i < Number(count); i++) await convert(i);
print(finish(Number(count)));
for (const frame of frames) frame.close();
decoder.close();
