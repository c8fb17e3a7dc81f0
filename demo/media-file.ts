/** Opens a media file and finds what can be played of it. */
import { AudioDecoder } from 'everycodec';
import {
  ALL_FORMATS,
  BlobSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  UnsupportedInputFormatError,
} from 'mediabunny';
import { DemoError, reasonOf } from './errors.ts';
import { codecText } from './words.ts';

export interface VideoTrack {
  track: InputVideoTrack;
  config: VideoDecoderConfig;
  codec: string;
  /** As shown: upright, with square pixels. */
  width: number;
  height: number;
  /** Degrees clockwise that pictures are turned by to be upright. */
  rotation: 0 | 90 | 180 | 270;
  /** Pictures per second, on average. */
  frameRate: number;
}

export interface AudioTrack {
  track: InputAudioTrack;
  config: AudioDecoderConfig;
  codec: string;
}

export interface MediaFile {
  name: string;
  blob: Blob;
  input: Input;
  format: string;
  video: VideoTrack | null;
  audio: AudioTrack | null;
  /** Seconds. */
  start: number;
  end: number;
  /** Why something in it is not played. */
  notes: string[];
}

/** @throws {DemoError} if there is nothing to play. */
export async function openMediaFile(blob: Blob, name: string): Promise<MediaFile> {
  if (blob.size === 0) throw new DemoError(`${name} is empty.`);
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  try {
    return await readMediaFile(input, blob, name);
  } catch (error) {
    input.dispose();
    if (error instanceof DemoError) throw error;
    if (error instanceof UnsupportedInputFormatError)
      throw new DemoError(`${name} is not a media file of a known format.`);
    throw new DemoError(`${name} cannot be read: ${reasonOf(error)}`);
  }
}

async function readMediaFile(input: Input, blob: Blob, name: string): Promise<MediaFile> {
  const videoTrack = await input.getPrimaryVideoTrack();
  const audioTrack = await input.getPrimaryAudioTrack();
  const notes: string[] = [];
  const video = videoTrack && (await readTrack(videoTrack, 'picture', notes, readVideo));
  const audio = audioTrack && (await readTrack(audioTrack, 'sound', notes, readAudio));
  if (!video && !audio) throw new DemoError([`${name} holds nothing that can be played.`, ...notes].join(' '));
  const tracks: InputTrack[] = [video?.track, audio?.track].filter((track) => track !== undefined);
  const start = Math.max(0, await input.getFirstTimestamp(tracks));
  const end = (await input.getDurationFromMetadata(tracks)) ?? (await input.computeDuration(tracks));
  const format = (await input.getFormat()).name;
  return { name, blob, input, format, video, audio, start, end, notes };
}

async function readTrack<Track extends InputTrack, Read>(
  track: Track,
  what: string,
  notes: string[],
  read: (track: Track, codec: string) => Promise<Read | null>,
): Promise<Read | null> {
  const codec = await track.getCodec();
  const result = codec && (await read(track, codec));
  if (result) return result;
  notes.push(codec ? `Its ${what} (${codecText(codec)}) cannot be decoded.` : await unknownCodec(track, what));
  return null;
}

async function unknownCodec(track: InputTrack, what: string): Promise<string> {
  const id = await track.getInternalCodecId();
  const name = typeof id === 'string' || typeof id === 'number' ? ` (${id})` : '';
  return `Its ${what} is in a codec${name} that is not known here.`;
}

async function readVideo(track: InputVideoTrack, codec: string): Promise<VideoTrack | null> {
  const config = await track.getDecoderConfig();
  if (!config) return null;
  return {
    track,
    config,
    codec,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    frameRate: (await track.computePacketStats(50)).averagePacketRate || 30,
  };
}

async function readAudio(track: InputAudioTrack, codec: string): Promise<AudioTrack | null> {
  const config = await track.getDecoderConfig();
  if (!config || !(await AudioDecoder.isConfigSupported(config)).supported) return null;
  return { track, config, codec };
}
