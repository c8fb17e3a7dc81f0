/** What test/accel/devices.test.ts runs with a device's driver in its place: a scenario and its arguments. */
import { readFileSync } from 'node:fs';
import {
  accelerators,
  EncodedVideoChunk,
  type EncodedVideoChunkMetadata,
  engineOf,
  VideoDecoder,
  type VideoDecoderConfig,
  VideoEncoder,
  type VideoEncoderConfig,
  type VideoFrame,
} from 'everycodec';
import { readVideoTrack } from '../../support/container.ts';
import { makeFrame, makePixels, psnr } from '../../support/pictures.ts';
import { planarBytes, reportOf } from '../planes.ts';

export type Hint = 'no-preference' | 'prefer-hardware' | 'prefer-software';

async function readClip(path: string) {
  const { stream } = await readVideoTrack(readFileSync(path));
  const chunks = stream.packets.map((packet) => new EncodedVideoChunk(packet));
  return { config: stream.config as VideoDecoderConfig, chunks };
}

interface Outcome {
  engine?: string;
  error?: string;
}

/** A decoder whose errors end up in `outcome`, as does its engine with the first picture. */
function makeDecoder(outcome: Outcome, output: (frame: VideoFrame) => void): VideoDecoder {
  const decoder: VideoDecoder = new VideoDecoder({
    output: (frame) => {
      outcome.engine = engineOf(decoder);
      output(frame);
    },
    error: (error) => {
      outcome.error = error.name;
    },
  });
  return decoder;
}

const dequeue = (codec: EventTarget) =>
  new Promise((resolve) => codec.addEventListener('dequeue', resolve, { once: true }));

async function runThrough(decoder: VideoDecoder, chunks: readonly EncodedVideoChunk[]): Promise<void> {
  try {
    for (const chunk of chunks) {
      decoder.decode(chunk);
      while (decoder.decodeQueueSize > 4) await dequeue(decoder);
    }
    await decoder.flush();
  } catch {
    // `outcome` has it.
  }
}

async function decodeAll(
  path: string,
  hint: Hint,
  output: (frame: VideoFrame) => void,
  options: Partial<VideoDecoderConfig> = {},
): Promise<Outcome> {
  const { config, chunks } = await readClip(path);
  const outcome: Outcome = {};
  const decoder = makeDecoder(outcome, output);
  decoder.configure({ ...config, ...options, hardwareAcceleration: hint });
  await runThrough(decoder, chunks);
  if (decoder.state !== 'closed') decoder.close();
  return outcome;
}

/** Each picture is read and closed as it comes. */
async function decode(path: string, hint: Hint, options = '{}') {
  const reports: ReturnType<typeof reportOf>[] = [];
  const outcome = await decodeAll(
    path,
    hint,
    (frame) => {
      const report = reportOf(frame);
      report.finally(() => frame.close()).catch(() => {});
      reports.push(report);
    },
    JSON.parse(options),
  );
  return { ...outcome, frames: await Promise.all(reports) };
}

/** No picture is read or closed before the decoder has been. */
async function hold(path: string, hint: Hint) {
  const frames: VideoFrame[] = [];
  const outcome = await decodeAll(path, hint, (frame) => frames.push(frame));
  const reports = [];
  for (const frame of frames) {
    reports.push(await reportOf(frame));
    frame.close();
  }
  return { ...outcome, frames: reports };
}

/** Pictures are closed unread; the first one's clone is read four times. */
async function readTwice(path: string, hint: Hint) {
  let kept: VideoFrame | undefined;
  const outcome = await decodeAll(path, hint, (frame) => {
    kept ??= frame.clone();
    frame.close();
  });
  const clone = kept!.clone();
  const reports = [await reportOf(kept!), await reportOf(clone), await reportOf(kept!), await reportOf(clone)];
  kept!.close();
  clone.close();
  return { ...outcome, frames: reports };
}

/** The decoder fails once, and is followed by another one. */
async function decodeTwice(path: string, hint: Hint) {
  const first = await decode(path, hint);
  return { first, second: await decode(path, hint), accelerators: await accelerators() };
}

interface Encoded {
  chunks: { chunk: EncodedVideoChunk; metadata: EncodedVideoChunkMetadata }[];
  outcome: Outcome;
}

function makeEncoder({ chunks, outcome }: Encoded): VideoEncoder {
  const encoder: VideoEncoder = new VideoEncoder({
    output: (chunk, metadata) => {
      outcome.engine = engineOf(encoder);
      chunks.push({ chunk, metadata });
    },
    error: (error) => {
      outcome.error = error.name;
    },
  });
  return encoder;
}

async function encodeAll(
  config: VideoEncoderConfig,
  frames: AsyncIterable<VideoFrame> | Iterable<VideoFrame>,
  isKey: (index: number) => boolean,
): Promise<Encoded> {
  const encoded: Encoded = { chunks: [], outcome: {} };
  const encoder = makeEncoder(encoded);
  encoder.configure(config);
  let index = 0;
  try {
    for await (const frame of frames) {
      encoder.encode(frame, { keyFrame: isKey(index++) });
      frame.close();
      while (encoder.encodeQueueSize > 4) await dequeue(encoder);
    }
    await encoder.flush();
    encoder.close();
  } catch {
    // `outcome` has it.
  }
  return encoded;
}

/** The encoded pictures' likenesses of those that were encoded, dB, by a decoder in software. */
async function likeness({ chunks }: Encoded, original: (index: number) => Uint8Array | undefined): Promise<number[]> {
  const ratios: Promise<number>[] = [];
  let index = 0;
  const decoder = makeDecoder({}, (frame) => {
    const source = original(index++);
    const bytes = planarBytes(frame).finally(() => frame.close());
    ratios.push(bytes.then((decoded) => (source ? psnr(decoded, source) : Number.NaN)));
  });
  decoder.configure({ ...chunks[0]!.metadata.decoderConfig!, hardwareAcceleration: 'prefer-software' });
  await runThrough(
    decoder,
    chunks.map(({ chunk }) => chunk),
  );
  return Promise.all(ratios);
}

const describeChunks = ({ chunks, outcome }: Encoded) => ({
  ...outcome,
  chunks: chunks.map(({ chunk: { type, timestamp, duration } }) => ({ type, timestamp, duration })),
  configs: chunks.flatMap(({ metadata }) => {
    if (!metadata.decoderConfig) return [];
    const { description, ...others } = metadata.decoderConfig;
    return [{ ...others, description: description && Buffer.from(description as Uint8Array).toString('hex') }];
  }),
});

const size = { width: 640, height: 480 } as const;

async function encode(count: string, options: string) {
  const config = { codec: 'avc1.640028', ...size, bitrate: 3e6, framerate: 30, ...JSON.parse(options) };
  const { width, height } = config;
  const frames = function* () {
    for (let i = 0; i < Number(count); i++) yield makeFrame(width, height, i);
  };
  const encoded = await encodeAll(config, frames(), (index) => index % 7 === 0);
  const ratios = encoded.outcome.error ? [] : await likeness(encoded, (index) => makePixels(width, height, index));
  return { ...describeChunks(encoded), ratios };
}

/** Encodes, is failed once, and encodes once more. */
async function encodeTwice(count: string, options: string) {
  return { first: await encode(count, options), second: await encode(count, options) };
}

/** From a decoder to an encoder at once, as fast as both go. */
async function transcode(path: string, decoderHint: Hint, options: string) {
  const config = { codec: 'avc1.640028', ...size, bitrate: 4e6, framerate: 25, ...JSON.parse(options) };
  const encoded: Encoded = { chunks: [], outcome: {} };
  const encoder = makeEncoder(encoded);
  encoder.configure(config);
  const decoding: Outcome = {};
  const decoder = makeDecoder(decoding, (frame) => {
    encoder.encode(frame);
    frame.close();
  });
  const clip = await readClip(path);
  decoder.configure({ ...clip.config, hardwareAcceleration: decoderHint });
  for (const chunk of clip.chunks) {
    decoder.decode(chunk);
    while (decoder.decodeQueueSize > 1) await dequeue(decoder);
    while (encoder.encodeQueueSize > 1) await dequeue(encoder);
  }
  await decoder.flush();
  await encoder.flush();
  if (config.width !== size.width) return { decoding, ...describeChunks(encoded), ratios: [] };
  const originals: Promise<Uint8Array>[] = [];
  await decodeAll(path, 'prefer-software', (frame) => {
    originals.push(planarBytes(frame).finally(() => frame.close()));
  });
  const sources = await Promise.all(originals);
  return { decoding, ...describeChunks(encoded), ratios: await likeness(encoded, (index) => sources[index]) };
}

const scenarios: Record<string, (...args: never[]) => Promise<unknown>> = {
  accelerators,
  decode,
  decodeTwice,
  encode,
  encodeTwice,
  hold,
  readTwice,
  transcode,
};

const [scenario, ...args] = process.argv.slice(2);
console.log(JSON.stringify(await scenarios[scenario!]!(...(args as never[]))));
