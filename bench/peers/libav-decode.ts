/** Decodes a part of a file with libav.js, whose frames stay in its memory; prints a Measurement. */
import { print, startMeasuring } from '../measure.ts';
import { type Packet, readAudio, readVideo } from '../packets.ts';
import { loadLibAV, type Variant } from './libav.ts';

const [folder, variant, decoder, kind, path, limit] = process.argv.slice(2);
const warmUp = 20;
/** At a time: few pictures of its memory, few calls. */
const batch = 10;

const { packets } = await (kind === 'audio' ? readAudio : readVideo)(path!);
const libav = await loadLibAV(folder!, variant as Variant);
const [, context, packet, frame] = await libav.ff_init_decoder(decoder!);

/** Frames, or seconds of sound. */
async function decode(wanted: readonly Packet[], fin: boolean): Promise<number> {
  let amount = 0;
  for (let at = 0; at < wanted.length; at += batch) {
    const part = wanted.slice(at, at + batch).map(({ data, timestamp }) => ({ data, pts: timestamp, dts: timestamp }));
    const isLast = fin && at + batch >= wanted.length;
    const frames = await libav.ff_decode_multi(context, packet, frame, part, { fin: isLast, copyoutFrame: 'ptr' });
    for (const decoded of frames) {
      amount += kind === 'audio' ? (await libav.AVFrame_nb_samples(decoded)) / 48_000 : 1;
      await libav.av_frame_free_js(decoded);
    }
  }
  return amount;
}

await decode(packets.slice(0, warmUp), false);
const finish = startMeasuring();
print(finish(await decode(packets.slice(warmUp, Number(limit)), true)));
