/** A session that encodes video (emscripten/glue/video-encoder.h). */
import { videoEncoderNumbers } from '../../engine/encoder-numbers.ts';
import type { EncodedVideoPacket, VideoEncoderParameters } from '../../engine/engine.ts';
import { pixelFormats, planesOf, rowBytes, rowCount } from '../../pixels/pixel-format.ts';
import type { InputMessage, PictureToEncodeMessage } from '../messages.ts';
import type { Codec, Results } from './codec.ts';
import { CodecFailure, checked, type Heap, Scratch } from './heap.ts';
import { readStructure, structureBytes, writeStructure } from './structure.ts';

type EncodedPacketNumbers = [
  timestamp: number,
  duration: number,
  address: number,
  size: number,
  keyFrame: number,
  temporalLayer: number,
];

/** Rows begin where vector loads are cheap. */
const alignment = 16;

export class VideoEncoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #picture: number;
  readonly #packet: number;
  readonly #pixels: Scratch;

  constructor(heap: Heap, parameters: VideoEncoderParameters, threads: number) {
    this.#heap = heap;
    this.#pixels = new Scratch(heap);
    this.#picture = heap.allocate(structureBytes);
    this.#packet = heap.allocate(structureBytes);
    const address = heap.allocate(structureBytes);
    const { doubles, integers } = videoEncoderNumbers(parameters, threads);
    writeStructure(heap, address, doubles, integers);
    const result = heap.module._encoder_open!(address);
    heap.module._free(address);
    checked(result, `opening the ${parameters.codec} encoder`);
  }

  /** Copies the planes into the heap, keeping their strides; returns where each one begins. */
  #place(picture: PictureToEncodeMessage): number[] {
    const format = pixelFormats[picture.format];
    if (!format) throw new CodecFailure('coding', 'unknown pixel format');
    let total = 0;
    const blocks = planesOf(format).map((plane, index) => {
      const { offset, stride } = picture.planes[index]!;
      const size = stride * (rowCount(plane, picture.height) - 1) + rowBytes(plane, picture.width);
      const block = { source: new Uint8Array(picture.buffer, offset, size), at: total };
      total += Math.ceil(size / alignment) * alignment;
      return block;
    });
    // Vector loads may run over the end of the last row.
    const address = this.#pixels.reserve(total + alignment);
    for (const { source, at } of blocks) this.#heap.bytes.set(source, address + at);
    return blocks.map(({ at }) => address + at);
  }

  code(input: InputMessage, results: Results): void {
    const picture = input as PictureToEncodeMessage;
    const planes = this.#place(picture);
    const { timestamp, duration } = picture;
    const integers = {
      format: picture.format,
      width: picture.width,
      height: picture.height,
      primaries: picture.primaries,
      transfer: picture.transfer,
      matrix: picture.matrix,
      fullRange: Number(picture.fullRange),
      keyFrame: Number(picture.keyFrame),
      quantizer: picture.quantizer,
      plane0: planes[0] ?? 0,
      plane1: planes[1] ?? 0,
      plane2: planes[2] ?? 0,
      plane3: planes[3] ?? 0,
      stride0: picture.planes[0]?.stride ?? 0,
      stride1: picture.planes[1]?.stride ?? 0,
      stride2: picture.planes[2]?.stride ?? 0,
      stride3: picture.planes[3]?.stride ?? 0,
    };
    writeStructure(this.#heap, this.#picture, { timestamp, duration }, integers);
    checked(this.#heap.module._encoder_encode!(this.#picture), 'encoding');
    this.#receiveAll(results);
  }

  drain(results: Results): void {
    checked(this.#heap.module._encoder_drain!(), 'draining the encoder');
    this.#receiveAll(results);
  }

  #receiveAll(results: Results): void {
    while (checked(this.#heap.module._encoder_receive!(this.#packet), 'encoding') === 1) {
      const packet = readStructure<EncodedPacketNumbers>(this.#heap, this.#packet, 2, 4);
      const [timestamp, duration, address, size, keyFrame, temporalLayerId] = packet;
      const data = this.#heap.copyOut(address, size);
      const output: EncodedVideoPacket = {
        type: keyFrame ? 'key' : 'delta',
        timestamp,
        duration: duration < 0 ? null : duration,
        data,
        temporalLayerId,
      };
      results.add(output, data.buffer);
    }
  }

  close(): void {
    this.#heap.module._encoder_close!();
    this.#pixels.free();
    this.#heap.module._free(this.#picture);
    this.#heap.module._free(this.#packet);
  }
}
