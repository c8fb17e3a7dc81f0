/** Pictures and sounds to encode, and how far apart two of them are. */
import { AudioData, VideoFrame } from 'everycodec';

/** An I420 picture of a gradient with a square that moves; every picture of a series differs. */
export function makePixels(width: number, height: number, index: number): Uint8Array<ArrayBuffer> {
  const chromaWidth = Math.ceil(width / 2);
  const chromaHeight = Math.ceil(height / 2);
  const data = new Uint8Array(width * height + 2 * chromaWidth * chromaHeight);
  const square = { x: (index * 7) % Math.max(1, width - 32), y: (index * 5) % Math.max(1, height - 32) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= square.x && x < square.x + 32 && y >= square.y && y < square.y + 32;
      data[y * width + x] = inside ? 230 : 40 + Math.round((120 * (x + y)) / (width + height));
    }
  }
  const chroma = data.subarray(width * height);
  for (let y = 0; y < chromaHeight; y++) {
    for (let x = 0; x < chromaWidth; x++) {
      chroma[y * chromaWidth + x] = 90 + Math.round((60 * x) / chromaWidth);
      chroma[(chromaHeight + y) * chromaWidth + x] = 100 + Math.round((60 * y) / chromaHeight);
    }
  }
  return data;
}

/** µs. */
export const frameDuration = 33_333;

export function makeFrame(width: number, height: number, index: number): VideoFrame {
  return new VideoFrame(makePixels(width, height, index), {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: index * frameDuration,
    duration: frameDuration,
  });
}

/** Peak signal-to-noise ratio of two byte arrays, dB. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`sizes differ: ${a.length} and ${b.length} bytes`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * a.length) / sum);
}

export async function bytesOf(frame: VideoFrame): Promise<Uint8Array> {
  const data = new Uint8Array(frame.allocationSize());
  await frame.copyTo(data);
  return data;
}

/** A chord with a slow swell, f32-planar, all channels with tones of their own. */
export function makeAudio(sampleRate: number, channels: number, frames: number, first = 0): AudioData {
  const data = new Float32Array(frames * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < frames; i++) {
      const t = (first + i) / sampleRate;
      const swell = 0.6 + 0.4 * Math.sin(2 * Math.PI * 0.7 * t);
      const tone = [220, 331, 554].reduce((sum, hz) => sum + Math.sin(2 * Math.PI * hz * (1 + channel * 0.25) * t), 0);
      data[channel * frames + i] = 0.2 * swell * tone;
    }
  }
  return new AudioData({
    format: 'f32-planar',
    sampleRate,
    numberOfChannels: channels,
    numberOfFrames: frames,
    timestamp: Math.round((first * 1e6) / sampleRate),
    data,
  });
}

export function planeOf(data: AudioData, planeIndex: number): Float32Array {
  const plane = new Float32Array(data.allocationSize({ planeIndex, format: 'f32-planar' }) / 4);
  data.copyTo(plane, { planeIndex, format: 'f32-planar' });
  return plane;
}

/** Pseudo-random bytes, the same ones for the same seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
