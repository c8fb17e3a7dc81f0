/** The support matrix: what the classes answer to the examples, and the packs that do the work. */
import { parseAudioCodec, parseVideoCodec } from '../../codecs/registry.ts';
import type { SessionParameters } from '../../engine/engine.ts';
import { imageFormatOfType } from '../../images/image-format.ts';
import { AudioDecoder, AudioEncoder, ImageDecoder, VideoDecoder, VideoEncoder } from '../../index.ts';
import { type PackName, packFor } from '../../wasm/packs.ts';
import { CommandError } from '../errors.ts';
import { audioEntries, type Examples, imageEntries, type Side, videoEntries } from './examples.ts';
import type { Manifest, ManifestPack } from './manifest.ts';

/** By what was asked for. */
export type Answers = Readonly<Record<string, boolean>>;

export interface Support {
  library: string;
  version: string;
  pack: PackName;
  /** By feature: profiles, formats, bitrateMode … */
  features: Readonly<Record<string, Answers>>;
}

export interface MatrixRow {
  name: string;
  /** Codec strings, or MIME types of images. */
  codecs: Answers;
  decode: Support;
  encode: Support | null;
}

export interface PackSize {
  /** Of the WebAssembly alone, compressed with brotli, bytes … */
  wasm: number;
  /** … and of the JavaScript that loads it. */
  javascript: number;
}

export interface Pack {
  name: PackName;
  /** Versions, by name. */
  libraries: Readonly<Record<string, string>>;
  single: PackSize;
  threads: PackSize;
}

export interface Matrix {
  video: MatrixRow[];
  audio: MatrixRow[];
  image: MatrixRow[];
  packs: Pack[];
}

export async function supportMatrix(manifest: Manifest): Promise<Matrix> {
  const video = await Promise.all(videoEntries.map((entry) => rowOf(entry, videoKind, manifest)));
  const audio = await Promise.all(audioEntries.map((entry) => rowOf(entry, audioKind, manifest)));
  const image = await Promise.all(imageEntries.map((entry) => rowOf(entry, imageKind, manifest)));
  const sides = [...video, ...audio, ...image].flatMap(({ decode, encode }) => (encode ? [decode, encode] : [decode]));
  const packs = [...new Set(sides.map(({ pack }) => pack))].map((name) => describePack(name, manifest));
  return { video, audio, image, packs };
}

/** How the codecs of a kind are asked, and where their packs are. */
interface Kind<DecoderConfig, EncoderConfig> {
  decoderConfig(codec: string): DecoderConfig;
  decodes(config: DecoderConfig): Promise<boolean>;
  encodes(config: EncoderConfig): Promise<boolean>;
  packOf(codec: string, direction: 'decoder' | 'encoder'): PackName;
}

/** packFor() looks at the kind of the session and the codec only. */
const pack = (kind: SessionParameters['kind'], codec: string | undefined): PackName =>
  packFor({ kind, codec } as SessionParameters);

const videoKind: Kind<
  Parameters<typeof VideoDecoder.isConfigSupported>[0],
  Parameters<typeof VideoEncoder.isConfigSupported>[0]
> = {
  decoderConfig: (codec) => ({ codec }),
  decodes: async (config) => (await VideoDecoder.isConfigSupported(config)).supported,
  encodes: async (config) => (await VideoEncoder.isConfigSupported(config)).supported,
  packOf: (codec, direction) => pack(`video-${direction}`, parseVideoCodec(codec)?.codec),
};

const audioKind: Kind<
  Parameters<typeof AudioDecoder.isConfigSupported>[0],
  Parameters<typeof AudioEncoder.isConfigSupported>[0]
> = {
  decoderConfig: (codec) => ({ codec, sampleRate: 48_000, numberOfChannels: 2 }),
  decodes: async (config) => (await AudioDecoder.isConfigSupported(config)).supported,
  encodes: async (config) => (await AudioEncoder.isConfigSupported(config)).supported,
  packOf: (codec, direction) => pack(`audio-${direction}`, parseAudioCodec(codec)?.codec),
};

const imageKind: Kind<string, never> = {
  decoderConfig: (type) => type,
  decodes: (type) => ImageDecoder.isTypeSupported(type),
  encodes: async () => false,
  packOf(type) {
    const format = imageFormatOfType(type);
    // The pictures of AVIF are AV1.
    return format === 'avif' ? pack('video-decoder', 'av1') : pack('image-decoder', format);
  },
};

async function rowOf<DecoderConfig, EncoderConfig>(
  entry: {
    name: string;
    codecs: readonly string[];
    decode: Side<DecoderConfig>;
    encode: Side<EncoderConfig> | null;
  },
  kind: Kind<DecoderConfig, EncoderConfig>,
  manifest: Manifest,
): Promise<MatrixRow> {
  const { name, codecs, decode, encode } = entry;
  const strings = Object.fromEntries(codecs.map((codec) => [codec, kind.decoderConfig(codec)]));
  const supportOf = async <Config>(
    { library, examples }: Side<Config>,
    direction: 'decoder' | 'encoder',
    asks: (config: Config) => Promise<boolean>,
  ): Promise<Support> => {
    const packName = kind.packOf(codecs[0]!, direction);
    const version = packIn(manifest, packName).libraries[library];
    if (version === undefined) throw new CommandError(`the pack ${packName} does not contain ${library}`);
    return { library, version, pack: packName, features: await answerAll(examples, asks) };
  };
  return {
    name,
    codecs: await answer(strings, kind.decodes),
    decode: await supportOf(decode, 'decoder', kind.decodes),
    encode: encode && (await supportOf(encode, 'encoder', kind.encodes)),
  };
}

async function answerAll<Config>(
  examples: Examples<Config>,
  asks: (config: Config) => Promise<boolean>,
): Promise<Record<string, Answers>> {
  const answered = Object.entries(examples).map(async ([feature, of]) => [feature, await answer(of, asks)] as const);
  return Object.fromEntries(await Promise.all(answered));
}

async function answer<Config>(
  examples: Readonly<Record<string, Config | readonly Config[]>>,
  asks: (config: Config) => Promise<boolean>,
): Promise<Answers> {
  const answered = Object.entries(examples).map(async ([label, example]) => {
    const configs = Array.isArray(example) ? (example as readonly Config[]) : [example as Config];
    return [label, (await Promise.all(configs.map(asks))).every(Boolean)] as const;
  });
  return Object.fromEntries(await Promise.all(answered));
}

function packIn(manifest: Manifest, name: string): ManifestPack {
  const found = manifest.packs[name];
  if (!found) throw new CommandError(`the package lacks the pack ${name}`);
  return found;
}

function describePack(name: PackName, manifest: Manifest): Pack {
  const { libraries, files } = packIn(manifest, name);
  const sizeOf = (file: string): number => files[file]?.brotliBytes ?? 0;
  const variant = (suffix: string): PackSize => ({
    wasm: sizeOf(`${name}${suffix}.wasm`),
    javascript: sizeOf(`${name}${suffix}.js`),
  });
  return { name, libraries, single: variant(''), threads: variant('-threads') };
}
