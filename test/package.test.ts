/** The packed tarball, installed in an empty folder and used. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Installation, installPackage, npm } from './support/packed-package.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
let installed: Installation;
let folder: string;

const node = (...args: string[]) =>
  execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });

const roundTrip = `
  const frame = new VideoFrame(new Uint8Array(64 * 64 * 4), { format: 'RGBA', codedWidth: 64, codedHeight: 64, timestamp: 7 });
  const chunks = [];
  const encoder = new VideoEncoder({ output: (chunk, metadata) => chunks.push([chunk, metadata]), error: (e) => { throw e; } });
  encoder.configure({ codec: 'vp8', width: 64, height: 64 });
  encoder.encode(frame);
  const decoder = new VideoDecoder({ output: (frame) => console.log(frame.timestamp, frame.format), error: (e) => { throw e; } });
  encoder.flush().then(() => {
    decoder.configure(chunks[0][1].decoderConfig);
    decoder.decode(chunks[0][0]);
    return decoder.flush();
  });
`;

describe('the package', () => {
  before(() => {
    installed = installPackage();
    folder = installed.folder;
  });

  after(() => installed?.remove());

  test('works when imported', () => {
    writeFileSync(
      join(folder, 'use.mjs'),
      `import { VideoDecoder, VideoEncoder, VideoFrame } from 'everycodec';\n${roundTrip}`,
    );
    assert.equal(node('use.mjs').trim(), '7 I420');
  });

  test('works when required, and the classes are the same ones', () => {
    writeFileSync(
      join(folder, 'use.cjs'),
      `const { VideoDecoder, VideoEncoder, VideoFrame } = require('everycodec');\n${roundTrip}
       import('everycodec').then((module) => { if (module.VideoFrame !== VideoFrame) throw new Error('two VideoFrames'); });`,
    );
    assert.equal(node('use.cjs').trim(), '7 I420');
  });

  test('everycodec/auto installs the globals', () => {
    writeFileSync(join(folder, 'auto.mjs'), `import 'everycodec/auto';\n${roundTrip}`);
    assert.equal(node('auto.mjs').trim(), '7 I420');
  });

  test('its types serve a TypeScript program, as a module and as CommonJS', () => {
    const program = `import { VideoDecoder, type VideoDecoderConfig, type VideoFrame } from 'everycodec';
      export const config: VideoDecoderConfig = { codec: 'vp8' };
      export const decoder = new VideoDecoder({ output: (frame: VideoFrame) => frame.close(), error: (e: DOMException) => { throw e; } });
      // @ts-expect-error codec is required
      decoder.configure({});
    `;
    writeFileSync(join(folder, 'program.mts'), program);
    writeFileSync(join(folder, 'program.cts'), program);
    const tsc = join(repository, 'node_modules', '.bin', 'tsc');
    const types = join(repository, 'node_modules', '@types');
    execFileSync(
      tsc,
      [
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--typeRoots',
        types,
        '--types',
        'node',
        'program.mts',
        'program.cts',
      ],
      { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'inherit', 'inherit'] },
    );
  });

  test('the command runs', () => {
    assert.match(npm(['exec', '--', 'everycodec', '--help'], folder), /transcodes a media file/);
  });
});
