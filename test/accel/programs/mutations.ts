/**
 * Decodes packets of one codec with random damage, and counts how it ends. Arguments: kind, codec, packets, seed; a
 * process of its own, because what this may find would end it.
 */
import {
  AudioDecoder,
  type AudioDecoderConfig,
  EncodedAudioChunk,
  EncodedVideoChunk,
  engineOf,
  setThreads,
  VideoDecoder,
  type VideoDecoderConfig,
} from 'everycodec';
import { encodeAudio, encodeVideo } from '../../support/coding.ts';
import { makeAudio, makeFrame, noise } from '../../support/pictures.ts';

const [kind, codec, count, seed] = process.argv.slice(2) as [string, string, string, string];
const bytes = noise(1 << 16, Number(seed));
let at = 0;
/** 0 … limit − 1. */
const next = (limit: number): number => {
  at = (at + 3) & 0xffff;
  const value = (bytes[at]! << 16) | (bytes[(at + 1) & 0xffff]! << 8) | bytes[(at + 2) & 0xffff]!;
  return limit > 0 ? value % limit : 0;
};

type Packet = { type: 'key' | 'delta'; timestamp: number; data: Uint8Array };

function mutated(data: Uint8Array, others: readonly Packet[]): Uint8Array {
  const copy = data.slice();
  switch (next(7)) {
    case 0:
      for (let i = 1 + next(8); i > 0; i--) copy[next(copy.length)]! ^= 1 << next(8);
      return copy;
    case 1:
      return copy.subarray(0, next(copy.length));
    case 2:
      // Headers are at the beginning.
      for (let i = 1 + next(12); i > 0; i--) copy[next(Math.min(24, copy.length))] = next(256);
      return copy;
    case 3:
      return noise(1 + next(300), next(1 << 24));
    case 4:
      return others[next(others.length)]!.data;
    case 5: {
      const tail = others[next(others.length)]!.data;
      const cut = next(copy.length);
      return Uint8Array.of(...copy.subarray(0, cut), ...tail.subarray(Math.min(cut, tail.length)));
    }
    default:
      return copy;
  }
}

const copyOf = (chunk: EncodedVideoChunk | EncodedAudioChunk): Packet => {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return { type: chunk.type, timestamp: chunk.timestamp, data };
};

async function makeStream() {
  if (kind === 'video') {
    const frames = Array.from({ length: 10 }, (_, index) => makeFrame(96, 80, index));
    const config = { codec, width: 96, height: 80, bitrate: 200_000, latencyMode: 'realtime' } as const;
    const { chunks, metadata } = await encodeVideo(config, frames, (index) => ({ keyFrame: index % 5 === 0 }));
    return { config: metadata[0]!.decoderConfig!, packets: chunks.map(copyOf) };
  }
  const sounds = Array.from({ length: 12 }, (_, index) => makeAudio(48000, 2, 960, index * 960));
  const { chunks, metadata } = await encodeAudio({ codec, sampleRate: 48000, numberOfChannels: 2 }, sounds);
  return { config: metadata[0]!.decoderConfig!, packets: chunks.map(copyOf) };
}

/** A stream's end: its outputs, or its error. Errors that come twice, or after the end, are counted apart. */
const result = { packets: 0, outputs: 0, errors: {} as Record<string, number>, twice: 0, engine: '' };

async function run(config: VideoDecoderConfig | AudioDecoderConfig, packets: readonly Packet[]): Promise<void> {
  let errors = 0;
  const init = {
    output: (output: { close(): void }) => {
      result.outputs++;
      result.engine ||= engineOf(decoder) ?? '';
      output.close();
    },
    error: ({ name }: DOMException) => {
      result.errors[name] = (result.errors[name] ?? 0) + 1;
      if (errors++ > 0) result.twice++;
    },
  };
  const decoder: VideoDecoder | AudioDecoder = kind === 'video' ? new VideoDecoder(init) : new AudioDecoder(init);
  try {
    decoder.configure(config as VideoDecoderConfig & AudioDecoderConfig);
    for (const packet of packets) {
      result.packets++;
      if (decoder instanceof VideoDecoder) decoder.decode(new EncodedVideoChunk(packet));
      else decoder.decode(new EncodedAudioChunk(packet));
    }
    await decoder.flush();
  } catch (error) {
    // The codec's own error, or that of a call that came after it.
    const { name } = error as DOMException;
    if (errors === 0) result.errors[`thrown ${name}`] = (result.errors[`thrown ${name}`] ?? 0) + 1;
  }
  if (decoder.state !== 'closed') decoder.close();
}

const { config, packets } = await makeStream();
for (let round = 0; result.packets < Number(count); round++) {
  setThreads(1 + (round % 2));
  const damaged = packets.map((packet, index) => {
    // The first one often stays, or nothing would get any further.
    const data = index === 0 && round % 3 ? packet.data : mutated(packet.data, packets);
    return { ...packet, data };
  });
  const description = config.description as Uint8Array | undefined;
  const isDescriptionDamaged = description && round % 8 === 7;
  const broken = isDescriptionDamaged ? mutated(new Uint8Array(description), packets) : description;
  await run({ ...config, description: broken }, damaged);
}
// After all that, a sound stream decodes.
const before = { ...result, errors: JSON.stringify(result.errors) };
await run(config, packets);
const recovered = JSON.stringify(result.errors) === before.errors && result.outputs > before.outputs;
console.log(JSON.stringify({ ...result, recovered }));
