/**
 * Configures, feeds, resets and closes codecs over and over, each cycle at another stage, and prints the resident size,
 * bytes, after each tenth of the cycles. KEEP=1 keeps a picture of each cycle: what a leak looks like.
 */
import { AudioData, AudioDecoder, AudioEncoder, VideoDecoder, VideoEncoder, VideoFrame } from 'everycodec';

const cycles = Number(process.argv[2]);
const width = 480;
const height = 320;
const kept = [];

function picture(index) {
  const data = new Uint8Array((width * height * 3) / 2).fill((index * 20) & 255);
  return new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: index * 1000 });
}

function sound(index) {
  const options = { format: 'f32', sampleRate: 48000, numberOfChannels: 2, numberOfFrames: 960 };
  return new AudioData({ ...options, timestamp: index * 20_000, data: new Float32Array(1920).fill(0.1) });
}

async function record(Encoder, config, make) {
  const chunks = [];
  let decoderConfig;
  const encoder = new Encoder({
    output(chunk, metadata) {
      chunks.push(chunk);
      decoderConfig ??= metadata.decoderConfig;
    },
    error(error) {
      throw error;
    },
  });
  encoder.configure(config);
  for (let i = 0; i < 8; i++) {
    const input = make(i);
    encoder.encode(input, { keyFrame: i === 0 });
    input.close();
  }
  await encoder.flush();
  encoder.close();
  return { config: decoderConfig, chunks };
}

const videoConfigs = ['avc1.42001f', 'vp8', 'vp09.00.20.08'].map((codec) => ({ codec, width, height, bitrate: 1e5 }));
for (const config of videoConfigs) config.latencyMode = 'realtime';
const audioConfigs = ['opus', 'mp4a.40.2', 'flac'].map((codec) => ({ codec, sampleRate: 48000, numberOfChannels: 2 }));
const kinds = [];
for (const config of videoConfigs) {
  const stream = await record(VideoEncoder, config, picture);
  kinds.push({ Codec: VideoDecoder, ...stream }, { Codec: VideoEncoder, config, make: picture });
}
for (const config of audioConfigs) {
  const stream = await record(AudioEncoder, config, sound);
  kinds.push({ Codec: AudioDecoder, ...stream }, { Codec: AudioEncoder, config, make: sound });
}

function feed(codec, { chunks, make }) {
  if (chunks) {
    for (const chunk of chunks) codec.decode(chunk);
    return;
  }
  for (let i = 0; i < 8; i++) {
    const input = make(i);
    codec.encode(input, { keyFrame: i === 0 });
    input.close();
  }
}

const firstOutput = (waiting) => new Promise((resolve) => waiting.push(resolve));

async function cycle(index) {
  const kind = kinds[index % kinds.length];
  const waiting = [];
  const codec = new kind.Codec({
    output(result) {
      if (process.env.KEEP && kept.at(-1)?.index !== index) kept.push({ index, picture: picture(index) });
      result.close?.();
      for (const wake of waiting.splice(0)) wake();
    },
    error(error) {
      throw error;
    },
  });
  codec.configure(kind.config);
  const stage = Math.floor(index / kinds.length) % 5;
  // Before it opened; with all in the queue; in mid-stream; at its end; and after a second life.
  if (stage >= 1) feed(codec, kind);
  const settled = stage === 2 ? Promise.race([firstOutput(waiting), codec.flush()]) : undefined;
  settled?.catch(() => {});
  if (settled) await settled;
  if (stage >= 3) await codec.flush();
  if (stage === 4) {
    codec.reset();
    codec.configure(kind.config);
    feed(codec, kind);
    await codec.flush();
  }
  codec.close();
}

const sizes = [];
for (let i = 1; i <= cycles; i++) {
  await cycle(i);
  if (i % (cycles / 10) === 0) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
    sizes.push(process.memoryUsage.rss());
  }
}
console.log(JSON.stringify({ sizes, kept: kept.length }));
