/** A session that decodes audio (emscripten/glue/audio-decoder.h). */
import { audioCodecs } from '../../engine/codec-numbers.ts';
import type { AudioDecoderParameters, Packet, Samples } from '../../engine/engine.ts';
import { bytesPerSample, isPlanar, sampleFormats } from '../../samples/sample-format.ts';
import type { InputMessage } from '../messages.ts';
import type { Codec, Results } from './codec.ts';
import { CodecFailure, checked, type Heap, Scratch } from './heap.ts';
import { readStructure, structureBytes } from './structure.ts';

type DecodedSamplesNumbers = [
  timestamp: number,
  format: number,
  sampleRate: number,
  numberOfChannels: number,
  numberOfFrames: number,
  planes: number,
];

export class AudioDecoderCodec implements Codec {
  readonly #heap: Heap;
  readonly #samples: number;
  readonly #input: Scratch;

  constructor(heap: Heap, parameters: AudioDecoderParameters) {
    this.#heap = heap;
    this.#input = new Scratch(heap);
    this.#samples = heap.allocate(structureBytes);
    const description = parameters.description ?? new Uint8Array(0);
    const result = heap.module._decoder_open!(
      audioCodecs.indexOf(parameters.codec),
      parameters.sampleRate,
      parameters.numberOfChannels,
      this.#input.place(description),
      description.length,
    );
    checked(result, `opening the ${parameters.codec} decoder`);
  }

  code(input: InputMessage, results: Results): void {
    const { data, timestamp, duration } = input as Packet;
    const address = this.#input.place(data);
    checked(this.#heap.module._decoder_decode!(address, data.length, timestamp, duration ?? -1), 'decoding');
    this.#receiveAll(results);
  }

  drain(results: Results): void {
    checked(this.#heap.module._decoder_drain!(), 'draining the decoder');
    this.#receiveAll(results);
  }

  #receiveAll(results: Results): void {
    while (checked(this.#heap.module._decoder_receive!(this.#samples), 'decoding') === 1) {
      results.add(this.#copyOut(results));
    }
  }

  #copyOut(results: Results): Samples {
    const samples = readStructure<DecodedSamplesNumbers>(this.#heap, this.#samples, 1, 5);
    const [timestamp, number, sampleRate, numberOfChannels, numberOfFrames, planes] = samples;
    const format = sampleFormats[number];
    if (!format) throw new CodecFailure('unsupported', 'unknown sample format');
    const planeCount = isPlanar(format) ? numberOfChannels : 1;
    const planeBytes = (numberOfFrames * numberOfChannels * bytesPerSample(format)) / planeCount;
    const data = results.reserve(planeBytes * planeCount);
    for (let plane = 0; plane < planeCount; plane++) {
      const address = this.#heap.view.getUint32(planes + 4 * plane, true);
      data.set(this.#heap.bytes.subarray(address, address + planeBytes), plane * planeBytes);
    }
    return { format, sampleRate, numberOfFrames, numberOfChannels, timestamp, data };
  }

  close(): void {
    this.#heap.module._decoder_close!();
    this.#input.free();
    this.#heap.module._free(this.#samples);
  }
}
