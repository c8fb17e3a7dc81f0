/**
 * Decodes a VP9 file many times over, through everycodec's classes ("classes") or by calls of the same pack's
 * exports, one for each packet and each picture, without a worker, a message or a copy ("module"); prints a Measurement
 * that leaves out the first two times, while code is compiled. What one takes more than the other is the layer's cost.
 */

import { videoCodecs } from '../src/engine/codec-numbers.ts';
import { checked, Heap, type PackModule, Scratch } from '../src/wasm/worker/heap.ts';
import { structureBytes } from '../src/wasm/worker/structure.ts';
import { print, startMeasuring } from './measure.ts';
import { decodeVideo, openVideoDecoder, type Packet, readVideo } from './packets.ts';

const [way, path, times] = process.argv.slice(2);
const threads = Number(process.env.EVERYCODEC_THREADS);
const { config, packets } = await readVideo(path!);
let frames = 0;

interface Decoder {
  decodeAll(packets: readonly Packet[]): Promise<void> | void;
}

function openClasses(): Decoder {
  const decoder = openVideoDecoder(config, (frame) => {
    frames++;
    frame.close();
  });
  return { decodeAll: (packets) => decodeVideo(decoder, packets) };
}

/** The slot's place in a structure DecodedFrame (emscripten/glue/decoded-frame.h). */
const slotOffset = 16;
/** Pictures that are not given back yet, as through the classes, where they are on their way: else caches would hold all. */
const mostHeld = 3;

async function openModule(): Promise<Decoder> {
  const pack = threads > 0 ? 'vpx-decode-threads' : 'vpx-decode';
  const { default: createModule } = await import(new URL(`../dist/wasm/${pack}.js`, import.meta.url).href);
  const module = (await createModule({ threadPoolSize: 0 })) as PackModule;
  const heap = new Heap(module);
  const scratch = new Scratch(heap);
  checked(module._decoder_open!(videoCodecs.indexOf('vp9'), threads, 0, 0, 0, 0), 'opening');
  const structure = heap.allocate(structureBytes);
  const slots: number[] = [];
  const receiveAll = () => {
    while (checked(module._decoder_receive!(structure), 'decoding') === 1) {
      frames++;
      slots.push(heap.view.getInt32(structure + slotOffset, true));
      if (slots.length > mostHeld) module._decoder_release!(slots.shift()!);
    }
  };
  return {
    decodeAll(packets) {
      for (const { data, timestamp } of packets) {
        checked(module._decoder_decode!(scratch.place(data), data.length, timestamp, -1), 'decoding');
        receiveAll();
      }
      checked(module._decoder_drain!(), 'draining');
      receiveAll();
    },
  };
}

const decoder = way === 'classes' ? openClasses() : await openModule();
for (let round = 0; round < 2; round++) await decoder.decodeAll(packets);
frames = 0;
const finish = startMeasuring();
for (let round = 0; round < Number(times); round++) await decoder.decodeAll(packets);
const measurement = finish(frames);
if (frames !== packets.length * Number(times)) throw new Error(`${frames} frames of ${packets.length} packets`);
print(measurement);
process.exit();
