/** Decoded pictures on their way out of a decoder's heap (emscripten/glue/decoded-frame.h). */
import { pixelFormats, planesOf, rowBytes, rowCount } from '../../pixels/pixel-format.ts';
import type { DecodedPictureMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Results } from './codec.ts';
import { CodecFailure, checked, type Heap } from './heap.ts';
import { Structure } from './structure.ts';

const decodedFrame = new Structure({
  timestamp: 'f64',
  duration: 'f64',
  slot: 'i32',
  format: 'i32',
  width: 'i32',
  height: 'i32',
  primaries: 'i32',
  transfer: 'i32',
  matrix: 'i32',
  fullRange: 'i32',
  planeCount: 'i32',
  plane0: 'u32',
  plane1: 'u32',
  plane2: 'u32',
  plane3: 'u32',
  stride0: 'i32',
  stride1: 'i32',
  stride2: 'i32',
  stride3: 'i32',
});

type DecodedFrame = ReturnType<typeof decodedFrame.read>;

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
    const sizes = planesOf(format).map((plane) => ({
      rowBytes: rowBytes(plane, width),
      rows: rowCount(plane, height),
    }));
    const buffer = this.#pool.take(sizes.reduce((sum, size) => sum + size.rowBytes * size.rows, 0));
    const target = new Uint8Array(buffer);
    const heap = this.#heap.bytes;
    let offset = 0;
    const layout = sizes.map((size, index) => {
      const begin = offset;
      const { offset: source, stride } = planes[index]!;
      for (let row = 0; row < size.rows; row++, offset += size.rowBytes) {
        const at = source + row * stride;
        target.set(heap.subarray(at, at + size.rowBytes), offset);
      }
      return { offset: begin, stride: size.rowBytes };
    });
    this.#heap.module._decoder_release!(slot);
    return { ...description, planes: layout, buffer };
  }

  free(): void {
    this.#heap.module._free(this.#frame);
  }
}
