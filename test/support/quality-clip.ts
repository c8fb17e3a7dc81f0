/** The pictures and the sound that the quality test encodes: made by native ffmpeg, the same for both sides. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AudioData, VideoFrame } from 'everycodec';
import { ffmpeg } from './quality-native.ts';

export interface Clip {
  width: number;
  height: number;
  framerate: number;
  bitDepth: 8 | 10;
  /** ffmpeg's name of the pixel format. */
  pixelFormat: string;
  /** I420 or I420P10, one picture each. */
  pictures: Uint8Array<ArrayBuffer>[];
  /** The same, raw, for ffmpeg. */
  path: string;
}

const framerate = 30;

/**
 * Edges that move in all directions, a slow zoom into fine detail, and grain. Made twice as large and scaled down, which
 * softens edges and grain as a lens and a camera's own processing do, and gives true values between the 8-bit ones.
 */
function scene(width: number, height: number, pixelFormat: string): string[] {
  const size = `size=${2 * width}x${2 * height}:rate=${framerate}`;
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=${size}`, '-f', 'lavfi', '-i', `mandelbrot=${size}`, '-filter_complex'],
    '[0:v][1:v]blend=all_mode=average,noise=alls=8:allf=t:all_seed=1,' +
      `scale=${width}:${height}:flags=area+accurate_rnd+bitexact,format=${pixelFormat}`,
  ];
}

export function makeClip(folder: string, width: number, height: number, frames: number, bitDepth: 8 | 10): Clip {
  const pixelFormat = bitDepth === 8 ? 'yuv420p' : 'yuv420p10le';
  const bytes = ffmpeg([...scene(width, height, pixelFormat), '-frames:v', `${frames}`, '-f', 'rawvideo', '-']);
  const path = join(folder, `${width}x${height}-${bitDepth}.yuv`);
  writeFileSync(path, bytes);
  const size = bytes.length / frames;
  const pictures = Array.from({ length: frames }, (_, index) => bytes.slice(index * size, (index + 1) * size));
  return { width, height, framerate, bitDepth, pixelFormat, pictures, path };
}

export function* framesOf({ pictures, width, height, bitDepth, framerate }: Clip): Generator<VideoFrame> {
  for (const [index, picture] of pictures.entries()) {
    yield new VideoFrame(picture, {
      format: bitDepth === 8 ? 'I420' : 'I420P10',
      codedWidth: width,
      codedHeight: height,
      timestamp: Math.round((index * 1e6) / framerate),
      duration: Math.round(1e6 / framerate),
    });
  }
}

export interface Sound {
  sampleRate: number;
  channels: number;
  /** Interleaved, of 16 bits. */
  samples: Int16Array<ArrayBuffer>;
  /** The same in a WAV file. */
  path: string;
}

/** Plucked chords, another one in each ear, over the hiss of a room: tones, attacks and noise. */
function music(seconds: number, sampleRate: number): string[] {
  const pluck = (hz: number, every: number) =>
    [1, 2, 3, 5].map((n) => `sin(2*PI*${hz * n}*t)*exp(-${3 + n}*mod(t,${every}))/${4 * n}`).join('+');
  const left = `${pluck(220, 0.5)}+${pluck(277.2, 0.75)}`;
  const right = `${pluck(329.6, 0.375)}+0.5*(${pluck(220, 0.5)})`;
  const source = `duration=${seconds}:sample_rate=${sampleRate}`;
  return [
    ...['-f', 'lavfi', '-i', `aevalsrc=exprs='${left}|${right}':duration=${seconds}:sample_rate=${sampleRate}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=color=pink:amplitude=0.05:seed=1:${source}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=color=pink:amplitude=0.05:seed=2:${source}`],
    ...['-filter_complex', '[1:a][2:a]join=inputs=2[hiss];[0:a][hiss]amix=inputs=2:normalize=0,volume=0.5'],
  ];
}

export function makeSound(folder: string, sampleRate: number, channels: number, seconds: number): Sound {
  const path = join(folder, `${sampleRate}-${channels}.wav`);
  const options = ['-ac', `${channels}`, '-c:a', 'pcm_s16le', '-bitexact'];
  ffmpeg([...music(seconds, sampleRate), ...options, path]);
  const bytes = ffmpeg(['-i', path, '-f', 's16le', '-']);
  return { sampleRate, channels, samples: new Int16Array(bytes.buffer), path };
}

export function* audioDataOf({ samples, sampleRate, channels }: Sound): Generator<AudioData> {
  const block = Math.round(sampleRate / 20);
  const frames = samples.length / channels;
  for (let first = 0; first < frames; first += block) {
    const count = Math.min(block, frames - first);
    yield new AudioData({
      format: 's16',
      sampleRate,
      numberOfChannels: channels,
      numberOfFrames: count,
      timestamp: Math.round((first * 1e6) / sampleRate),
      data: samples.slice(first * channels, (first + count) * channels),
    });
  }
}
