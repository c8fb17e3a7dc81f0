/** Sounds of the browser's own class, and what came out. */
import type { AudioData } from 'everycodec';
import { makeAudio, planeOf } from '../../test/support/pictures.ts';
import { isFirefox, native } from './classes.ts';

export const sampleRate = 48_000;

/** One second, 20 ms a piece. */
export function* sounds(): Generator<AudioData> {
  for (let block = 0; block < 50; block++) {
    const ours = makeAudio(sampleRate, 2, 960, block * 960);
    const data = new Float32Array([...planeOf(ours, 0), ...planeOf(ours, 1)]);
    const shape = { sampleRate, numberOfFrames: 960, numberOfChannels: 2, timestamp: ours.timestamp };
    yield new native.AudioData({ format: 'f32-planar', ...shape, data });
  }
}

/** The samples of one channel. Firefox 153 gives AudioData without any. */
export const samplesOf = (outputs: readonly AudioData[], channel: number): Float32Array =>
  Float32Array.from(
    outputs.filter(({ numberOfFrames }) => numberOfFrames > 0).flatMap((data) => [...planeOf(data, channel)]),
  );

/** What the browser's own decoder gets wrong: Firefox 153 gives half of the samples. */
export const decodedWrong: ReadonlySet<string> = new Set(isFirefox ? ['pcm-s16'] : []);

/** What the browser's own encoder makes silence of: Firefox 153. */
export const encodedSilent: ReadonlySet<string> = new Set(isFirefox ? ['vorbis'] : []);

/** Root mean square. */
export const level = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
