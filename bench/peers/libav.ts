/** libav.js in this process, without a worker. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What is used here of https://github.com/Yahweasel/libav.js/blob/master/docs/API.md */
export interface LibAV {
  AV_PIX_FMT_YUV420P: number;
  AV_SAMPLE_FMT_S16: number;
  AV_SAMPLE_FMT_FLT: number;
  ff_init_decoder(name: string): Promise<[codec: number, context: number, packet: number, frame: number]>;
  ff_decode_multi(
    context: number,
    packet: number,
    frame: number,
    packets: readonly object[],
    options: { fin: boolean; copyoutFrame: 'ptr' },
  ): Promise<number[]>;
  ff_init_encoder(
    name: string,
    options: { ctx: object; time_base: [number, number]; options?: Record<string, string> },
  ): Promise<[codec: number, context: number, frame: number, packet: number, frameSize: number]>;
  ff_encode_multi(
    context: number,
    frame: number,
    packet: number,
    frames: readonly object[],
    isLast: boolean,
  ): Promise<{ data: Uint8Array }[]>;
  av_frame_free_js(frame: number): Promise<void>;
  AVFrame_nb_samples(frame: number): Promise<number>;
}

export type Variant = 'webm-vp9' | 'av1-opus';

export interface LibAVFactory {
  LibAV(options?: object): Promise<LibAV>;
}

/** The loader of a variant, with what it needs to find its files. */
export function libavFactory(folder: string, variant: Variant): { factory: LibAVFactory; options: object } {
  const require = createRequire(join(folder, 'index.js'));
  const name = `@libav.js/variant-${variant}`;
  const options = { base: dirname(require.resolve(name)), noworker: true, nothreads: true };
  return { factory: require(name) as LibAVFactory, options };
}

export async function loadLibAV(folder: string, variant: Variant): Promise<LibAV> {
  const { factory, options } = libavFactory(folder, variant);
  return factory.LibAV(options);
}
