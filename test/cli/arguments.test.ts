import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { type Job, parseCommand } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/errors.ts';

function jobOf(...argv: string[]): Job {
  const command = parseCommand(argv);
  assert.equal(command.kind, 'transcode');
  return (command as { job: Job }).job;
}

describe('command line', () => {
  it('without arguments means the sample', () => {
    const job = jobOf();
    assert.equal(basename(job.input), 'sample.mp4');
    assert.equal(job.output, 'sample.webm');
    assert.equal(job.overwrite, true);
    assert.equal(job.container.videoCodec, 'vp9');
  });

  it('chooses codecs by the extension', () => {
    const codecs = (name: string) => {
      const { videoCodec, audioCodec } = jobOf('in.mov', name).container;
      return [videoCodec, audioCodec];
    };
    assert.deepEqual(codecs('out.mp4'), ['avc', 'aac']);
    assert.deepEqual(codecs('out.MOV'), ['avc', 'aac']);
    assert.deepEqual(codecs('out.webm'), ['vp9', 'opus']);
    assert.deepEqual(codecs('out.mkv'), ['vp9', 'opus']);
    assert.deepEqual(codecs('out.opus'), [null, 'opus']);
    assert.deepEqual(codecs('out.m4a'), [null, 'aac']);
    assert.deepEqual(codecs('out.wav'), [null, 'pcm-s16']);
  });

  it('takes codecs, bitrates and leave to overwrite', () => {
    const job = jobOf('a', 'b.mkv', '--video-codec', 'h264', '--audio-codec=aac', '--video-bitrate', '2.5M', '-y');
    assert.deepEqual([job.container.videoCodec, job.container.audioCodec], ['avc', 'aac']);
    assert.deepEqual([job.videoBitrate, job.audioBitrate, job.overwrite], [2_500_000, undefined, true]);
    assert.equal(jobOf('a', 'b.mkv', '--audio-bitrate', '96k').audioBitrate, 96_000);
    assert.equal(jobOf('a', 'b.mkv').overwrite, false);
  });

  it('refuses what it cannot do', () => {
    const wrong = [
      ['in.mp4'],
      ['a', 'b.mp4', 'c'],
      ['a', 'b.avi'],
      ['a', 'b.xyz'],
      ['a', 'b.webm', '--video-codec', 'avc'],
      ['a', 'b.wav', '--video-codec', 'vp9'],
      ['a', 'b.mkv', '--video-codec', 'mpeg2'],
      ['a', 'b.mkv', '--video-bitrate', 'much'],
      ['a', 'b.mkv', '--unknown'],
    ];
    for (const argv of wrong) assert.throws(() => parseCommand(argv), UsageError, argv.join(' '));
  });
});
