/** A session that decodes video (emscripten/glue/video-decoder.h). */
import { reorderDepthOfStream } from '../../codecs/avc.ts';
import { beginsWithInvalidUnit } from '../../codecs/invalid-unit.ts';
import { videoCodecs } from '../../engine/codec-numbers.ts';
import type { Packet, VideoDecoderParameters } from '../../engine/engine.ts';
import type { InputMessage } from '../messages.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { Codec, Results } from './codec.ts';
import { DecodedFrameReader } from './decoded-frame.ts';
import { CodecFailure, checked, type Heap, Scratch } from './heap.ts';

export class VideoDecoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #frames: DecodedFrameReader;
  readonly #input: Scratch;
  readonly #parameters: VideoDecoderParameters;
  readonly #threads: number;
  #isOpen = false;

  /** Without `pool`, pictures stay in their slots in shared memory. */
  constructor(heap: Heap, parameters: VideoDecoderParameters, threads: number, pool: BufferPool | undefined) {
    this.#heap = heap;
    this.#input = new Scratch(heap);
    this.#frames = new DecodedFrameReader(heap, pool);
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
    if (!this.#isOpen)
      this.#open(reorderDepthOfStream({ description: this.#parameters.description, firstPacket: data }) ?? 0);
    const address = this.#input.place(data);
    try {
      if (beginsWithInvalidUnit(this.#parameters, data)) throw new CodecFailure('coding', 'the packet is corrupt');
      checked(this.#heap.module._decoder_decode!(address, data.length, timestamp, duration ?? -1), 'decoding');
      this.#frames.receiveAll(results);
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
    this.#frames.receiveAll(results);
  }

  close(): void {
    if (this.#isOpen) this.#heap.module._decoder_close!();
    this.#input.free();
    this.#frames.free();
  }
}
