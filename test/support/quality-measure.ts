/** How far a decoded picture or sound is from its source, and which of two encoders does better. */

/** dB over all samples of all planes, as the "average" of ffmpeg's psnr filter. */
export function psnrOf(source: Uint8Array<ArrayBuffer>, decoded: Uint8Array<ArrayBuffer>, bitDepth: 8 | 10): number {
  if (source.length !== decoded.length) throw new Error(`${decoded.length} bytes of pictures, not ${source.length}`);
  const [a, b] = bitDepth === 8 ? [source, decoded] : [new Uint16Array(source.buffer), new Uint16Array(decoded.buffer)];
  const largest = 2 ** bitDepth - 1;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((largest * largest * a.length) / sum);
}

/** One channel, ±1, of interleaved samples. */
function channelOf(samples: Int16Array | Float32Array, channel: number, channels: number): Float32Array {
  const scale = samples instanceof Int16Array ? 1 / 32768 : 1;
  const result = new Float32Array(Math.floor(samples.length / channels));
  for (let i = 0; i < result.length; i++) result[i] = samples[i * channels + channel]! * scale;
  return result;
}

/** Of any encoder here, frames. */
const longestDelay = 4096;

/** The delay, frames, at which the decoded sound differs least from the source. */
function delayOf(source: Float32Array, decoded: Float32Array): number {
  const begin = Math.floor(source.length / 4);
  const end = begin + 4096;
  let best = { error: Number.POSITIVE_INFINITY, delay: 0 };
  for (let delay = 0; delay <= longestDelay; delay++) {
    let error = 0;
    for (let i = begin; i < end; i++) error += (source[i]! - (decoded[i + delay] ?? 0)) ** 2;
    if (error < best.error) best = { error, delay };
  }
  return best.delay;
}

const windowSize = 2048;
const angles = Array.from({ length: windowSize }, (_, i) => (2 * Math.PI * i) / windowSize);
const cosines = Float64Array.from(angles, Math.cos);
const sines = Float64Array.from(angles, Math.sin);

const reversed = Int32Array.from({ length: windowSize }, (_, i) => {
  let result = 0;
  for (let bit = 1; bit < windowSize; bit *= 2) result = 2 * result + (i & bit ? 1 : 0);
  return result;
});

/** Energies of the bins of a window's spectrum, by a radix-2 FFT. */
function spectrum(samples: Float32Array, at: number): Float64Array {
  const re = new Float64Array(windowSize);
  const im = new Float64Array(windowSize);
  for (let i = 0; i < windowSize; i++) re[reversed[i]!] = (samples[at + i] ?? 0) * (0.5 - 0.5 * cosines[i]!);
  for (let half = 1; half < windowSize; half *= 2) {
    for (let k = 0; k < half; k++) {
      const angle = (k * windowSize) / (2 * half);
      const c = cosines[angle]!;
      const s = -sines[angle]!;
      for (let i = k; i < windowSize; i += 2 * half) {
        const j = i + half;
        const x = re[j]! * c - im[j]! * s;
        const y = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - x;
        im[j] = im[i]! - y;
        re[i]! += x;
        im[i]! += y;
      }
    }
  }
  return re.slice(0, windowSize / 2).map((value, i) => value ** 2 + im[i]! ** 2);
}

/** Bins at which bands of a third of an octave begin, up to where the codecs here cut off. */
const bandEdges = Array.from({ length: 28 }, (_, i) => Math.round(3 * 2 ** (i / 3)))
  .filter((edge) => edge < (2 / 3) * (windowSize / 2))
  .filter((edge, i, edges) => edge !== edges[i - 1]);

/** Quieter than what 16 bits hold. */
const silence = 1e-3;

function bandLevels(samples: Float32Array, at: number): number[] {
  const energies = spectrum(samples, at);
  return bandEdges.slice(1).map((end, i) => {
    const sum = energies.subarray(bandEdges[i], end).reduce((total, energy) => total + energy, silence);
    return 10 * Math.log10(sum);
  });
}

/** How far the loudness of bands is off, dB, on average over bands and time. */
function bandDistance(source: Float32Array, decoded: Float32Array, delay: number): number {
  let sum = 0;
  let count = 0;
  for (let at = longestDelay; at + windowSize < source.length - longestDelay; at += windowSize / 2) {
    const levels = bandLevels(decoded, at + delay);
    for (const [band, level] of bandLevels(source, at).entries()) {
      sum += Math.abs(level - levels[band]!);
      count++;
    }
  }
  return sum / count;
}

export interface SoundQuality {
  /** dB, of all channels. */
  snr: number;
  /**
   * dB, less is better. Encoders that put noise of their own in the place of noise keep this and not the waveform.
   */
  distance: number;
  /** Frames. */
  delay: number;
}

/** Of interleaved samples; the ends, where encoders start and stop, do not count. */
export function soundQuality(source: Int16Array, decoded: Float32Array, channels: number): SoundQuality {
  const delay = delayOf(channelOf(source, 0, channels), channelOf(decoded, 0, channels));
  let signal = 0;
  let error = 0;
  let distance = 0;
  for (let channel = 0; channel < channels; channel++) {
    const a = channelOf(source, channel, channels);
    const b = channelOf(decoded, channel, channels);
    for (let i = longestDelay; i < a.length - longestDelay; i++) {
      signal += a[i]! ** 2;
      error += (a[i]! - (b[i + delay] ?? 0)) ** 2;
    }
    distance += bandDistance(a, b, delay) / channels;
  }
  return { snr: 10 * Math.log10(signal / error), distance, delay };
}

/** What an encoder made of the source. */
export interface Point {
  bytes: number;
  /** PSNR or SNR, dB. */
  decibels: number;
}

/**
 * What an encoder that gave these two points would give with `bytes`: quality is nearly a straight line over the
 * logarithm of the rate, as long as the points are near.
 */
export function qualityAt(bytes: number, [a, b]: readonly [Point, Point]): number {
  if (bytes === a.bytes) return a.decibels;
  const slope = (b.decibels - a.decibels) / Math.log(b.bytes / a.bytes);
  return a.decibels + slope * Math.log(bytes / a.bytes);
}

/** How much larger, in percent, `point` is than the same encoder would need for its quality. */
export function excessBytes(point: Point, [a, b]: readonly [Point, Point]): number {
  const slope = (b.decibels - a.decibels) / Math.log(b.bytes / a.bytes);
  const needed = a.bytes * Math.exp((point.decibels - a.decibels) / slope);
  return 100 * (point.bytes / needed - 1);
}
