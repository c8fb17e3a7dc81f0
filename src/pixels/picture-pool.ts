/** Memory for pictures that programs bring: pooled, as a fresh buffer costs more than filling it. */
import { sharedMemoryWorks } from '../platform/shared-memory.ts';
import { computeLayout } from './layout.ts';
import { Picture } from './picture.ts';
import type { PixelFormat } from './pixel-format.ts';

/** Buffers kept of all sizes together, and their bytes. */
const mostBuffers = 16;
const mostBytes = 64 * 1024 * 1024;

let kept: ArrayBufferLike[] = [];

function take(size: number): ArrayBufferLike {
  const index = kept.findIndex((buffer) => buffer.byteLength === size);
  if (index >= 0) return kept.splice(index, 1)[0]!;
  // A worker can read shared memory where it lies.
  return sharedMemoryWorks() ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
}

function give(buffer: ArrayBufferLike): void {
  kept = [buffer, ...kept].slice(0, mostBuffers);
  while (kept.reduce((sum, { byteLength }) => sum + byteLength, 0) > mostBytes) kept.pop();
}

/**
 * A picture with tightly packed planes; `bytes` is all of its memory, which may hold an older picture:
 * the caller overwrites every byte.
 */
export function allocatePicture(
  format: PixelFormat,
  width: number,
  height: number,
): { picture: Picture; bytes: Uint8Array } {
  const { allocationSize, planes } = computeLayout({ x: 0, y: 0, width, height }, format, undefined);
  const buffer = take(allocationSize);
  const picture = new Picture({
    format,
    codedWidth: width,
    codedHeight: height,
    planes: planes.map(({ destinationOffset, destinationStride }) => ({
      offset: destinationOffset,
      stride: destinationStride,
    })),
    buffer,
    onFree: () => give(buffer),
  });
  return { picture, bytes: new Uint8Array(buffer) };
}
