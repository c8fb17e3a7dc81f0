import { statSync } from 'node:fs';
import {
  ALL_FORMATS,
  type EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  MatroskaInputFormat,
  UnsupportedInputFormatError,
} from 'mediabunny';
import { CommandError, reasonOf } from './errors.ts';

export interface Source {
  path: string;
  bytes: number;
  input: Input;
  /** Null where the file has none. */
  video: InputVideoTrack | null;
  audio: InputAudioTrack | null;
}

/** Opens a media file and finds its main picture and sound. */
export async function openSource(path: string): Promise<Source> {
  const bytes = sizeOfFile(path);
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    if (!video && !audio) throw new CommandError(`${path} holds no picture and no sound that can be read`);
    return { path, bytes, input, video, audio };
  } catch (error) {
    input.dispose();
    if (error instanceof CommandError) throw error;
    if (error instanceof UnsupportedInputFormatError) {
      throw new CommandError(`${path} is not a media file of a known format`, { cause: error });
    }
    throw new CommandError(`${path} is damaged: ${reasonOf(error)}`, { cause: error });
  }
}

function sizeOfFile(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new CommandError(`${path} is not a file`);
    if (stat.size === 0) throw new CommandError(`${path} is empty`);
    return stat.size;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CommandError(`${path} does not exist`, { cause: error });
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** A track's packets from the first key packet on; throws at the end where packets are missing. */
export async function* packetsOf(track: InputTrack): AsyncGenerator<EncodedPacket, void, void> {
  const sink = new EncodedPacketSink(track);
  const options = { verifyKeyPackets: true };
  const first = await sink.getFirstKeyPacket(options);
  if (!first) throw new CommandError('no key frame is there');
  let last = first;
  for await (const packet of sink.packets(first, undefined, options)) {
    last = packet;
    yield packet;
  }
  await checkComplete(track, sink, last);
}

/** Ends of Matroska files differ from the written duration by rounding and by a last block's duration. */
const matroskaTolerance = 1;

/** mediabunny ends quietly where the bytes of a file end; what the file promised tells. */
async function checkComplete(track: InputTrack, sink: EncodedPacketSink, last: EncodedPacket): Promise<void> {
  const next = await sink.getNextPacket(last, { metadataOnly: true });
  const end = last.timestamp + last.duration;
  if (next) throw new CommandError(`the file is truncated: its data ends at ${end.toFixed(2)} s`);
  if (!((await track.input.getFormat()) instanceof MatroskaInputFormat)) return;
  // Matroska keeps one duration for all tracks, so only the longest can miss something.
  const promised = await track.getDurationFromMetadata();
  const reached = await track.input.computeDuration();
  if (promised !== null && promised - reached > matroskaTolerance) {
    throw new CommandError(`the file is truncated: its data ends at ${reached.toFixed(2)} of ${promised.toFixed(2)} s`);
  }
}
