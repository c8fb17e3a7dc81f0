/**
 * Decodes a clip over and over with everycodec's own classes on one thread. It tells the server by addresses: /ready when
 * the packets are there, /done/FRAMES/SECONDS, /failed/WHY. Polling would cost the browser's time.
 */
import { EncodedVideoChunk, polyfill, setThreads, VideoDecoder } from '/dist/browser/index.js';

// Not the browser's frames: with them pixels are copied.
polyfill({ mode: 'all' });
setThreads(1);

const mostQueued = 4;
const { config, packets } = await (await fetch('clip.json')).json();
const data = await (await fetch('clip.data')).arrayBuffer();
if (config.description) config.description = Uint8Array.from(config.description);

const fail = (error) => fetch(`/failed/${encodeURIComponent(error)}`);

async function decode(times) {
  const begin = performance.now();
  let frames = 0;
  const output = (frame) => {
    frames++;
    frame.close();
  };
  const decoder = new VideoDecoder({ output, error: fail });
  decoder.configure(config);
  for (let round = 0; round < times; round++) {
    for (const { type, timestamp, offset, size } of packets) {
      decoder.decode(new EncodedVideoChunk({ type, timestamp, data: new Uint8Array(data, offset, size) }));
      while (decoder.decodeQueueSize > mostQueued) {
        await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
      }
    }
    await decoder.flush();
  }
  decoder.close();
  await fetch(`/done/${frames}/${(performance.now() - begin) / 1000}`);
}

globalThis.begin = (times) => void decode(times).catch(fail);
await fetch('/ready');
