/** Encoders keep the bitrate they were asked for: within 15 % over ten seconds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AudioData, type AudioEncoderConfig, type VideoEncoderConfig, VideoFrame } from 'everycodec';
import { encodeAudio, encodeVideo } from './support/coding.ts';
import { makeAudio, makePixels, noise, planeOf } from './support/pictures.ts';

const seconds = 10;
const tolerance = 0.15;

function assertBitrate(chunks: readonly { byteLength: number }[], wanted: number): void {
  const bitrate = (8 * chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)) / seconds;
  const difference = bitrate / wanted - 1;
  assert.ok(Math.abs(difference) <= tolerance, `${Math.round(bitrate)} bit/s, ${(100 * difference).toFixed(1)} %`);
}

const framerate = 30;
const size = { width: 320, height: 180 };

/** A moving picture with grain, which no encoder gets for nothing. */
function* grainyFrames() {
  const grain = noise(1 << 20, 7);
  for (let index = 0; index < seconds * framerate; index++) {
    const pixels = makePixels(size.width, size.height, index);
    const offset = (index * 7919) % ((1 << 20) - size.width * size.height);
    for (let i = 0; i < size.width * size.height; i++) pixels[i]! += grain[offset + i]! >> 4;
    yield new VideoFrame(pixels, {
      format: 'I420',
      codedWidth: size.width,
      codedHeight: size.height,
      timestamp: Math.round((index * 1e6) / framerate),
    });
  }
}

const videoCodecs = ['avc1.42e01e', 'avc1.64001e', 'hvc1.1.6.L60.B0', 'vp8', 'vp09.00.20.08', 'av01.0.00M.08'];

describe('video bitrates', () => {
  for (const codec of videoCodecs) {
    for (const bitrateMode of ['constant', 'variable'] as const) {
      for (const latencyMode of ['realtime', 'quality'] as const) {
        test(`${codec}, ${bitrateMode}, ${latencyMode}`, async () => {
          const config: VideoEncoderConfig = { codec, ...size, bitrate: 400_000, bitrateMode, latencyMode, framerate };
          const { chunks } = await encodeVideo(config, grainyFrames());
          assert.equal(chunks.length, seconds * framerate, 'a frame was dropped');
          assertBitrate(chunks, 400_000);
        });
      }
    }
  }
});

/** Chords with hiss. */
function* music(sampleRate: number, channels: number) {
  const block = sampleRate / 10;
  for (let index = 0; index < 10 * seconds; index++) {
    const chord = makeAudio(sampleRate, channels, block, index * block);
    const data = new Float32Array(block * channels);
    for (let channel = 0; channel < channels; channel++) {
      const hiss = noise(block, index * channels + channel + 1);
      for (const [i, sample] of planeOf(chord, channel).entries()) {
        data[channel * block + i] = sample + (hiss[i]! - 128) / 2000;
      }
    }
    yield new AudioData({
      format: 'f32-planar',
      sampleRate,
      numberOfChannels: channels,
      numberOfFrames: block,
      timestamp: chord.timestamp,
      data,
    });
  }
}

describe('audio bitrates', () => {
  for (const bitrateMode of ['constant', 'variable'] as const) {
    const configs: AudioEncoderConfig[] = [
      { codec: 'opus', sampleRate: 48000, numberOfChannels: 2, bitrate: 96_000, bitrateMode },
      { codec: 'opus', sampleRate: 48000, numberOfChannels: 1, bitrate: 32_000, bitrateMode },
      { codec: 'mp4a.40.2', sampleRate: 44100, numberOfChannels: 2, bitrate: 128_000, bitrateMode },
      { codec: 'mp4a.40.2', sampleRate: 48000, numberOfChannels: 1, bitrate: 64_000, bitrateMode },
      { codec: 'mp3', sampleRate: 44100, numberOfChannels: 2, bitrate: 128_000, bitrateMode },
      { codec: 'vorbis', sampleRate: 48000, numberOfChannels: 2, bitrate: 128_000, bitrateMode },
    ];
    for (const config of configs) {
      test(`${config.codec} ${config.numberOfChannels} channels, ${bitrateMode}`, async () => {
        const { chunks } = await encodeAudio(config, music(config.sampleRate, config.numberOfChannels));
        assertBitrate(chunks, config.bitrate!);
      });
    }
  }
});
