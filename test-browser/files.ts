import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Kind, repository } from './configure.ts';

/** Those of Node's tests that run in browsers. */
const nodeTests = [
  'test/conformance/video.test.ts',
  'test/conformance/audio.test.ts',
  'test/conformance/images.test.ts',
  'test/round-trip.test.ts',
];

const testsIn = (folder: string): string[] =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);

/** Paths of the tests that run in pages of this kind. */
export function testFiles(kind: Kind): string[] {
  const files = kind === 'native' ? testsIn('test-browser/native') : [...nodeTests, ...testsIn('test-browser')];
  return files.map((file) => join(repository, file));
}
