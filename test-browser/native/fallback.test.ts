/** A codec of the browser's that says it supports a configuration and then fails: ours takes over, and nothing is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import './faulty-codecs.ts';
import { polyfill, VideoDecoder, VideoEncoder } from 'everycodec';
import { decodeVideo, encodeVideo } from '../../test/support/coding.ts';
import { frameDuration } from '../../test/support/pictures.ts';
import { native } from './classes.ts';
import { noting } from './engines.ts';
import { faults } from './faulty-codecs.ts';
import { drawnQuality, height, paintedFrame, width } from './pictures.ts';

polyfill({ mode: 'gaps' });

const timeout = 30_000;
/** More than our sessions take at a time, as many as are kept. */
const frameCount = 8;
const config = { codec: 'vp8', width, height, bitrate: 1_500_000, framerate: 30 };
const paintedFrames = () => Array.from({ length: frameCount }, (_, index) => paintedFrame(index));

describe('a codec that fails', () => {
  for (const when of ['at configure()', 'at the first input', 'at flush()'] as const) {
    test(`${when}: an encoder`, { timeout }, async () => {
      faults.now = when;
      const engines = new Set<string | undefined>();
      const { chunks } = await encodeVideo(config, paintedFrames(), undefined, noting(VideoEncoder, engines));
      assert.deepEqual(
        chunks.map(({ timestamp }) => timestamp),
        chunks.map((_, index) => index * frameDuration),
      );
      assert.equal(chunks.length, frameCount);
      assert.match([...engines].join(), /^wasm[^,]*(, [^,]*)?$/);
    });

    test(`${when}: a decoder`, { timeout }, async () => {
      faults.now = when;
      const { chunks, metadata } = await encodeVideo(config, paintedFrames(), undefined, native.VideoEncoder);
      const engines = new Set<string | undefined>();
      const frames = await decodeVideo(metadata[0]!.decoderConfig!, chunks, noting(VideoDecoder, engines));
      assert.equal(frames.length, frameCount);
      for (const [index, frame] of frames.entries()) {
        assert.ok(drawnQuality(frame, index) > 27);
        frame.close();
      }
      assert.match([...engines].join(), /^wasm/);
    });
  }

  test('after an output: the error is the program’s', { timeout }, async () => {
    faults.now = 'after an output';
    await assert.rejects(encodeVideo(config, paintedFrames(), undefined, VideoEncoder), { name: 'EncodingError' });
  });
});
