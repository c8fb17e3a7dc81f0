/** The built command from outside: what it prints, leaves behind and returns. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const sample = fileURLToPath(new URL('../../examples/sample.mp4', import.meta.url));
const timeout = 180_000;

describe('everycodec command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-'));
  after(() => rmSync(folder, { recursive: true }));
  const inFolder = (name: string) => join(folder, name);
  const write = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(inFolder(name), bytes);
    return inFolder(name);
  };

  function run(...argv: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], {
      cwd: folder,
      encoding: 'utf8',
      timeout,
    });
    return { status, stdout, errors: stderr.split('\n').filter((line) => line && !/^\d+ %$/.test(line)) };
  }

  function assertOneError(result: ReturnType<typeof run>, expected: RegExp): void {
    assert.notEqual(result.status, 0);
    assert.equal(result.errors.length, 1, result.errors.join('\n'));
    assert.match(result.errors[0]!, expected);
  }

  it('prints help and version', () => {
    assert.match(run('--help').stdout, /--video-codec/);
    assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('transcodes the sample to VP9 and Opus', { timeout }, async () => {
    const result = run();
    assert.deepEqual([result.status, result.errors], [0, []]);
    assert.match(
      result.stdout,
      /^sample\.webm: avc1\.\w{6}\+mp4a\.40\.2 → vp09\.\S+\+opus, 300 frames, .* real time\), engine wasm.*\n$/,
    );
    const { video, audio } = await countPackets(inFolder('sample.webm'));
    assert.equal(video, 300);
    assert.ok(audio >= 499 && audio <= 503, `${audio} packets of sound`);
  });

  it('transcodes to HEVC and to MP3', { timeout }, async () => {
    assert.match(run(sample, 'hevc.mp4', '--video-codec', 'hevc').stdout, /→ hev1\.1\.\S+\+mp4a\.40\.2, 300 frames/);
    assert.equal((await countPackets(inFolder('hevc.mp4'))).video, 300);
    assert.match(run(sample, 'sound.mp3').stdout, /→ mp3, sound only/);
    assert.ok((await countPackets(inFolder('sound.mp3'))).audio > 400);
  });

  it('transcodes to H.264 and AAC', { timeout }, async () => {
    const result = run(sample, 'out.mp4', '--video-bitrate', '600k');
    assert.deepEqual([result.status, result.errors], [0, []]);
    assert.match(result.stdout, /→ avc1\.\w{6}\+mp4a\.40\.2, 300 frames/);
    assert.equal((await countPackets(inFolder('out.mp4'))).video, 300);
  });

  it('transcodes sound alone', { timeout }, () => {
    const result = run(sample, 'out.wav');
    assert.deepEqual([result.status, result.errors], [0, []]);
    assert.match(result.stdout, /sound only/);
    const seconds = (statSync(inFolder('out.wav')).size - 44) / (48_000 * 2 * 2);
    assert.ok(Math.abs(seconds - 10) < 0.01, `${seconds} s`);
  });

  it('overwrites nothing unasked', () => {
    write('there.mp4', 'precious');
    assertOneError(run(sample, 'there.mp4'), /there\.mp4 exists/);
    assertOneError(run(sample, sample, '-y'), /is the input itself/);
    assert.equal(readFileSync(inFolder('there.mp4'), 'utf8'), 'precious');
  });

  it('says in one line why it cannot read', () => {
    assertOneError(run('none.mp4', 'a.mp4'), /none\.mp4 does not exist/);
    assertOneError(run('.', 'a.mp4'), /is not a file/);
    assertOneError(run(write('empty.mp4', ''), 'a.mp4'), /is empty/);
    assertOneError(run(write('text.mp4', 'no media at all, only words'), 'a.mp4'), /not a media file/);
    assertOneError(run(write('headless.mp4', readFileSync(sample).subarray(0, 2000)), 'a.mp4'), /headless\.mp4/);
    assert.equal(existsSync(inFolder('a.mp4')), false);
  });

  it('keeps what comes before the end of a truncated file', { timeout }, async () => {
    const truncated = write('truncated.mp4', readFileSync(sample).subarray(0, 300_000));
    const result = run(truncated, 'kept.webm');
    assertOneError(result, /truncated/);
    assert.equal(result.status, 1);
    const { video } = await countPackets(inFolder('kept.webm'));
    assert.ok(video > 100 && video < 200, `${video} frames`);
    assert.match(result.stdout, new RegExp(`, ${video} frames,`));
  });
});

async function countPackets(path: string): Promise<{ video: number; audio: number }> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const counts = { video: 0, audio: 0 };
  for (const track of await input.getTracks()) {
    for await (const _ of new EncodedPacketSink(track).packets()) counts[track.type as 'video' | 'audio']++;
  }
  input.dispose();
  return counts;
}
