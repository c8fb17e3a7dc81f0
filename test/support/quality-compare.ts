/** One encoder's output beside that of native ffmpeg with the same library and settings. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeVideo, encodeAudio, encodeVideo } from './coding.ts';
import { bytesOf } from './pictures.ts';
import { type AudioCase, nativeAudioOptions, nativeVideoOptions, type VideoCase } from './quality-cases.ts';
import { audioDataOf, type Clip, framesOf, type Sound } from './quality-clip.ts';
import { totalBytes, writeAudio, writeVideo } from './quality-files.ts';
import { type Point, psnrOf, type SoundQuality, soundQuality } from './quality-measure.ts';
import { ffmpeg } from './quality-native.ts';

const fileName = (name: string): string => name.replaceAll(/[^\w]+/g, '-');

function join8(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Every picture of a file, nothing dropped or repeated for the sake of timestamps. */
const nativePictures = (path: string, { pixelFormat }: Clip): Uint8Array<ArrayBuffer> =>
  ffmpeg(['-i', path, '-vsync', 'passthrough', '-pix_fmt', pixelFormat, '-f', 'rawvideo', '-']);

export interface VideoResult extends Point {
  /** Of each picture, by native ffmpeg. */
  native: Uint8Array<ArrayBuffer>;
  /** And by our own decoder. */
  own: Uint8Array<ArrayBuffer>;
}

export async function encodeOurs(folder: string, wanted: VideoCase, clip: Clip): Promise<VideoResult> {
  const { config, codec, quantizer } = wanted;
  const options = quantizer === undefined ? {} : { [codec]: { quantizer } };
  const encoded = await encodeVideo(config, framesOf(clip), () => options);
  const path = join(folder, `${fileName(wanted.name)}.${wanted.file}`);
  await writeVideo(path, codec, encoded);
  const native = nativePictures(path, clip);
  const frames = await decodeVideo(encoded.metadata[0]!.decoderConfig!, encoded.chunks);
  const own = join8(await Promise.all(frames.map(bytesOf)));
  for (const frame of frames) frame.close();
  return {
    bytes: totalBytes(encoded.chunks),
    decibels: psnrOf(join8(clip.pictures), native, clip.bitDepth),
    native,
    own,
  };
}

/** Each of libaom's packets begins with a temporal delimiter of two bytes, which chunks do not have. */
const delimiterBytes = (wanted: VideoCase, clip: Clip): number =>
  wanted.codec === 'av1' ? 2 * clip.pictures.length : 0;

const ivfHeader = 32;
const ivfFrameHeader = 12;

/** With the same settings, where `rate` names no others: bits per second, or steps of the quantizer. */
export function encodeNative(folder: string, wanted: VideoCase, clip: Clip, rate = wanted.config.bitrate ?? 0): Point {
  const path = join(folder, `${fileName(wanted.name)}-native.ivf`);
  const { width, height, framerate, pixelFormat } = clip;
  const input = ['-f', 'rawvideo', '-pix_fmt', pixelFormat, '-s', `${width}x${height}`, '-r', `${framerate}`];
  const file = ffmpeg([...input, '-i', clip.path, ...nativeVideoOptions(wanted, rate), '-f', 'ivf', '-']);
  writeFileSync(path, file);
  const headers = ivfHeader + ivfFrameHeader * clip.pictures.length;
  return {
    bytes: file.length - headers - delimiterBytes(wanted, clip),
    decibels: psnrOf(join8(clip.pictures), nativePictures(path, clip), clip.bitDepth),
  };
}

/**
 * A second point beyond ours in rate, so that quality can be compared at equal rates: a tenth away, or three steps of the
 * quantizer.
 */
export function encodeNativeNear(folder: string, wanted: VideoCase, clip: Clip, isLarger: boolean): Point {
  const { bitrate } = wanted.config;
  const rate = bitrate ? bitrate * (isLarger ? 1.1 : 0.9) : isLarger ? -3 : 3;
  return encodeNative(folder, wanted, clip, rate);
}

export interface SoundResult extends Point, SoundQuality {
  /** Interleaved, decoded by native ffmpeg. */
  samples: Float32Array;
}

/** Everything in a file, also what a container says to skip. */
function nativeSound(path: string): Float32Array {
  const edits = path.endsWith('.mp4') ? ['-ignore_editlist', '1'] : [];
  return new Float32Array(ffmpeg([...edits, '-flags2', '+skip_manual', '-i', path, '-f', 'f32le', '-']).buffer);
}

function measureSound(path: string, bytes: number, { samples, channels }: Sound): SoundResult {
  const decoded = nativeSound(path);
  const quality = soundQuality(samples, decoded, channels);
  return { bytes, decibels: quality.snr, ...quality, samples: decoded };
}

export async function encodeOursAudio(folder: string, wanted: AudioCase, sound: Sound): Promise<SoundResult> {
  const encoded = await encodeAudio(wanted.config, audioDataOf(sound));
  const path = join(folder, `${fileName(wanted.name)}.${wanted.file}`);
  await writeAudio(path, wanted.codec as never, encoded);
  return measureSound(path, totalBytes(encoded.chunks), sound);
}

export function encodeNativeAudio(folder: string, wanted: AudioCase, sound: Sound, bitrate = 0): SoundResult {
  const path = join(folder, `${fileName(wanted.name)}-native.${wanted.file}`);
  ffmpeg(['-i', sound.path, ...nativeAudioOptions(wanted, bitrate), '-f', wanted.file, path]);
  const packets = ffmpeg(['-i', path, '-map', '0:a', '-c', 'copy', '-f', 'data', '-']);
  return measureSound(path, packets.length, sound);
}
