/** A session that decodes the frames of an image (emscripten/glue/image-decoder.h). */
import { imageCodecs } from '../../engine/codec-numbers.ts';
import type { ImageDecoderParameters, ImageFrameToDecode } from '../../engine/engine.ts';
import type { InputMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Codec, Results } from './codec.ts';
import { DecodedFrameReader } from './decoded-frame.ts';
import { checked, type Heap, Scratch } from './heap.ts';
import { structureBytes, writeStructure } from './structure.ts';

const disposals = ['none', 'background', 'previous'];

export class ImageDecoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #input: Scratch;
  readonly #frame: number;
  readonly #frames: DecodedFrameReader;

  /** Without `pool`, pictures stay in their slots in shared memory. */
  constructor(heap: Heap, parameters: ImageDecoderParameters, pool: BufferPool | undefined) {
    this.#heap = heap;
    this.#input = new Scratch(heap);
    this.#frame = heap.allocate(structureBytes);
    this.#frames = new DecodedFrameReader(heap, pool);
    const { codec, canvasWidth, canvasHeight } = parameters;
    const result = heap.module._decoder_open!(imageCodecs.indexOf(codec), canvasWidth, canvasHeight);
    checked(result, `opening the ${codec} decoder`);
  }

  code(input: InputMessage, results: Results): void {
    const { data, x, y, blend, dispose, first, timestamp, duration } = input as ImageFrameToDecode;
    const doubles = { timestamp, duration: duration ?? -1 };
    const integers = {
      x,
      y,
      blendOver: Number(blend === 'over'),
      dispose: disposals.indexOf(dispose),
      first: Number(first),
    };
    writeStructure(this.#heap, this.#frame, doubles, integers);
    const address = this.#input.place(data);
    checked(this.#heap.module._decoder_decode!(address, data.length, this.#frame), 'decoding the image');
    this.#frames.receiveAll(results);
  }

  /** Every frame comes out at once. */
  drain(): void {}

  close(): void {
    this.#heap.module._decoder_close!();
    this.#input.free();
    this.#frames.free();
    this.#heap.module._free(this.#frame);
  }
}
