/** Frames that our decoders give are the browser's own, and go wherever these go. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VideoDecoder, VideoEncoder, type VideoFrame } from 'everycodec';
import { decodeVideo, encodeVideo } from '../../test/support/coding.ts';
import { psnr } from '../../test/support/pictures.ts';
import { isFirefox, isWebKitGtk, native } from './classes.ts';
import { drawnPixels, drawnQuality, height, paintedFrame, width } from './pictures.ts';

const timeout = 30_000;

/** Encoded and decoded by ours; the browser's own codecs are not asked. */
async function throughOurs(codec: string, frames: VideoFrame[], size = { width, height }): Promise<VideoFrame[]> {
  const config = { codec, ...size, bitrate: 2_000_000, framerate: 30 };
  const { chunks, metadata } = await encodeVideo(config, frames, undefined, VideoEncoder);
  return decodeVideo(metadata[0]!.decoderConfig!, chunks, VideoDecoder);
}

/** Formats that the browser's VideoFrame knows; the others come as RGB. */
const given = (format: string): string => {
  const unknown = isFirefox || isWebKitGtk ? /I4(22|44)|P1[02]/ : /^$/;
  return unknown.test(format) ? 'RGBX' : format;
};

describe('a frame of our decoder', () => {
  for (const [codec, format] of [
    ['vp8', 'I420'],
    ['vp09.01.10.08.03', 'I444'],
    ['vp09.02.10.10', 'I420P10'],
    ['av01.0.04M.10', 'I420P10'],
  ] as const) {
    test(`of ${codec} has the browser’s class, and shows the picture`, { timeout }, async () => {
      const [frame] = await throughOurs(codec, [paintedFrame(3)]);
      assert.ok(frame instanceof native.VideoFrame);
      assert.equal(frame.format, given(format));
      const quality = drawnQuality(frame, 3);
      assert.ok(quality > 30, `${quality.toFixed(1)} dB`);
      frame.close();
    });
  }

  test('shows the picture in odd sizes, too', { timeout }, async () => {
    for (const codec of ['vp8', 'vp09.01.10.08.03', 'av01.0.04M.10']) {
      const size = { width: 175, height: 143 };
      const [frame] = await throughOurs(codec, [paintedFrame(1, size)], size);
      const { visibleRect, displayWidth, displayHeight } = frame!;
      assert.deepEqual([visibleRect!.width, visibleRect!.height], [175, 143]);
      assert.deepEqual([displayWidth, displayHeight], [175, 143]);
      const quality = drawnQuality(frame!, 1, size);
      assert.ok(quality > 27, `${codec}: ${quality.toFixed(1)} dB`);
      frame!.close();
    }
  });

  test('goes to createImageBitmap()', { timeout }, async () => {
    const [frame] = await throughOurs('vp8', [paintedFrame(2)]);
    const bitmap = await createImageBitmap(frame as unknown as ImageBitmapSource);
    assert.deepEqual([bitmap.width, bitmap.height], [width, height]);
    assert.ok(drawnQuality(bitmap as unknown as VideoFrame, 2) > 30);
    frame!.close();
  });

  // There is no WebGL without a graphics card in Firefox and WebKitGTK when nothing is shown.
  const gl = document.createElement('canvas').getContext('webgl');
  test('goes to a WebGL texture', { timeout, skip: !gl && 'no WebGL here' }, async () => {
    const [frame] = await throughOurs('vp8', [paintedFrame(2)]);
    const expected = drawnPixels(frame!);
    gl!.bindTexture(gl!.TEXTURE_2D, gl!.createTexture());
    gl!.texImage2D(gl!.TEXTURE_2D, 0, gl!.RGBA, gl!.RGBA, gl!.UNSIGNED_BYTE, frame as unknown as TexImageSource);
    gl!.bindFramebuffer(gl!.FRAMEBUFFER, gl!.createFramebuffer());
    const texture = gl!.getParameter(gl!.TEXTURE_BINDING_2D);
    gl!.framebufferTexture2D(gl!.FRAMEBUFFER, gl!.COLOR_ATTACHMENT0, gl!.TEXTURE_2D, texture, 0);
    const pixels = new Uint8Array(4 * width * height);
    gl!.readPixels(0, 0, width, height, gl!.RGBA, gl!.UNSIGNED_BYTE, pixels);
    assert.ok(psnr(pixels, expected) > 35, `${psnr(pixels, expected).toFixed(1)} dB`);
    frame!.close();
  });

  test('goes through structuredClone() and to workers', { timeout }, async () => {
    const [frame] = await throughOurs('vp8', [paintedFrame(2)]);
    const clone = structuredClone(frame!);
    assert.ok(clone instanceof native.VideoFrame);
    const source = 'onmessage = ({ data }) => postMessage([data.constructor.name, data.timestamp, data.codedWidth]);';
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    const answer = new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    worker.postMessage(clone, [clone as unknown as Transferable]);
    assert.deepEqual(await answer, ['VideoFrame', frame!.timestamp, frame!.codedWidth]);
    worker.terminate();
    frame!.close();
  });

  const { MediaStreamTrackGenerator } = globalThis as unknown as {
    MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => MediaStreamTrack & { writable: WritableStream };
  };
  const skip = !MediaStreamTrackGenerator && 'no MediaStreamTrackGenerator here';
  test('plays through a MediaStreamTrackGenerator', { timeout, skip }, async () => {
    const frames = await throughOurs(
      'vp8',
      [0, 1, 2, 3].map((index) => paintedFrame(index)),
    );
    const track = new MediaStreamTrackGenerator!({ kind: 'video' });
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([track]) });
    document.body.append(video);
    const writer = track.writable.getWriter();
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    void video.play();
    // What is written before the video listens is lost.
    let isShown = false;
    void shown.then(() => {
      isShown = true;
    });
    for (let index = 0; !isShown; index = (index + 1) % frames.length) {
      await writer.write(frames[index]!.clone());
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    for (const frame of frames) frame.close();
    assert.deepEqual([video.videoWidth, video.videoHeight], [width, height]);
    const quality = Math.max(...frames.map((_, index) => drawnQuality(video as unknown as VideoFrame, index)));
    assert.ok(quality > 27, `${quality.toFixed(1)} dB`);
    await writer.close();
    video.remove();
  });
});
