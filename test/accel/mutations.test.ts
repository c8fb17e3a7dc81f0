/** Damaged packets through each native decoder: pictures, sounds or one error, and a process that goes on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addonAbsent } from './addon.ts';
import { runProgram } from './child.ts';

interface Result {
  packets: number;
  outputs: number;
  errors: Record<string, number>;
  twice: number;
  engine: string;
  /** A sound stream decoded at the end. */
  recovered: boolean;
}

const decoders = [
  ['video', 'avc1.42001f', 5000],
  ['video', 'hvc1.1.6.L60.90', 5000],
  ['video', 'vp8', 5000],
  ['video', 'vp09.00.10.08', 5000],
  ['video', 'av01.0.01M.08', 5000],
  ['audio', 'mp4a.40.2', 5000],
  ['audio', 'mp3', 5000],
  ['audio', 'opus', 5000],
  ['audio', 'vorbis', 5000],
  ['audio', 'flac', 5000],
] as const;

/** DataError: a first packet that says itself that it is none; TypeError: a description that no codec has. */
const allowed = ['EncodingError', 'NotSupportedError', 'thrown DataError', 'thrown TypeError'];

describe('damaged packets', { skip: addonAbsent, concurrency: 2, timeout: 500_000 }, () => {
  for (const [kind, codec, count] of decoders) {
    test(`${count} of ${codec}`, async (context) => {
      const result = await runProgram<Result>('mutations.ts', [kind, codec, String(count), '20'], { timeout: 240_000 });
      context.diagnostic(JSON.stringify(result));
      assert.ok(result.packets >= count, `${result.packets} packets`);
      assert.match(result.engine, /^native /);
      assert.deepEqual(
        Object.keys(result.errors).filter((name) => !allowed.includes(name)),
        [],
      );
      assert.equal(result.twice, 0, 'an error came twice');
      assert.ok(result.recovered, 'a sound stream afterwards does not decode');
    });
  }
});
