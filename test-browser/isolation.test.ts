/** Pages and their workers are what the run says they are, with threads or without, and code in both. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frameCount, type RoundTrip, roundTrip, videoCodecs } from './round-trip.ts';
import type { Report } from './round-trip-worker.ts';

const isIsolated = document.documentElement.dataset.isolated === 'true';
const timeout = 60_000;

function check({ isIsolated: actual, engine, quality, audioFrames }: RoundTrip): void {
  assert.equal(actual, isIsolated);
  const threads = navigator.hardwareConcurrency;
  assert.equal(engine, isIsolated ? `wasm (SIMD, ${threads} threads)` : 'wasm (SIMD)');
  assert.deepEqual(Object.keys(quality), videoCodecs);
  for (const [codec, values] of Object.entries(quality)) {
    assert.equal(values.length, frameCount, codec);
    assert.ok(
      values.every((value) => value > 30),
      `${codec}: ${values.map((value) => value.toFixed(1))} dB`,
    );
  }
  assert.ok(audioFrames >= 48_000, `${audioFrames} frames of sound`);
}

function roundTripInWorker(): Promise<Report> {
  const worker = new Worker('/test-browser/round-trip-worker.ts', { type: 'module' });
  const report = new Promise<Report>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker could not be loaded'));
  });
  return report.finally(() => worker.terminate());
}

describe(isIsolated ? 'with threads' : 'without threads', () => {
  test('the browser’s own classes are gone', () => {
    const natives = ['VideoFrame', 'VideoDecoder', 'AudioEncoder', 'ImageDecoder'].filter((name) => name in globalThis);
    assert.deepEqual(natives, []);
  });

  test('in a page', { timeout }, async () => check(await roundTrip()));

  test('in a worker', { timeout }, async () => {
    const report = await roundTripInWorker();
    if ('error' in report) assert.fail(report.error);
    check(report);
  });
});
