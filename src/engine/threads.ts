/** How many threads a session gets. */
import { coreCount, threadSetting } from '../platform/platform.ts';
import { sharedMemoryWorks } from '../platform/shared-memory.ts';
import type { SessionParameters } from './engine.ts';

let wanted: number | undefined;

/**
 * Sets how many threads a codec may use, for codecs that are configured from now on.
 *
 * @param count 0: the packs without threads and shared memory (pictures are copied between workers);
 *   1 or more: at most this many threads; undefined: as many as there are cores (the default).
 * @throws {RangeError} for anything but a non-negative integer or undefined.
 */
export function setThreads(count: number | undefined): void {
  if (count !== undefined && (!Number.isInteger(count) || count < 0)) {
    throw new RangeError('the number of threads must be a non-negative integer');
  }
  wanted = count;
}

/** 0 where memory cannot be shared, or must not be. */
export function threadLimit(): number {
  if (!sharedMemoryWorks()) return 0;
  return wanted ?? threadSetting() ?? coreCount();
}

/** More threads than this gain nothing with any codec here at 1080p. */
const mostThreads = 8;
/** Pictures that are coded faster than threads can be handed work; not those of unknown size. */
export const isSmallPicture = (width: number, height: number): boolean => width > 0 && width * height <= 320 * 240;

/** The threads of one session; 0: the pack without threads. */
export function threadsFor(parameters: SessionParameters): number {
  const limit = threadLimit();
  if (limit === 0) return 0;
  const isVideo = parameters.kind === 'video-decoder' || parameters.kind === 'video-encoder';
  if (!isVideo) return 1;
  const { width, height } = parameters;
  if (isSmallPicture(width, height)) return 1;
  return Math.min(limit, mostThreads);
}
