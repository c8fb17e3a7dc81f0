import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { readAnnexB } from './annex-b.ts';
import { readObuFile } from './av1.ts';
import { readAudioTrack, readVideoTrack } from './container.ts';
import { isFlac, readFlacFrames } from './flac-frames.ts';
import { readHevcAnnexB } from './hevc-annex-b.ts';
import { isIvf, readIvf } from './ivf.ts';
import type { MediaFile } from './media.ts';
import { readMp3Frames } from './mp3-frames.ts';
import { readOpusDemo } from './opus-demo.ts';
import type { AudioStream, ReadResult, StreamPacket, VideoStream } from './stream.ts';

const annexBExtensions = new Set(['.264', '.h264', '.avc', '.jsv']);
const hevcExtensions = new Set(['.265', '.h265', '.hevc']);

export async function readVideoStream({ path, folder }: MediaFile): Promise<ReadResult<VideoStream>> {
  const bytes = readFileSync(path);
  if (folder === 'h264' && annexBExtensions.has(extname(path))) return complete(readAnnexB(bytes));
  if (hevcExtensions.has(extname(path))) return complete(readHevcAnnexB(bytes));
  if (extname(path) === '.obu') return complete(readObuFile(bytes));
  if (isIvf(bytes)) return complete(readIvf(bytes));
  if (extname(path) === '.vp9') return complete(readWholeAsKey(bytes));
  return readVideoTrack(bytes);
}

export async function readAudioStream({ path, folder }: MediaFile): Promise<ReadResult<AudioStream>> {
  const bytes = readFileSync(path);
  if (extname(path) === '.bit') return complete(folder === 'opus' ? readOpusDemo(bytes) : readMp3Frames(bytes));
  if (isFlac(bytes)) return complete(readFlacFrames(bytes));
  return readAudioTrack(bytes);
}

/** Fuzzers' files are one frame without any container. */
function readWholeAsKey(data: Uint8Array): VideoStream {
  const packet: StreamPacket = { type: 'key', timestamp: 0, data };
  return { kind: 'video', config: { codec: 'vp09.00.10.08' }, packets: [packet], hasPresentationTimes: true };
}

function complete<Stream>(stream: Stream): ReadResult<Stream> {
  return { stream, fault: null };
}
