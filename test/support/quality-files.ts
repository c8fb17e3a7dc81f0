/** Writes what our encoders give into files that native ffmpeg reads. */
import { writeFileSync } from 'node:fs';
import type { EncodedAudioChunk, EncodedVideoChunk } from 'everycodec';
import {
  AdtsOutputFormat,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FlacOutputFormat,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
  WavOutputFormat,
  WebMOutputFormat,
} from 'mediabunny';
import type { EncodedAudio, EncodedVideo } from './coding.ts';

const formats: Readonly<Record<string, () => OutputFormat>> = {
  mp4: () => new Mp4OutputFormat(),
  webm: () => new WebMOutputFormat(),
  ogg: () => new OggOutputFormat(),
  aac: () => new AdtsOutputFormat(),
  mp3: () => new Mp3OutputFormat({ xingHeader: false }),
  flac: () => new FlacOutputFormat(),
  wav: () => new WavOutputFormat(),
};

/** Files that are nothing but the chunks. */
const rawFormats: ReadonlySet<string> = new Set(['h264', 'hevc', 'adts', 'al', 'ul']);

const extensionOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export function bytesOfChunk(chunk: EncodedVideoChunk | EncodedAudioChunk): Uint8Array {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return data;
}

export const totalBytes = (chunks: readonly { byteLength: number }[]): number =>
  chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);

function openOutput(path: string): { output: Output; target: BufferTarget } {
  const target = new BufferTarget();
  return { output: new Output({ format: formats[extensionOf(path)]!(), target }), target };
}

async function finish(output: Output, target: BufferTarget, path: string): Promise<void> {
  await output.finalize();
  writeFileSync(path, new Uint8Array(target.buffer!));
}

/** mediabunny's own conversion looks for the classes among the globals. */
const packetOf = (chunk: EncodedVideoChunk | EncodedAudioChunk): EncodedPacket =>
  new EncodedPacket(bytesOfChunk(chunk), chunk.type, chunk.timestamp / 1e6, (chunk.duration ?? 0) / 1e6);

type VideoCodec = ConstructorParameters<typeof EncodedVideoPacketSource>[0];
type AudioCodec = ConstructorParameters<typeof EncodedAudioPacketSource>[0];

/** The container, or the raw stream, is told by the path's extension. */
export async function writeVideo(path: string, codec: VideoCodec, { chunks, metadata }: EncodedVideo): Promise<void> {
  if (rawFormats.has(extensionOf(path))) return writeFileSync(path, Buffer.concat(chunks.map(bytesOfChunk)));
  const { output, target } = openOutput(path);
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source);
  await output.start();
  for (const [index, chunk] of chunks.entries()) {
    await source.add(packetOf(chunk), metadata[index] as never);
  }
  await finish(output, target, path);
}

export async function writeAudio(path: string, codec: AudioCodec, { chunks, metadata }: EncodedAudio): Promise<void> {
  if (rawFormats.has(extensionOf(path))) return writeFileSync(path, Buffer.concat(chunks.map(bytesOfChunk)));
  const { output, target } = openOutput(path);
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  for (const [index, chunk] of chunks.entries()) {
    await source.add(packetOf(chunk), metadata[index] as never);
  }
  await finish(output, target, path);
}
