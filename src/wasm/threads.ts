/** How many threads a session gets. */
import { coreCount, environmentSetting } from '../platform/platform.ts';
import { sharedMemoryWorks } from '../platform/shared-memory.ts';
import type { SessionParameters } from './messages.ts';

let wanted: number | undefined;

function fromEnvironment(): number | undefined {
  const setting = environmentSetting('EVERYCODEC_THREADS');
  if (setting === undefined || setting === '') return undefined;
  const count = Number(setting);
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`EVERYCODEC_THREADS must be 0 (no shared memory) or a number of threads, not '${setting}'`);
  }
  return count;
}

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
  return wanted ?? fromEnvironment() ?? coreCount();
}

/** More threads than this gain nothing with any codec here at 1080p. */
const mostThreads = 8;
/** Pictures below this many pixels decode faster than threads can be handed work. */
const smallPicture = 320 * 240;

/** The threads of one session; 0: the pack without threads. */
export function threadsFor(parameters: SessionParameters): number {
  const limit = threadLimit();
  if (limit === 0) return 0;
  const isVideo = parameters.kind === 'video-decoder' || parameters.kind === 'video-encoder';
  if (!isVideo) return 1;
  const { width, height } = parameters;
  if (width > 0 && width * height <= smallPicture) return 1;
  return Math.min(limit, mostThreads);
}

/** The engine with this many threads, for people. */
export function describeEngine(threads: number): string {
  if (threads === 0) return 'wasm (SIMD)';
  return `wasm (SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'})`;
}
