/** Devices, with software behind the interfaces of their drivers (stand-ins/README.md). */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Accelerator } from 'everycodec';
import { nativeAbsent } from '../support/native.ts';
import { addonAbsent } from './addon.ts';
import { runProgram } from './child.ts';
import type { PictureReport } from './planes.ts';

/** Of test/accel/programs/devices.ts. */
interface Decoded {
  engine?: string;
  error?: string;
  frames: PictureReport[];
}
interface EncodedReport {
  engine?: string;
  error?: string;
  chunks: { type: string; timestamp: number; duration: number }[];
  configs: { codec: string; codedWidth: number; codedHeight: number; description?: string }[];
  ratios: number[];
}

const standInsAbsent: string | false =
  spawnSync('pkg-config', ['--exists', 'libavcodec', 'libva', 'ffnvcodec']).status === 0 &&
  spawnSync('gcc', ['--version']).status === 0
    ? false
    : 'the stand-ins for drivers cannot be built: test/accel/stand-ins/README.md says what they want';

const folder = mkdtempSync(join(tmpdir(), 'everycodec-devices-'));
const clip = (name: string): string => join(folder, name);
const frameCount = 40;

function makeClip(name: string, size: string, ...options: string[]): void {
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`, '-frames:v', String(frameCount)];
  const bt709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'];
  execFileSync('ffmpeg', ['-v', 'error', ...source, '-pix_fmt', 'yuv420p', ...bt709, ...options, clip(name)]);
}

function makeClips(): void {
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'];
  const vp9 = ['-c:v', 'libvpx-vp9', '-b:v', '600k', '-cpu-used', '8', '-deadline', 'realtime'];
  makeClip('h264.mp4', '640x480', ...x264);
  // Pictures that no decoder shows, and others before their time.
  makeClip('vp9.webm', '640x480', ...vp9, '-auto-alt-ref', '1', '-lag-in-frames', '16');
  makeClip('cropped.mp4', '636x474', ...x264);
  makeClip('small.mp4', '320x240', ...x264);
  makeClip('10-bit.mp4', '640x480', ...x264, '-pix_fmt', 'yuv420p10le');
  makeClip('422.mp4', '640x480', ...x264, '-pix_fmt', 'yuv422p');
}

const logFile = (name: string): string => clip(`${name}.log`);

const kinds = [
  {
    title: 'VAAPI',
    inLog: 'va',
    name: `VAAPI ${clip('render-node')}`,
    downloads: 1,
    environment: {
      EVERYCODEC_VAAPI_DEVICE: clip('render-node'),
      LD_PRELOAD: clip('render-node.so'),
      LIBVA_DRIVERS_PATH: clip('va'),
      LIBVA_DRIVER_NAME: 'standin',
    },
  },
  // Luma and chroma are copied apart.
  { title: 'CUDA', inLog: 'cuda', name: 'CUDA 0', downloads: 2, environment: { LD_LIBRARY_PATH: clip('cuda') } },
] as const;

const skip = addonAbsent || standInsAbsent || nativeAbsent;
const hashes = ({ frames }: Decoded): string[] => frames.map(({ hash }) => hash);
const timesOf = ({ frames }: Decoded) => frames.map(({ timestamp, duration }) => [timestamp, duration]);
const colorsOf = ({ frames }: Decoded) => frames.map(({ colorSpace }) => colorSpace);

describe('devices', { skip, concurrency: 2, timeout: 400_000 }, () => {
  const software = new Map<string, Decoded>();

  before(async () => {
    execFileSync('make', [
      ...['--silent', '-j2', '--directory', fileURLToPath(new URL('stand-ins', import.meta.url)), `OUT=${folder}`],
    ]);
    writeFileSync(clip('render-node'), '');
    makeClips();
    for (const name of ['h264.mp4', 'vp9.webm', 'cropped.mp4', 'small.mp4', '10-bit.mp4', '422.mp4'])
      software.set(name, await runProgram<Decoded>('devices.ts', ['decode', clip(name), 'prefer-software']));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('software is the reference, and has all pictures', () => {
    for (const [name, decoded] of software) {
      assert.equal(decoded.frames.length, frameCount, name);
      assert.match(decoded.engine!, /^native \((h264|vp9|libvpx-vp9), \d threads?\)$/);
      assert.equal(new Set(hashes(decoded)).size, frameCount, name);
    }
  });

  for (const { title, inLog, name, downloads, environment } of kinds) {
    describe(title, () => {
      const engine = `native (${name})`;
      let runs = 0;

      /** Runs a scenario; what it wrote to stderr would be an error. */
      async function run<Result>(
        args: readonly string[],
        switches: NodeJS.ProcessEnv = {},
      ): Promise<{ result: Result; count: (line: RegExp) => number }> {
        const log = logFile(`${title}-${runs++}`);
        const all = { ...environment, EVERYCODEC_STANDIN_LOG: log, ...switches };
        const result = await runProgram<Result>('devices.ts', args, { environment: all });
        const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
        // What the trial of a device does is not what the codec did.
        const own = lines.filter((line) => !/ 256x(256|128)$/.test(line));
        return { result, count: (line) => own.filter((text) => line.test(text)).length };
      }

      const decode = (file: string, hint = 'no-preference', switches: NodeJS.ProcessEnv = {}, options = {}) =>
        run<Decoded>(['decode', clip(file), hint, JSON.stringify(options)], switches);
      const encode = (options: object, switches: NodeJS.ProcessEnv = {}, frames = 16) =>
        run<EncodedReport>(['encode', String(frames), JSON.stringify(options)], switches);

      function assertSame(decoded: Decoded, file: string): void {
        const expected = software.get(file)!;
        assert.equal(decoded.error, undefined);
        assert.deepEqual(timesOf(decoded), timesOf(expected));
        assert.deepEqual(colorsOf(decoded), colorsOf(expected));
        assert.deepEqual(hashes(decoded), hashes(expected));
      }

      test('is listed with what it can', async () => {
        const { result } = await run<Accelerator[]>(['accelerators']);
        const device = result.find((accelerator) => accelerator.name === name);
        assert.deepEqual(device, { name, decode: ['avc', 'vp9'], encode: ['avc'] });
        const others = result.filter((accelerator) => accelerator.name.startsWith(title === 'CUDA' ? 'VAAPI' : 'CUDA'));
        assert.equal(others.length, 1);
        assert.match(others[0]!.reason!, /^[^\n]+$/);
      });

      test('is listed with less if it offers less', async () => {
        const switches = { EVERYCODEC_STANDIN_PROFILES: 'decode-vp9' };
        const { result } = await run<Accelerator[]>(['accelerators'], switches);
        const device = result.find((accelerator) => accelerator.name === name);
        assert.deepEqual(device, { name, decode: ['vp9'], encode: [] });
        const { result: h264, count } = await decode('h264.mp4', 'prefer-hardware', switches);
        assert.match(h264.engine!, /^native \(h264, /);
        assertSame(h264, 'h264.mp4');
        assert.equal(count(/decode/), 0);
      });

      test('is listed with a reason if it offers nothing', async () => {
        const { result } = await run<Accelerator[]>(['accelerators'], { EVERYCODEC_STANDIN_PROFILES: '' });
        const device = result.find((accelerator) => accelerator.name === name);
        assert.deepEqual([device?.decode, device?.encode], [[], []]);
        assert.match(device!.reason!, /neither decoded nor encoded/);
      });

      for (const file of ['h264.mp4', 'vp9.webm', 'cropped.mp4']) {
        test(`decodes ${file} as software does, and each picture is downloaded once`, async () => {
          const { result, count } = await decode(file);
          assert.equal(result.engine, engine);
          assertSame(result, file);
          assert.deepEqual([...new Set(result.frames.map(({ format }) => format))], ['NV12']);
          const decodes = count(new RegExp(`^${inLog} decode`));
          assert.ok(decodes >= frameCount, `${decodes}`);
          assert.equal(count(/ download /), downloads * frameCount);
        });
      }

      test('it is the device that decodes: inverted pictures are seen', async () => {
        const { result } = await decode('h264.mp4', 'no-preference', { EVERYCODEC_STANDIN_NEGATIVE: '1' });
        const expected = hashes(software.get('h264.mp4')!);
        assert.equal(result.frames.length, frameCount);
        assert.deepEqual(
          hashes(result).filter((hash) => expected.includes(hash)),
          [],
        );
      });

      test('small pictures go there only where hardware is preferred', async () => {
        const size = { codedWidth: 320, codedHeight: 240 };
        const usual = await decode('small.mp4', 'no-preference', {}, size);
        assert.match(usual.result.engine!, /^native \(h264, /);
        assertSame(usual.result, 'small.mp4');
        const preferred = await decode('small.mp4', 'prefer-hardware', {}, size);
        assert.equal(preferred.result.engine, engine);
        assertSame(preferred.result, 'small.mp4');
      });

      test('stays idle where software is preferred', async () => {
        const { result, count } = await decode('h264.mp4', 'prefer-software');
        assert.match(result.engine!, /^native \(h264, /);
        assert.equal(count(/./), 0);
      });

      test('pictures that are not read stay there; a clone is not downloaded again', async () => {
        const { result, count } = await run<Decoded>(['readTwice', clip('h264.mp4'), 'no-preference']);
        const [first] = hashes(software.get('h264.mp4')!);
        assert.deepEqual(hashes(result), [first, first, first, first]);
        assert.equal(count(/ download /), downloads);
      });

      test('more pictures than its pool has may be held, and be read when the decoder is closed', async () => {
        const { result, count } = await run<Decoded>(['hold', clip('h264.mp4'), 'no-preference']);
        assert.equal(result.engine, engine);
        assertSame(result, 'h264.mp4');
        assert.equal(count(/ download /), downloads * frameCount);
      });

      for (const file of ['10-bit.mp4', '422.mp4']) {
        test(`software decodes ${file}, which it refuses`, async () => {
          const { result, count } = await decode(file, 'prefer-hardware');
          assertSame(result, file);
          assert.match(result.engine!, /^native \(h264, /);
          assert.equal(count(/ decode /), 0);
        });
      }

      test('lost while it decodes: EncodingError; software decodes what comes next', async () => {
        // One picture of the trial.
        const switches = { EVERYCODEC_STANDIN_FAIL_AFTER: 'decode:12' };
        const args = ['decodeTwice', clip('h264.mp4'), 'no-preference'];
        const { result, count } = await run<{ first: Decoded; second: Decoded }>(args, switches);
        assert.equal(result.first.error, 'EncodingError');
        assert.equal(result.first.engine, engine);
        const expected = hashes(software.get('h264.mp4')!);
        const { length } = result.first.frames;
        assert.ok(length <= 10, `${length} pictures`);
        assert.deepEqual(hashes(result.first), expected.slice(0, length));
        assert.match(result.second.engine!, /^native \(h264, /);
        assertSame(result.second, 'h264.mp4');
        assert.notEqual(count(/ decode .*failed/), 0);
      });

      test('encodes H.264: key frames, times and description as asked for, pictures as they were', async () => {
        const { result, count } = await encode({});
        assert.equal(result.engine, engine);
        assert.equal(result.error, undefined);
        const types = result.chunks.map(({ type }) => type);
        assert.deepEqual(
          types,
          types.map((_, index) => (index % 7 === 0 ? 'key' : 'delta')),
        );
        assert.deepEqual(
          result.chunks.map(({ timestamp, duration }) => [timestamp, duration]),
          types.map((_, index) => [index * 33_333, 33_333]),
        );
        assert.equal(count(/ encode h264 640x480$/), 16);
        assert.equal(result.configs.length, 1);
        const [{ description, ...config }] = result.configs as [EncodedReport['configs'][0]];
        assert.match(config.codec, /^avc1\.64/);
        assert.deepEqual([config.codedWidth, config.codedHeight], [640, 480]);
        // avcC, version 1, High profile.
        assert.match(description!, /^0164/);
        assert.equal(result.ratios.length, 16);
        assert.ok(Math.min(...result.ratios) > 40, `${result.ratios}`);
      });

      test('encodes to Annex B without a description', async () => {
        const { result } = await encode({ avc: { format: 'annexb' }, latencyMode: 'realtime' });
        assert.equal(result.engine, engine);
        assert.equal(result.configs[0]!.description, undefined);
        assert.ok(Math.min(...result.ratios) > 40, `${result.ratios}`);
      });

      test('it is the device that encodes: inverted pictures are seen', async () => {
        const { result } = await encode({}, { EVERYCODEC_STANDIN_NEGATIVE: '1' });
        assert.ok(Math.max(...result.ratios) < 20, `${result.ratios}`);
      });

      for (const options of [
        { bitrateMode: 'quantizer' },
        { scalabilityMode: 'L1T2' },
        { codec: 'vp09.00.31.08' },
        { codec: 'avc1.640028', hardwareAcceleration: 'prefer-software' },
      ]) {
        test(`software encodes ${JSON.stringify(options)}`, async () => {
          const { result, count } = await encode(options, {}, 8);
          assert.equal(result.error, undefined);
          assert.notEqual(result.engine, engine);
          assert.equal(result.chunks.length, 8);
          assert.ok(Math.min(...result.ratios) > 30, `${result.ratios}`);
          assert.equal(count(/ encode /), 0);
        });
      }

      test('lost while it encodes: EncodingError; software encodes what comes next', async () => {
        // One picture of the trial.
        const switches = { EVERYCODEC_STANDIN_FAIL_AFTER: 'encode:7' };
        const args = ['encodeTwice', '16', '{}'];
        const { result } = await run<{ first: EncodedReport; second: EncodedReport }>(args, switches);
        assert.equal(result.first.error, 'EncodingError');
        assert.equal(result.first.engine, engine);
        assert.ok(result.first.chunks.length <= 5, `${result.first.chunks.length} chunks`);
        assert.equal(result.second.error, undefined);
        assert.notEqual(result.second.engine, engine);
        assert.equal(result.second.chunks.length, 16);
        assert.ok(Math.min(...result.second.ratios) > 40, `${result.second.ratios}`);
      });

      for (const file of ['h264.mp4', 'vp9.webm']) {
        test(`pictures of ${file} do not leave it between decoder and encoder`, async () => {
          const { result, count } = await run<EncodedReport & { decoding: Decoded }>([
            ...['transcode', clip(file), 'no-preference', '{}'],
          ]);
          assert.deepEqual([result.decoding.engine, result.engine], [engine, engine]);
          assert.equal(result.chunks.length, frameCount);
          assert.deepEqual(
            result.chunks.map(({ timestamp }) => timestamp),
            software.get(file)!.frames.map(({ timestamp }) => timestamp),
          );
          assert.equal(count(/ encode h264 640x480$/), frameCount);
          assert.equal(count(/ download /), 0);
          assert.equal(count(/ upload /), 0);
          assert.ok(Math.min(...result.ratios) > 35, `${result.ratios}`);
        });
      }

      test('pictures go through memory where they must be scaled', async () => {
        const { result, count } = await run<EncodedReport>([
          ...['transcode', clip('h264.mp4'), 'no-preference', '{"width":480,"height":360}'],
        ]);
        assert.equal(result.engine, engine);
        assert.equal(result.error, undefined);
        assert.equal(result.chunks.length, frameCount);
        assert.equal(count(/ encode h264 480x36/), frameCount);
        assert.equal(count(/ download /), downloads * frameCount);
      });

      test('pictures go through memory to an encoder in software', async () => {
        const { result, count } = await run<EncodedReport>([
          ...['transcode', clip('h264.mp4'), 'no-preference', '{"codec":"vp8","latencyMode":"realtime"}'],
        ]);
        assert.match(result.engine!, /^native \(libvpx, /);
        assert.equal(result.chunks.length, frameCount);
        assert.ok(Math.min(...result.ratios) > 25, `${result.ratios}`);
        assert.equal(count(/ download /), downloads * frameCount);
      });

      test('pictures from memory, of a decoder in software, are encoded there', async () => {
        const { result } = await run<EncodedReport>(['transcode', clip('vp9.webm'), 'prefer-software', '{}']);
        assert.equal(result.engine, engine);
        assert.equal(result.chunks.length, frameCount);
        assert.ok(Math.min(...result.ratios) > 35, `${result.ratios}`);
      });

      if (title === 'CUDA') {
        test('without an encoder, as on data-centre GPUs, software encodes', async () => {
          const switches = { EVERYCODEC_STANDIN_NO_NVENC: '1' };
          const { result: list } = await run<Accelerator[]>(['accelerators'], switches);
          assert.deepEqual(
            list.find((accelerator) => accelerator.name === name),
            { name, decode: ['avc', 'vp9'], encode: [] },
          );
          const args = ['transcode', clip('h264.mp4'), 'no-preference', '{}'];
          const { result, count } = await run<EncodedReport & { decoding: Decoded }>(args, switches);
          assert.equal(result.decoding.engine, engine);
          assert.match(result.engine!, /^native \(OpenH264|^wasm/);
          assert.equal(result.chunks.length, frameCount);
          assert.ok(Math.min(...result.ratios) > 35, `${result.ratios}`);
          assert.equal(count(/ download /), downloads * frameCount);
        });
      } else {
        test('parameter sets of the driver’s own will do', async () => {
          const { result } = await encode({}, { EVERYCODEC_STANDIN_NO_PACKED_HEADERS: '1' });
          assert.equal(result.engine, engine);
          assert.equal(result.chunks.length, 16);
          assert.ok(Math.min(...result.ratios) > 40, `${result.ratios}`);
        });
      }
    });
  }
});
