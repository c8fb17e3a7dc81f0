/** Image sequences: ISO/IEC 14496-12, 8.3 to 8.7; HEIF, 7. */

import type { VideoColorSpaceInit } from '../pixels/color-space.ts';
import { isAlpha, readColorSpace, readConfigObus, readOrientation } from './avif-properties.ts';
import { type Box, ByteReader, boxesIn, boxOf, readFullBox } from './byte-reader.ts';
import type { Orientation } from './exif.ts';
import { checkCanvasSize, ImageError } from './image.ts';

/** Frames of a sequence at most: more than an hour at 30 per second. Tables can claim any number for a few bytes. */
export const maximumSamples = 2 ** 17;

export interface Sample {
  /** Bytes from the beginning of the file. */
  offset: number;
  size: number;
  /** In units of the timescale. */
  time: number;
  duration: number;
  isSync: boolean;
}

export interface SequenceTrack {
  id: number;
  width: number;
  height: number;
  /** Units per second. */
  timescale: number;
  samples: Sample[];
  configObus: Uint8Array;
  colorSpace: VideoColorSpaceInit | undefined;
  orientation: Orientation;
  repetitionCount: number;
}

export interface Sequence {
  color: SequenceTrack;
  alpha: SequenceTrack | undefined;
  isAlphaPremultiplied: boolean;
}

interface TrackBoxes {
  id: number;
  handler: string;
  /** Of 'tkhd', in units of the whole file. */
  duration: number;
  width: number;
  height: number;
  /** By type of reference, 8.3.3. */
  references: Map<string, number[]>;
  elst: Box | undefined;
  mediaHeader: Box | undefined;
  sampleTable: Box[];
}

/** The sequence in the box 'moov'; undefined if there is none of AV1. @throws {ImageError} if it is damaged. */
export function readSequence(moov: Uint8Array): Sequence | undefined {
  const tracks = boxesIn(moov)
    .filter(({ type }) => type === 'trak')
    .map(({ body }) => readTrackBoxes(body))
    .filter((track): track is TrackBoxes => track !== undefined && sampleEntryOf(track) !== undefined);
  const color = tracks.find(({ handler, references }) => handler === 'pict' && !references.has('auxl'));
  if (!color) return undefined;
  const alpha = tracks.find((track) => track.references.get('auxl')?.includes(color.id) && isAlphaTrack(track));
  return {
    color: readTrack(color),
    alpha: alpha && readTrack(alpha),
    isAlphaPremultiplied: alpha !== undefined && (color.references.get('prem')?.includes(alpha.id) ?? false),
  };
}

function readTrackBoxes(trak: Uint8Array): TrackBoxes | undefined {
  const boxes = boxesIn(trak);
  const within = (outer: readonly Box[], type: string): Box[] => {
    const box = boxOf(outer, type);
    return box ? boxesIn(box.body) : [];
  };
  const header = boxOf(boxes, 'tkhd');
  const media = within(boxes, 'mdia');
  const handler = boxOf(media, 'hdlr');
  if (!header || !handler) return undefined;
  return {
    ...readTrackHeader(header.body),
    handler: readFullBox(handler.body).reader.skip(4).code(),
    references: readTrackReferences(within(boxes, 'tref')),
    elst: boxOf(within(boxes, 'edts'), 'elst'),
    mediaHeader: boxOf(media, 'mdhd'),
    sampleTable: within(within(media, 'minf'), 'stbl'),
  };
}

/** 8.3.2 */
function readTrackHeader(body: Uint8Array): Pick<TrackBoxes, 'id' | 'duration' | 'width' | 'height'> {
  const { version, reader } = readFullBox(body);
  const isLong = version === 1;
  const id = reader.skip(isLong ? 16 : 8).u32();
  reader.skip(4);
  const duration = readDuration(reader, isLong);
  // Reserved, layer, alternate group, volume, reserved, matrix; then 16.16 bits each.
  reader.skip(8 + 2 + 2 + 2 + 2 + 36);
  return { id, duration, width: Math.floor(reader.u32() / 65536), height: Math.floor(reader.u32() / 65536) };
}

/** All bits set: "cannot be determined". */
function readDuration(reader: ByteReader, isLong: boolean): number {
  const [duration, unknown] = isLong ? [reader.u64(), 2 ** 64] : [reader.u32(), 2 ** 32 - 1];
  return duration === unknown ? Number.POSITIVE_INFINITY : duration;
}

function readTrackReferences(tref: readonly Box[]): Map<string, number[]> {
  const references = new Map<string, number[]>();
  for (const { type, body } of tref) {
    const reader = new ByteReader(body);
    const ids: number[] = [];
    while (reader.left >= 4) ids.push(reader.u32());
    references.set(type, ids);
  }
  return references;
}

/** The boxes within the first sample entry (8.5.2, 12.1.3), if it is AV1's. */
function sampleEntryOf({ sampleTable }: TrackBoxes): { width: number; height: number; boxes: Box[] } | undefined {
  const descriptions = boxOf(sampleTable, 'stsd');
  if (!descriptions) return undefined;
  const [entry] = boxesIn(readFullBox(descriptions.body).reader.skip(4).bytes());
  if (entry?.type !== 'av01') return undefined;
  const reader = new ByteReader(entry.body).skip(24);
  return { width: reader.u16(), height: reader.u16(), boxes: boxesIn(reader.skip(50).bytes()) };
}

/** Without the box that says what the track is auxiliary for, it is taken for alpha, as libavif does. */
function isAlphaTrack(track: TrackBoxes): boolean {
  const type = boxOf(sampleEntryOf(track)?.boxes ?? [], 'auxi');
  return !type || isAlpha(type);
}

function readTrack(track: TrackBoxes): SequenceTrack {
  const entry = sampleEntryOf(track)!;
  const configObus = readConfigObus(entry.boxes);
  if (!configObus) throw new ImageError('an AV1 track has no configuration');
  const width = track.width || entry.width;
  const height = track.height || entry.height;
  checkCanvasSize(width, height);
  return {
    id: track.id,
    width,
    height,
    timescale: readTimescale(track.mediaHeader),
    samples: readSamples(track.sampleTable),
    configObus,
    colorSpace: readColorSpace(entry.boxes),
    orientation: readOrientation(entry.boxes),
    repetitionCount: readRepetitionCount(track),
  };
}

/** 8.4.2 */
function readTimescale(mediaHeader: Box | undefined): number {
  if (!mediaHeader) throw new ImageError('a track has no media header');
  const { version, reader } = readFullBox(mediaHeader.body);
  const timescale = reader.skip(version === 1 ? 16 : 8).u32();
  if (timescale === 0) throw new ImageError('a track has a timescale of 0');
  return timescale;
}

/**
 * HEIF, 7.2: an edit list that repeats is shown as often as it fits into the track's duration. Without an edit list
 * nothing is said, and Chromium repeats for ever.
 */
function readRepetitionCount({ elst, duration }: TrackBoxes): number {
  if (!elst) return Number.POSITIVE_INFINITY;
  const { version, flags, reader } = readFullBox(elst.body);
  if ((flags & 1) === 0) return 0;
  const count = reader.u32();
  const segmentDuration = count === 1 ? readDuration(reader, version === 1) : 0;
  if (segmentDuration === 0) return Number.POSITIVE_INFINITY;
  const repetitions = Math.ceil(duration / segmentDuration) - 1;
  // Not a number if both are unknown.
  return repetitions <= 0x7fffffff ? Math.max(0, repetitions) : Number.POSITIVE_INFINITY;
}

// 8.6 and 8.7: sample tables

function readSamples(table: readonly Box[]): Sample[] {
  const sizes = readSizes(table);
  const offsets = readOffsets(table, sizes);
  const durations = readDurations(boxOf(table, 'stts'), sizes.length);
  const syncSamples = readSyncSamples(boxOf(table, 'stss'));
  let time = 0;
  return sizes.map((size, index) => {
    const duration = durations[index]!;
    const sample = { offset: offsets[index]!, size, time, duration, isSync: syncSamples?.has(index + 1) ?? true };
    time += duration;
    return sample;
  });
}

/** 8.7.3 */
function readSizes(table: readonly Box[]): number[] {
  const box = boxOf(table, 'stsz');
  if (!box) throw new ImageError('a track has no sample sizes');
  const { reader } = readFullBox(box.body);
  const size = reader.u32();
  const count = reader.u32();
  if (count === 0 || count > maximumSamples) throw new ImageError(`a sequence of ${count} frames`);
  return Array.from({ length: count }, () => size || reader.u32());
}

/** Where each sample begins: 8.7.4 and 8.7.5. */
function readOffsets(table: readonly Box[], sizes: readonly number[]): number[] {
  const chunks = readChunkOffsets(table);
  const runs = readSamplesPerChunk(boxOf(table, 'stsc'));
  const offsets: number[] = [];
  for (let chunk = 0, run = 0; chunk < chunks.length && offsets.length < sizes.length; chunk++) {
    while (run + 1 < runs.length && runs[run + 1]!.firstChunk <= chunk + 1) run++;
    let offset = chunks[chunk]!;
    for (let i = 0; i < runs[run]!.samples && offsets.length < sizes.length; i++) {
      offsets.push(offset);
      offset += sizes[offsets.length - 1]!;
    }
  }
  if (offsets.length < sizes.length) throw new ImageError('samples lie in no chunk');
  return offsets;
}

function readChunkOffsets(table: readonly Box[]): number[] {
  const long = boxOf(table, 'co64');
  const box = long ?? boxOf(table, 'stco');
  if (!box) throw new ImageError('a track has no chunks');
  const { reader } = readFullBox(box.body);
  const count = reader.u32();
  if (count * (long ? 8 : 4) > reader.left) throw new ImageError('chunk offsets are cut off');
  return Array.from({ length: count }, () => (long ? reader.u64() : reader.u32()));
}

function readSamplesPerChunk(box: Box | undefined): { firstChunk: number; samples: number }[] {
  if (!box) throw new ImageError('a track has no samples per chunk');
  const { reader } = readFullBox(box.body);
  const count = reader.u32();
  if (count === 0 || count * 12 > reader.left) throw new ImageError('samples per chunk are cut off');
  return Array.from({ length: count }, () => {
    const run = { firstChunk: reader.u32(), samples: reader.u32() };
    reader.skip(4);
    return run;
  });
}

/** 8.6.1.2. What is not said is as the last. */
function readDurations(box: Box | undefined, samples: number): number[] {
  if (!box) throw new ImageError('a track has no durations');
  const { reader } = readFullBox(box.body);
  const count = reader.u32();
  const durations: number[] = [];
  let duration = 0;
  for (let i = 0; i < count && durations.length < samples; i++) {
    const run = reader.u32();
    duration = reader.u32();
    for (let j = 0; j < run && durations.length < samples; j++) durations.push(duration);
  }
  while (durations.length < samples) durations.push(duration);
  return durations;
}

/** 8.6.2: numbers from 1 on. Without the box all are. */
function readSyncSamples(box: Box | undefined): Set<number> | undefined {
  if (!box) return undefined;
  const { reader } = readFullBox(box.body);
  const count = reader.u32();
  if (count * 4 > reader.left) throw new ImageError('sync samples are cut off');
  return new Set(Array.from({ length: count }, () => reader.u32()));
}
