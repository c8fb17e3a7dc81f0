/** Where there is no canvas at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchCanvas } from '../../src/polyfill/canvas.ts';
import { VideoFrame } from '../../src/webcodecs/video-frame.ts';

test('frames are made of no image, and the error says what helps', () => {
  const image = { [Symbol.toStringTag]: 'OffscreenCanvas', width: 2, height: 2 };
  assert.throws(() => new VideoFrame(image as unknown as VideoFrame, { timestamp: 0 }), {
    name: 'NotSupportedError',
    message: /polyfill\(\{ canvas \}\)/,
  });
});

test('what is not there is not made', () => {
  const before = Object.getOwnPropertyNames(globalThis);
  patchCanvas();
  assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
});
