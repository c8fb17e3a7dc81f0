/** Decodes a file's audio track, or encodes a WAV file, with everycodec, several times over; prints a Measurement. */
import { readFileSync } from 'node:fs';
import { AudioData, AudioEncoder } from 'everycodec';
import { print, startWatching } from './measure.ts';
import { decodeAudio, readAudio } from './packets.ts';

const [what, path, times, codec] = process.argv.slice(2);
const sampleRate = 48_000;
const numberOfChannels = 2;
const headerBytes = 44;
/** 20 ms, as a page gets them from a microphone. */
const numberOfFrames = 960;

async function encode(samples: Int16Array<ArrayBuffer>): Promise<number> {
  const encoder = new AudioEncoder({
    output() {},
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: codec!, sampleRate, numberOfChannels, bitrate: 128_000 });
  const step = numberOfFrames * numberOfChannels;
  for (let at = 0; at + step <= samples.length; at += step) {
    const timestamp = Math.round((at / numberOfChannels / sampleRate) * 1e6);
    const data = samples.subarray(at, at + step);
    const input = new AudioData({ format: 's16', sampleRate, numberOfChannels, numberOfFrames, timestamp, data });
    encoder.encode(input);
    input.close();
    while (encoder.encodeQueueSize > 8) {
      await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
    }
  }
  await encoder.flush();
  encoder.close();
  return samples.length / numberOfChannels / sampleRate;
}

async function prepare(): Promise<() => Promise<number>> {
  if (what === 'decode') {
    const { config, packets } = await readAudio(path!);
    return () => decodeAudio(config, packets);
  }
  const samples = new Int16Array(Uint8Array.from(readFileSync(path!).subarray(headerBytes)).buffer);
  return () => encode(samples);
}

const work = await prepare();
const finish = startWatching();
let seconds = 0;
for (let round = 0; round < Number(times); round++) seconds += await work();
print(finish(seconds));
