/** A session that decodes video (emscripten/glue/video-decoder.h). */
import { reorderDepthOfStream } from '../../codecs/avc.ts';
import type { Packet, VideoDecoderParameters } from '../../engine/engine.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../../pixels/pixel-format.ts';
import type { DecodedPictureMessage, InputMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Codec, Results } from './codec.ts';
import { videoCodecs } from './codec-numbers.ts';
import { CodecFailure, checked, type Heap, Scratch } from './heap.ts';
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

export class VideoDecoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #frame: number;
  readonly #input: Scratch;
  readonly #pool: BufferPool | undefined;
  readonly #parameters: VideoDecoderParameters;
  readonly #threads: number;
  #isOpen = false;

  /** Without `pool`, pictures stay in their slots in shared memory. */
  constructor(heap: Heap, parameters: VideoDecoderParameters, threads: number, pool: BufferPool | undefined) {
    this.#heap = heap;
    this.#pool = pool;
    this.#input = new Scratch(heap);
    this.#frame = heap.allocate(decodedFrame.size);
    this.#parameters = parameters;
    this.#threads = threads;
    if (parameters.reorderDepth !== undefined) this.#open(parameters.reorderDepth);
  }

  #open(reorderDepth: number): void {
    const { codec, lowLatency, description = new Uint8Array(0) } = this.#parameters;
    const result = this.#heap.module._decoder_open!(
      videoCodecs.indexOf(codec),
      this.#threads,
      Number(lowLatency),
      reorderDepth,
      this.#input.place(description),
      description.length,
    );
    checked(result, `opening the ${codec} decoder`);
    this.#isOpen = true;
  }

  code(input: InputMessage, results: Results): void {
    const { data, timestamp, duration } = input as Packet;
    // How deep the stream reorders stands in its own headers when there is no description.
    if (!this.#isOpen) this.#open(reorderDepthOfStream({ firstPacket: data }) ?? 0);
    const address = this.#input.place(data);
    try {
      checked(this.#heap.module._decoder_decode!(address, data.length, timestamp, duration ?? -1), 'decoding');
      this.#receiveAll(results);
    } catch (error) {
      this.#rescue(results);
      throw error;
    }
  }

  /** Pictures from before the fault may still wait for their turn in presentation order. */
  #rescue(results: Results): void {
    try {
      this.drain(results);
    } catch {
      // The fault that led here is the one to report.
    }
  }

  drain(results: Results): void {
    if (!this.#isOpen) return;
    checked(this.#heap.module._decoder_drain!(), 'draining the decoder');
    this.#receiveAll(results);
  }

  #receiveAll(results: Results): void {
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

  close(): void {
    if (this.#isOpen) this.#heap.module._decoder_close!();
    this.#input.free();
    this.#heap.module._free(this.#frame);
  }
}
