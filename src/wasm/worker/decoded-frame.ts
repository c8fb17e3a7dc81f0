/** Decoded pictures on their way out of a decoder's heap (emscripten/glue/decoded-frame.h). */

import { type DecodedFrameNumbers, movePlane, planeOf } from '../../engine/decoded-frame.ts';
import type { PlaneLayout } from '../../pixels/picture.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../../pixels/pixel-format.ts';
import type { DecodedPictureMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Results } from './codec.ts';
import { CodecFailure, checked, type Heap } from './heap.ts';
import { readStructure, structureBytes } from './structure.ts';

/** A plane's stride by its row bytes, up to which the plane is copied whole: row after row costs more than padding. */
const mostPadding = 1.25;

/** How a plane is copied: `count` runs of `bytes`, and the stride of the copy. */
function blockOf({ offset: begin, stride: step }: PlaneLayout, bytes: number, rows: number) {
  return step >= bytes && step < bytes * mostPadding
    ? { begin, step: 0, bytes: step * (rows - 1) + bytes, count: 1, stride: step }
    : { begin, step, bytes, count: rows, stride: bytes };
}

export class DecodedFrameReader {
  readonly #heap: Heap;
  readonly #frame: number;
  readonly #pool: BufferPool | undefined;

  /** Without `pool`, pictures stay in their slots in shared memory. */
  constructor(heap: Heap, pool: BufferPool | undefined) {
    this.#heap = heap;
    this.#pool = pool;
    this.#frame = heap.allocate(structureBytes);
  }

  /** Takes all pictures that are ready. */
  receiveAll(results: Results): void {
    while (this.#receive() === 1) {
      const frame = readStructure<DecodedFrameNumbers>(this.#heap, this.#frame, 2, 17);
      const picture = this.#pool ? this.#copyOut(frame, this.#pool) : { frame, buffer: undefined };
      results.add(picture, picture.buffer);
    }
  }

  #receive(): number {
    return checked(this.#heap.module._decoder_receive!(this.#frame), 'decoding');
  }

  /** Copies the picture into a buffer of its own and gives its slot back. */
  #copyOut(frame: DecodedFrameNumbers, pool: BufferPool): DecodedPictureMessage {
    const [, , slot, formatNumber, width, height] = frame;
    const format = pixelFormats[formatNumber];
    if (!format) throw new CodecFailure('unsupported', 'unknown pixel format');
    const blocks = planesOf(format).map((plane, index) =>
      blockOf(planeOf(frame, index), rowBytes(plane, width), rowCount(plane, height)),
    );
    const buffer = pool.take(blocks.reduce((sum, { bytes, count }) => sum + bytes * count, 0));
    const source = this.#heap.bytes;
    const target = new Uint8Array(buffer);
    let at = 0;
    blocks.forEach(({ begin, step, bytes, count, stride }, plane) => {
      movePlane(frame, plane, { offset: at, stride });
      for (let index = 0; index < count; index++, at += bytes) {
        target.set(source.subarray(begin + index * step, begin + index * step + bytes), at);
      }
    });
    this.#heap.module._decoder_release!(slot);
    return { frame, buffer };
  }

  free(): void {
    this.#heap.module._free(this.#frame);
  }
}
