/** What everycodec and the browser say they support, side by side. */
import * as everycodec from 'everycodec';
import { audioEntries, type Examples, imageEntries, videoEntries } from '../src/cli/codecs/examples.ts';
import { native } from './native.ts';

/** Features whose examples are named well enough by themselves. */
const untitled = new Set(['profiles', 'formats', 'channels']);

/** `partly`: the other side can do more. */
export type Verdict = 'yes' | 'partly' | 'no';

/** One thing that can be asked for, and who can do it. */
export interface Feature {
  name: string;
  ours: boolean;
  native: boolean;
}

export interface SupportSide {
  ours: Verdict;
  native: Verdict;
  features: Feature[];
}

export interface SupportRow {
  name: string;
  kind: 'video' | 'audio' | 'image';
  decode: SupportSide;
  /** Null where WebCodecs has no encoder at all. */
  encode: SupportSide | null;
}

type Asks<Config> = (config: Config) => Promise<boolean>;

interface Asked<Config> {
  isConfigSupported(config: Config): Promise<{ supported?: boolean | undefined }>;
}

/** Milliseconds that a browser has for an answer: some never answer what they do not know. */
const patience = 5000;

/** A class that is missing supports nothing; nor does one that throws at a member it does not know. */
const asks =
  <Config>(asked: Asked<Config> | undefined): Asks<Config> =>
  async (config) => {
    if (!asked) return false;
    const answer = Promise.resolve()
      .then(() => asked.isConfigSupported(config))
      .then(({ supported }) => supported ?? false);
    const silence = new Promise<boolean>((resolve) => setTimeout(resolve, patience, false));
    return Promise.race([answer, silence]).catch(() => false);
  };

const typeAsks =
  (decoder: { isTypeSupported(type: string): Promise<boolean> } | undefined): Asks<string> =>
  async (type) =>
    (await decoder?.isTypeSupported(type).catch(() => false)) ?? false;

/** Calls `onRow` with one codec after the other. */
export async function askForSupport(onRow: (row: SupportRow) => void): Promise<void> {
  for (const { name, decode, encode } of videoEntries) {
    onRow({
      name,
      kind: 'video',
      decode: await sideOf(decode.examples, asks(everycodec.VideoDecoder), asks(nativeAsked(native.VideoDecoder))),
      encode:
        encode &&
        (await sideOf(encode.examples, asks(everycodec.VideoEncoder), asks(nativeAsked(native.VideoEncoder)))),
    });
  }
  for (const { name, decode, encode } of audioEntries) {
    onRow({
      name,
      kind: 'audio',
      decode: await sideOf(decode.examples, asks(everycodec.AudioDecoder), asks(nativeAsked(native.AudioDecoder))),
      encode:
        encode &&
        (await sideOf(encode.examples, asks(everycodec.AudioEncoder), asks(nativeAsked(native.AudioEncoder)))),
    });
  }
  for (const { name, codecs } of imageEntries) {
    const types = { types: Object.fromEntries(codecs.map((type) => [type, type])) };
    const decode = await sideOf(types, typeAsks(everycodec.ImageDecoder), typeAsks(native.ImageDecoder));
    onRow({ name, kind: 'image', decode, encode: null });
  }
}

/** The browser's class takes the same configurations, though its types name fewer of their values. */
const nativeAsked = <Config>(asked: { isConfigSupported(config: never): Promise<object> } | undefined) =>
  asked as unknown as Asked<Config> | undefined;

async function sideOf<Config>(
  examples: Examples<Config>,
  ours: Asks<Config>,
  theirs: Asks<Config>,
): Promise<SupportSide> {
  const features: Feature[] = [];
  for (const [feature, named] of Object.entries(examples)) {
    for (const [label, example] of Object.entries(named)) {
      const configs = Array.isArray(example) ? (example as Config[]) : [example as Config];
      const all = async (ask: Asks<Config>) => (await Promise.all(configs.map(ask))).every(Boolean);
      const [us, them] = await Promise.all([all(ours), all(theirs)]);
      features.push({ name: untitled.has(feature) ? label : `${feature} ${label}`, ours: us, native: them });
    }
  }
  return { ours: verdict(features, 'ours', 'native'), native: verdict(features, 'native', 'ours'), features };
}

function verdict(features: Feature[], who: 'ours' | 'native', other: 'ours' | 'native'): Verdict {
  if (!features.some((feature) => feature[who])) return 'no';
  return features.some((feature) => feature[other] && !feature[who]) ? 'partly' : 'yes';
}
