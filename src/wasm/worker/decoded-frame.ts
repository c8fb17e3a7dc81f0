/** Decoded pictures on their way out of a decoder's heap (emscripten/glue/decoded-frame.h). */

import type { PlaneLayout } from '../../pixels/picture.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../../pixels/pixel-format.ts';
import type { DecodedPictureMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Results } from './codec.ts';
import { CodecFailure, checked, type Heap } from './heap.ts';
import { Structure } from './structure.ts';

const decodedFrame = new Structure(
  ['timestamp', 'duration'],
  [
    'slot',
    'format',
    'width',
    'height',
    'primaries',
    'transfer',
    'matrix',
    'fullRange',
    'planeCount',
    'plane0',
    'plane1',
    'plane2',
    'plane3',
    'stride0',
    'stride1',
    'stride2',
    'stride3',
  ],
);

type DecodedFrame = ReturnType<typeof decodedFrame.read>;

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
    this.#frame = heap.allocate(decodedFrame.size);
  }

  /** Takes all pictures that are ready. */
  receiveAll(results: Results): void {
    while (this.#receive() === 1) {
      const picture = this.#describe(decodedFrame.read(this.#heap, this.#frame));
      results.add(picture, picture.buffer);
    }
  }

  #receive(): number {
    return checked(this.#heap.module._decoder_receive!(this.#frame), 'decoding');
  }

  #describe(frame: DecodedFrame): DecodedPictureMessage {
    const planes = [
      { offset: frame.plane0, stride: frame.stride0 },
      { offset: frame.plane1, stride: frame.stride1 },
      { offset: frame.plane2, stride: frame.stride2 },
      { offset: frame.plane3, stride: frame.stride3 },
    ].slice(0, frame.planeCount);
    const { format, width, height, timestamp, duration, primaries, transfer, matrix, fullRange, slot } = frame;
    const description = { format, width, height, timestamp, duration, primaries, transfer, matrix, fullRange, slot };
    return this.#pool ? this.#copyOut(description, planes) : { ...description, planes, buffer: undefined };
  }

  /** Copies the picture into a buffer of its own and gives its slot back. */
  #copyOut(
    description: Omit<DecodedPictureMessage, 'planes' | 'buffer'>,
    planes: DecodedPictureMessage['planes'],
  ): DecodedPictureMessage {
    const { width, height, slot } = description;
    const format = pixelFormats[description.format];
    if (!format || !this.#pool) throw new CodecFailure('unsupported', 'unknown pixel format');
    const blocks = planesOf(format).map((plane, index) =>
      blockOf(planes[index]!, rowBytes(plane, width), rowCount(plane, height)),
    );
    const buffer = this.#pool.take(blocks.reduce((sum, { bytes, count }) => sum + bytes * count, 0));
    const source = this.#heap.bytes;
    const target = new Uint8Array(buffer);
    let at = 0;
    const layout = blocks.map(({ begin, step, bytes, count, stride }) => {
      const offset = at;
      for (let index = 0; index < count; index++, at += bytes) {
        target.set(source.subarray(begin + index * step, begin + index * step + bytes), at);
      }
      return { offset, stride };
    });
    this.#heap.module._decoder_release!(slot);
    return { ...description, planes: layout, buffer };
  }

  free(): void {
    this.#heap.module._free(this.#frame);
  }
}
