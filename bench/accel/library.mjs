/**
 * What the scripts of this folder have in common. Plain JavaScript: a loader of TypeScript would be seen in the stalls
 * and in the memory.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as everycodec from 'everycodec';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

/** The classes of everycodec, or those of a peer that is installed in the folder. */
export function loadClasses(library, folder) {
  return library === 'everycodec' ? everycodec : createRequire(join(folder, 'index.js'))(library);
}

/** Without its addon everycodec would quietly do the work in WebAssembly. */
export function requireNative(library, codec) {
  if (library !== 'everycodec') return;
  const engine = everycodec.engineOf(codec);
  if (!engine?.startsWith('native')) throw new Error(`the engine is ${engine}, not the addon`);
}

export async function readVideo(path) {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const track = await input.getPrimaryVideoTrack();
  const packets = [];
  for await (const { type, microsecondTimestamp, data } of new EncodedPacketSink(track).packets()) {
    packets.push({ type, timestamp: microsecondTimestamp, data });
  }
  return { config: await track.getDecoderConfig(), packets };
}

export const raise = (error) => {
  throw error;
};

/** Decodes all packets; the caller flushes. */
export async function decodeAll(decoder, EncodedVideoChunk, packets, mostQueued) {
  for (const packet of packets) {
    decoder.decode(new EncodedVideoChunk(packet));
    while (decoder.decodeQueueSize > mostQueued) {
      await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
    }
  }
}

/** CPU seconds of the thread that runs JavaScript, which is the first of its process. */
const threadTime = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;

/** Measures the work between the call and the returned function's call. */
export function startMeasuring() {
  const cpuAtStart = process.cpuUsage();
  const threadAtStart = threadTime();
  const begin = performance.now();
  return (amount) => {
    const { user, system } = process.cpuUsage(cpuAtStart);
    const wall = (performance.now() - begin) / 1000;
    const memory = process.resourceUsage().maxRSS / 1000;
    return { amount, cpu: (user + system) / 1e6, wall, thread: threadTime() - threadAtStart, memory };
  };
}

/** The same with the longest stall of the event loop, whose watching takes time. */
export function startWatching() {
  const resolution = 1;
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const finish = startMeasuring();
  return (amount) => {
    const measurement = finish(amount);
    delays.disable();
    return { ...measurement, stall: Math.max(0, delays.max / 1e6 - resolution) };
  };
}

/** The last act: a peer may keep its process from ending. */
export function print(measurement) {
  process.stdout.write(JSON.stringify(measurement), () => process.exit());
}
