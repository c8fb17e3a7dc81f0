/** Temporal layers are real: what is left when upper layers are dropped decodes to the same pictures. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EncodedVideoChunk, VideoDecoderConfig } from 'everycodec';
import { decodeVideo, encodeVideo } from './support/coding.ts';
import { bytesOf, makeFrame } from './support/pictures.ts';

const width = 320;
const height = 240;
const frameCount = 17;

const codecs = [
  ...['avc1.42001f', 'hvc1.1.6.L93.B0', 'vp8', 'vp09.00.10.08', 'av01.0.04M.08'],
  ...['vp09.01.10.08.03', 'av01.1.04M.08.0.000'],
];
/** The layers of a group of pictures; a key frame begins a new one. */
const patterns: Record<string, number[]> = { L1T1: [0], L1T2: [0, 1], L1T3: [0, 2, 1, 2] };

const modes = [
  ['realtime', 'constant'],
  ['realtime', 'variable'],
  ['quality', 'constant'],
] as const;

function* frames() {
  for (let index = 0; index < frameCount; index++) yield makeFrame(width, height, index);
}

async function decodedPictures(config: VideoDecoderConfig, chunks: EncodedVideoChunk[]): Promise<Map<number, string>> {
  const pictures = new Map<number, string>();
  for (const frame of await decodeVideo(config, chunks)) {
    pictures.set(frame.timestamp, Buffer.from(await bytesOf(frame)).toString('base64'));
    frame.close();
  }
  return pictures;
}

describe('temporal layers', () => {
  for (const codec of codecs) {
    for (const [scalabilityMode, pattern] of Object.entries(patterns)) {
      for (const [latencyMode, bitrateMode] of modes) {
        test(`${codec} ${scalabilityMode} ${latencyMode} ${bitrateMode}`, async () => {
          const rate = { bitrateMode, bitrate: 500_000, framerate: 30 };
          const config = { codec, width, height, scalabilityMode, latencyMode, ...rate };
          const { chunks, metadata } = await encodeVideo(config, frames(), (index) => ({ keyFrame: index === 10 }));
          const layers = metadata.map(({ svc }) => svc?.temporalLayerId);
          const expected = Array.from(
            { length: frameCount },
            (_, index) => pattern[(index < 10 ? index : index - 10) % pattern.length],
          );
          assert.deepEqual(layers, expected);

          const decoderConfig = metadata[0]!.decoderConfig!;
          const all = await decodedPictures(decoderConfig, chunks);
          assert.equal(all.size, frameCount);
          for (let highest = 0; highest < Math.max(...pattern); highest++) {
            const kept = chunks.filter((_, index) => layers[index]! <= highest);
            const some = await decodedPictures(decoderConfig, kept);
            assert.deepEqual(
              [...some.keys()],
              kept.map((chunk) => chunk.timestamp),
            );
            for (const [timestamp, picture] of some) {
              assert.ok(picture === all.get(timestamp), `layers up to ${highest}: the picture of ${timestamp} differs`);
            }
          }
        });
      }
    }
  }
});

describe('quantizers of temporal layers', () => {
  for (const [codec, option] of [
    ['avc1.42001f', 'avc'],
    ['hvc1.1.6.L93.B0', 'hevc'],
    ['vp09.00.10.08', 'vp9'],
    ['av01.0.04M.08', 'av1'],
  ] as const) {
    test(codec, async () => {
      const config = { codec, width, height, scalabilityMode: 'L1T2', bitrateMode: 'quantizer' } as const;
      const sizes: number[] = [];
      for (const quantizer of option === 'avc' || option === 'hevc' ? [20, 30, 40] : [60, 120, 200]) {
        const { chunks } = await encodeVideo(config, frames(), () => ({ [option]: { quantizer } }));
        sizes.push(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
      }
      const [fine, middle, coarse] = sizes as [number, number, number];
      assert.ok(fine > middle && middle > coarse, `bytes: ${sizes.join(', ')}`);
    });
  }
});
