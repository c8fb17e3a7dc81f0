/** What round-trips.js must have found. */
import assert from 'node:assert/strict';

interface RoundTrips {
  engine: string;
  video: { engines: string[]; frames: number; error: number };
  audio: { frames: number; peak: number };
  image: number[];
  packs: string[];
  uncaught?: string[];
}

const packs = ['audio-decode', 'audio-encode', 'avc-decode', 'avc-encode', 'image'];

/** `engine` is what the codecs must have run on. */
export function checkRoundTrips(result: unknown, engine: RegExp): void {
  const { engine: description, video, audio, image, packs: loaded, uncaught = [] } = result as RoundTrips;
  assert.deepEqual(uncaught, []);
  assert.match(description, engine);
  for (const name of video.engines) assert.match(name, engine);
  assert.equal(video.frames, 5);
  assert.ok(video.error <= 3, `grey is wrong by ${video.error}`);
  assert.ok(audio.frames >= 24_000, `${audio.frames} frames of sound`);
  assert.ok(Math.abs(audio.peak - 0.5) < 0.25, `the tone's peak is ${audio.peak}`);
  assert.deepEqual(image, [255, 0, 0, 255]);
  // Natively, images alone are left to WebAssembly.
  const suffix = engine === natively || description.includes('thread') ? '-threads' : '';
  const expected = engine === natively ? ['image'] : packs;
  assert.deepEqual(
    loaded,
    expected.map((name) => name + suffix),
  );
}

export const natively = /^native \(/;
export const withThreads = /^wasm \(SIMD, \d+ threads\)$/;
export const withoutThreads = /^wasm \(SIMD\)$/;
