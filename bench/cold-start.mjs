/**
 * From nothing loaded to the first frame of a key frame in H.264 ("everycodec PATH"), or to an instance of @ffmpeg/core
 * ("core FOLDER"); prints a Measurement. The start of Node is no part of it. Plain JavaScript, because a loader of
 * TypeScript would be measured, too.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const begin = performance.now();
const cpuAtStart = process.cpuUsage();
const [what, path] = process.argv.slice(2);

function finish() {
  const wall = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpuAtStart);
  process.stdout.write(JSON.stringify({ amount: 1, cpu: (user + system) / 1e6, wall }));
}

async function decodeFirstFrame() {
  const { EncodedVideoChunk, VideoDecoder } = await import('everycodec');
  const decoder = new VideoDecoder({
    output(frame) {
      finish();
      frame.close();
    },
    error(error) {
      throw error;
    },
  });
  decoder.configure({ codec: 'avc1.64001f' });
  decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data: readFileSync(path) }));
  await decoder.flush();
  decoder.close();
}

async function instantiateCore() {
  Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
  const require = createRequire(path);
  const createCore = require('@ffmpeg/core');
  await createCore({ wasmBinary: readFileSync(require.resolve('@ffmpeg/core/wasm')) });
  finish();
}

await (what === 'core' ? instantiateCore() : decodeFirstFrame());
