/** A session that encodes audio (emscripten/glue/audio-encoder.h). */
import { audioEncoderNumbers } from '../../engine/encoder-numbers.ts';
import type { AudioEncoderParameters, EncodedAudioPacket, Samples } from '../../engine/engine.ts';
import { sampleFormats } from '../../samples/sample-format.ts';
import type { InputMessage } from '../messages.ts';
import type { Codec, Results } from './codec.ts';
import { checked, type Heap, Scratch } from './heap.ts';
import { readStructure, structureBytes, writeStructure } from './structure.ts';

type EncodedPacketNumbers = [timestamp: number, duration: number, address: number, size: number];

/** "If the return value is 2 bytes or less, then the packet does not need to be transmitted (DTX)": opus_encode(). */
const mostBytesOfSilence = 2;

export class AudioEncoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #samples: number;
  readonly #packet: number;
  readonly #input: Scratch;
  readonly #skipsSilence: boolean;
  #described = false;

  constructor(heap: Heap, parameters: AudioEncoderParameters) {
    this.#heap = heap;
    this.#input = new Scratch(heap);
    this.#samples = heap.allocate(structureBytes);
    this.#packet = heap.allocate(structureBytes);
    const address = heap.allocate(structureBytes);
    this.#skipsSilence = parameters.opus?.usedtx ?? false;
    const { doubles, integers } = audioEncoderNumbers(parameters);
    writeStructure(heap, address, doubles, integers);
    const result = heap.module._encoder_open!(address);
    heap.module._free(address);
    checked(result, `opening the ${parameters.codec} encoder`);
  }

  code(input: InputMessage, results: Results): void {
    const { timestamp, format, numberOfFrames, data } = input as Samples;
    const address = this.#input.reserve(data.length);
    this.#heap.bytes.set(data, address);
    const integers = { format: sampleFormats.indexOf(format), frames: numberOfFrames, data: address };
    writeStructure(this.#heap, this.#samples, { timestamp }, integers);
    checked(this.#heap.module._encoder_encode!(this.#samples), 'encoding');
    this.#receiveAll(results);
  }

  drain(results: Results): void {
    checked(this.#heap.module._encoder_drain!(), 'draining the encoder');
    this.#receiveAll(results);
  }

  #receiveAll(results: Results): void {
    while (checked(this.#heap.module._encoder_receive!(this.#packet), 'encoding') === 1) {
      const packet = readStructure<EncodedPacketNumbers>(this.#heap, this.#packet, 2, 2);
      const [timestamp, duration, address, size] = packet;
      if (this.#skipsSilence && size <= mostBytesOfSilence) continue;
      const data = this.#heap.copyOut(address, size);
      const output: EncodedAudioPacket = { type: 'key', timestamp, duration, data };
      if (!this.#described) {
        this.#described = true;
        output.description = this.#description();
      }
      // So small that a copy costs less than handing them over.
      results.add(output);
    }
  }

  #description(): Uint8Array {
    const { module } = this.#heap;
    return this.#heap.copyOut(module._encoder_description!() >>> 0, module._encoder_description_size!());
  }

  close(): void {
    this.#heap.module._encoder_close!();
    this.#input.free();
    this.#heap.module._free(this.#samples);
    this.#heap.module._free(this.#packet);
  }
}
