/** What a page or a worker does to show that everycodec works there; imports nothing, so that it can be bundled. */

/** More pixels than are worth less than all threads. */
const [width, height] = [352, 288];
const frameCount = 5;

/** One pixel, red. */
export const gif = new Uint8Array([
  ...[0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0],
  ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b],
]);

/** A grey that brightens. */
const greyOf = (index) => 40 + 30 * index;

function makeFrame(VideoFrame, index) {
  const luma = width * height;
  const data = new Uint8Array((luma * 3) / 2).fill(greyOf(index), 0, luma).fill(128, luma);
  return new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: index * 40_000 });
}

/** A codec with what it gives, and a promise for its error. */
function make(Codec) {
  const outputs = [];
  let codec;
  const failed = new Promise((_, error) => {
    codec = new Codec({ output: (...output) => outputs.push(output), error });
  });
  failed.catch(() => {});
  return { codec, outputs, done: () => Promise.race([codec.flush(), failed]) };
}

async function video({ VideoDecoder, VideoEncoder, VideoFrame }, engineOf) {
  const encoder = make(VideoEncoder);
  encoder.codec.configure({ codec: 'avc1.42e01f', width, height, bitrate: 500_000, framerate: 25 });
  for (let index = 0; index < frameCount; index++) {
    const frame = makeFrame(VideoFrame, index);
    encoder.codec.encode(frame);
    frame.close();
  }
  await encoder.done();
  const decoder = make(VideoDecoder);
  decoder.codec.configure(encoder.outputs[0][1].decoderConfig);
  for (const [chunk] of encoder.outputs) decoder.codec.decode(chunk);
  await decoder.done();
  const engines = [engineOf(encoder.codec), engineOf(decoder.codec)];
  const errors = [];
  for (const [index, [frame]] of decoder.outputs.entries()) {
    const data = new Uint8Array(frame.allocationSize());
    await frame.copyTo(data);
    frame.close();
    errors.push(Math.abs(data[0] - greyOf(index)));
  }
  encoder.codec.close();
  decoder.codec.close();
  return { engines, frames: errors.length, error: Math.max(...errors) };
}

async function audio({ AudioDecoder, AudioEncoder, AudioData }) {
  const sampleRate = 48_000;
  const encoder = make(AudioEncoder);
  encoder.codec.configure({ codec: 'mp4a.40.2', sampleRate, numberOfChannels: 1, bitrate: 96_000 });
  const tone = Float32Array.from({ length: sampleRate / 2 }, (_, index) => Math.sin(index * 0.06) / 2);
  const init = {
    format: 'f32',
    sampleRate,
    numberOfChannels: 1,
    numberOfFrames: tone.length,
    timestamp: 0,
    data: tone,
  };
  encoder.codec.encode(new AudioData(init));
  await encoder.done();
  const decoder = make(AudioDecoder);
  decoder.codec.configure(encoder.outputs[0][1].decoderConfig);
  for (const [chunk] of encoder.outputs) decoder.codec.decode(chunk);
  await decoder.done();
  let frames = 0;
  let peak = 0;
  for (const [data] of decoder.outputs) {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), peak);
    frames += data.numberOfFrames;
    data.close();
  }
  return { frames, peak };
}

async function image({ ImageDecoder }) {
  const decoder = new ImageDecoder({ type: 'image/gif', data: gif });
  const { image: frame } = await decoder.decode();
  const rgba = new Uint8Array(4);
  await frame.copyTo(rgba, { format: 'RGBA' });
  frame.close();
  decoder.close();
  return [...rgba];
}

/** `classes` has the classes: the global object, or everycodec. */
export async function roundTrips(classes, { engineDescription, engineOf, loadedPacks }) {
  return {
    isIsolated: globalThis.crossOriginIsolated,
    engine: engineDescription(),
    video: await video(classes, engineOf),
    audio: await audio(classes),
    image: await image(classes),
    packs: loadedPacks().sort(),
    uncaught: globalThis.uncaught,
  };
}
