import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './configure.ts';

/** Those of Node's tests that run in browsers, and those for browsers alone; paths. */
export const testFiles = (): string[] =>
  [
    'test/conformance/video.test.ts',
    'test/conformance/audio.test.ts',
    'test/conformance/images.test.ts',
    'test/round-trip.test.ts',
    ...readdirSync(join(repository, 'test-browser'))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test-browser/${name}`),
  ].map((file) => join(repository, file));
