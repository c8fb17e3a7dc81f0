/** polyfill(), in a browser that has only some of the classes: ours take and give the others' objects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './remove-some.ts';
import { AudioEncoder, engineOf, polyfill, VideoDecoder } from 'everycodec';
import { decodeVideo, encodeAudio, encodeVideo } from '../../test/support/coding.ts';
import { isWebKitGtk, native } from './classes.ts';
import { drawnQuality, height, paintedFrame, width } from './pictures.ts';
import { removed } from './remove-some.ts';
import { sampleRate, sounds } from './sounds.ts';

const globals = globalThis as unknown as Record<string, unknown>;
const timeout = 30_000;
const result = polyfill();

test('installs what is not there, and nothing else', () => {
  const images = isWebKitGtk ? ['ImageDecoder', 'ImageTrack', 'ImageTrackList'] : [];
  assert.deepEqual(result.installed, [...removed, ...images]);
  assert.deepEqual(result.filled, []);
  assert.equal(globals.VideoDecoder, VideoDecoder);
  assert.equal(globals.VideoEncoder, native.VideoEncoder);
  assert.equal(globals.VideoFrame, native.VideoFrame);
});

test('our decoder takes the browser’s chunks and gives its frames', { timeout }, async () => {
  const config = { codec: 'vp8', width, height, bitrate: 1_500_000, framerate: 30 };
  const frames = [0, 1, 2].map((index) => paintedFrame(index));
  const { chunks, metadata } = await encodeVideo(config, frames, undefined, native.VideoEncoder);
  assert.ok(chunks[0] instanceof native.EncodedVideoChunk);
  const decoded = await decodeVideo(metadata[0]!.decoderConfig!, chunks, VideoDecoder);
  assert.equal(decoded.length, 3);
  for (const [index, frame] of decoded.entries()) {
    assert.ok(frame instanceof native.VideoFrame);
    assert.ok(drawnQuality(frame, index) > 27);
    frame.close();
  }
});

// Its AudioData.copyTo() of planes frees memory that is not its own.
const skip = isWebKitGtk && 'WebKitGTK’s own AudioData crashes';
test('our encoder takes the browser’s AudioData and gives its chunks', { timeout, skip }, async () => {
  const { chunks } = await encodeAudio({ codec: 'mp4a.40.2', sampleRate, numberOfChannels: 2 }, sounds(), AudioEncoder);
  assert.ok(chunks.length > 40);
  assert.ok(chunks.every((chunk) => chunk instanceof native.EncodedAudioChunk));
});

test('engineOf() tells the browser’s codecs from ours', () => {
  const callbacks = { output() {}, error() {} };
  const theirs = new native.VideoEncoder(callbacks);
  assert.equal(engineOf(theirs), undefined);
  theirs.configure({ codec: 'vp8', width, height });
  assert.equal(engineOf(theirs), 'native');
  theirs.close();
  assert.equal(engineOf(new VideoDecoder(callbacks)), undefined);
});
