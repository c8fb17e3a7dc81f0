/** Which engine serves what, and that nothing is said about it that was not asked for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Accelerator } from 'everycodec';
import { addonAbsent } from './addon.ts';
import { runText } from './child.ts';

interface Report {
  encoder: string;
  decoder: string;
  description: string;
  sums: number[];
  list: Accelerator[];
}

/** Encodes with one codec, decodes with another one's hint, and prints which engines did it. */
const roundTrip = (codec: string, hint: string): string => `
  import { accelerators, engineDescription, engineOf, VideoDecoder, VideoEncoder, VideoFrame } from 'everycodec';
  const width = 400, height = 304, report = { sums: [] }, error = (reason) => { throw reason; }, waiting = [];
  const decoder = new VideoDecoder({ output(frame) {
    report.decoder = engineOf(decoder);
    const bytes = new Uint8Array(frame.allocationSize());
    waiting.push(frame.copyTo(bytes).then(() => { report.sums.push(bytes.reduce((sum, byte) => sum + byte, 0)); frame.close(); }));
  }, error });
  const encoder = new VideoEncoder({ output(chunk, { decoderConfig }) {
    report.encoder = engineOf(encoder);
    if (decoderConfig) decoder.configure({ ...decoderConfig, hardwareAcceleration: '${hint}' });
    decoder.decode(chunk);
  }, error });
  encoder.configure({ codec: '${codec}', width, height, hardwareAcceleration: '${hint}', latencyMode: 'realtime' });
  for (let i = 0; i < 5; i++) {
    const frame = new VideoFrame(new Uint8Array(width * height * 3 / 2).fill(40 + i * 20), { format: 'I420', codedWidth: width, codedHeight: height, timestamp: i });
    encoder.encode(frame);
    frame.close();
  }
  await encoder.flush();
  await decoder.flush();
  await Promise.all(waiting);
  report.description = engineDescription();
  report.list = await accelerators();
  console.log(JSON.stringify(report));
`;

async function run(text: string, environment: NodeJS.ProcessEnv = {}): Promise<Report> {
  const { stdout, stderr, code } = await runText(text, {
    environment: { EVERYCODEC_VAAPI_DEVICE: '', EVERYCODEC_THREADS: '2', ...environment },
  });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return JSON.parse(stdout);
}

const h264 = 'avc1.42001f';
const folder = mkdtempSync(join(tmpdir(), 'everycodec-engines-'));
after(() => rmSync(folder, { recursive: true }));

describe('WebAssembly serves', { concurrency: 2 }, () => {
  const noAddon = join(folder, 'text.node');
  writeFileSync(noAddon, 'this is no addon');
  const noExports = join(folder, 'empty.cjs');
  writeFileSync(noExports, '');
  for (const [title, setting, reason] of [
    ['EVERYCODEC_ACCEL=0', '0', /^EVERYCODEC_ACCEL is 0$/],
    ['EVERYCODEC_ACCEL=none', 'none', /^EVERYCODEC_ACCEL is none$/],
    ['a path where nothing is', join(folder, 'nothing.node'), /nothing\.node/],
    ['a file that is no addon', noAddon, /text\.node/],
    ['a module of another version', noExports, /version/],
  ] as const) {
    test(title, { skip: process.platform !== 'linux' }, async () => {
      const report = await run(roundTrip(h264, 'no-preference'), { EVERYCODEC_ACCEL: setting });
      assert.match(report.encoder, /^wasm /);
      assert.match(report.decoder, /^wasm /);
      assert.match(report.description, /^wasm /);
      assert.equal(report.sums.length, 5);
      assert.equal(report.list.length, 1);
      assert.match(report.list[0]!.reason!, reason);
      assert.doesNotMatch(report.list[0]!.reason!, /\n/);
    });
  }
});

describe('the native engine serves', { skip: addonAbsent, concurrency: 2 }, () => {
  const hints = ['prefer-software', 'no-preference', 'prefer-hardware'];

  test('each hint without a device, with the same pictures and not a word', async () => {
    const reports: Report[] = [];
    for (const hint of hints) reports.push(await run(roundTrip('vp8', hint), { CUDA_VISIBLE_DEVICES: '' }));
    for (const { encoder, decoder, description, sums } of reports) {
      assert.match(encoder, /^native \(libvpx, 2 threads\)$/);
      assert.match(decoder, /^native \(vp8, 2 threads\)$/);
      assert.match(description, /^native \(libavcodec \d+\.\d+\.\d+\)$/);
      assert.deepEqual(sums, reports[0]!.sums);
    }
    for (const { reason } of reports[0]!.list) assert.doesNotMatch(reason ?? '', /\n/);
  });

  test('engineOf() counts threads', async () => {
    const { decoder } = await run(roundTrip('vp8', 'prefer-software'), { EVERYCODEC_THREADS: '1' });
    assert.match(decoder, /^native \(vp8, 1 thread\)$/);
  });

  test('what it can of HEVC, WebAssembly the rest', async () => {
    const report = await run(roundTrip('hvc1.1.6.L93.B0', 'no-preference'));
    assert.match(report.encoder, /^(wasm|native \(Kvazaar)/i);
    assert.match(report.decoder, /^native \(hevc, 2 threads\)$/);
    assert.equal(report.sums.length, 5);
  });

  test('not images, which decode as ever', async () => {
    const { stdout, stderr } = await runText(`
      import { ImageDecoder } from 'everycodec';
      const gif = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
      const decoder = new ImageDecoder({ data: gif, type: 'image/gif' });
      const { image } = await decoder.decode();
      console.log(image.displayWidth, image.displayHeight);
      image.close();
    `);
    assert.deepEqual([stdout, stderr], ['1 1\n', '']);
  });
});
