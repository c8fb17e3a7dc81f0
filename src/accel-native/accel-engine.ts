/** Engine 2: libavcodec and the codec libraries as native code, a thread per session; or a device through them. */
import { reorderDepthOfStream } from '../codecs/avc.ts';
import { beginsWithInvalidUnit } from '../codecs/invalid-unit.ts';
import { audioCodecs, videoCodecs } from '../engine/codec-numbers.ts';
import { audioCredits, videoCredits } from '../engine/credits.ts';
import { decodedPicture } from '../engine/decoded-frame.ts';
import { audioEncoderNumbers, videoEncoderNumbers } from '../engine/encoder-numbers.ts';
import {
  type AudioDecoderParameters,
  type AudioEncoderParameters,
  type DecodedPicture,
  type EncodedAudioPacket,
  type EncodedVideoPacket,
  type Engine,
  EngineError,
  type Packet,
  type PictureToEncode,
  type Samples,
  type Session,
  type SessionEvents,
  type SessionParameters,
  type VideoDecoderParameters,
  type VideoEncoderParameters,
} from '../engine/engine.ts';
import { pictureNumbers, visiblePlanes } from '../engine/picture-numbers.ts';
import { threadsFor } from '../engine/threads.ts';
import type { Picture } from '../pixels/picture.ts';
import { pixelFormats } from '../pixels/pixel-format.ts';
import { sampleFormats } from '../samples/sample-format.ts';
import type { Addon, AddonObject, AddonOutput, FrameNumbers, SamplesNumbers } from './accel-addon.ts';
import { AccelSession, type AccelSessionOptions, type OutgoingInput } from './accel-session.ts';
import { convertPicture } from './convert-picture.ts';

/** The slots of pictures that the addon holds: encoders take them from there. */
const slots = new WeakMap<Picture, { addon: Addon; slot: number }>();

function passPicture(addon: Addon, input: PictureToEncode): OutgoingInput {
  const { picture, visibleRect } = input;
  const { fullRange, keyFrame, ...others } = pictureNumbers(input);
  const numbers = { ...others, fullRange: Number(fullRange), keyFrame: Number(keyFrame) };
  const consumed = () => picture.release();
  const held = slots.get(picture);
  if (held?.addon === addon)
    return { input: { ...numbers, slot: held.slot, x: visibleRect.x, y: visibleRect.y }, consumed };
  const planes = visiblePlanes(input).map(({ begin, stride }) => ({ offset: begin, stride }));
  return { input: { ...numbers, planes, data: new Uint8Array(picture.buffer) }, consumed };
}

/** Calls `use` when the picture of a device is in memory; keeps it until then. */
async function loadPicture(addon: Addon, slot: number, picture: Picture, use: () => void): Promise<void> {
  picture.retain();
  try {
    await addon.download(slot);
    use();
  } finally {
    picture.release();
  }
}

function receivePicture(addon: Addon, output: AddonOutput): DecodedPicture {
  const frame = output as FrameNumbers;
  const slot = frame[2];
  const format = pixelFormats[frame[3]]!;
  const decoded = decodedPicture(frame, {
    buffer: () => addon.buffer(slot),
    load: frame[19] ? (use) => loadPicture(addon, slot, picture, use) : undefined,
    convert: (source, rect, target) => convertPicture(addon, { slot, format }, source, rect, target),
    onFree: () => addon.release(slot),
  });
  const { picture } = decoded;
  slots.set(picture, { addon, slot });
  return decoded;
}

function receiveSamples(output: AddonOutput): Samples {
  const samples = output as SamplesNumbers;
  return { ...samples, format: sampleFormats[samples.format]! };
}

const asItIs = <Output>(output: AddonOutput): Output => output as Output;
const asObject = (input: object): OutgoingInput => ({ input: { ...input } });

/** Each session has a thread of its own; this is how many there are for the work of one picture. */
const threadCount = (parameters: SessionParameters): number => Math.max(1, threadsFor(parameters));

/** How the addon wants parameters; null for what it does not do. */
function addonParameters(parameters: SessionParameters, hardware: boolean): AddonObject | null {
  const common = { kind: parameters.kind, threads: threadCount(parameters), hardware: Number(hardware) };
  switch (parameters.kind) {
    case 'video-decoder': {
      const { codec, description, reorderDepth = -1, lowLatency } = parameters;
      return {
        ...common,
        codec: videoCodecs.indexOf(codec),
        description,
        reorderDepth,
        lowLatency: Number(lowLatency),
      };
    }
    case 'audio-decoder': {
      const { codec, sampleRate, numberOfChannels: channels, description } = parameters;
      return { ...common, codec: audioCodecs.indexOf(codec), sampleRate, channels, description };
    }
    case 'video-encoder': {
      const { doubles, integers } = videoEncoderNumbers(parameters, common.threads);
      return { ...common, ...doubles, ...integers };
    }
    case 'audio-encoder': {
      const { doubles, integers } = audioEncoderNumbers(parameters);
      return { ...common, ...doubles, ...integers };
    }
    case 'image-decoder':
      return null;
  }
}

/** Hands over packets; the first of a stream may be asked how deep the stream reorders. */
function packetsTo(parameters: VideoDecoderParameters): (packet: Packet) => OutgoingInput {
  let isFirst = parameters.reorderDepth === undefined;
  return (packet) => {
    const { data, timestamp, duration } = packet;
    const stream = { description: parameters.description, firstPacket: data };
    const reorderDepth = isFirst ? (reorderDepthOfStream(stream) ?? 0) : 0;
    isFirst = false;
    const isInvalid = Number(beginsWithInvalidUnit(parameters, data));
    return { input: { data, timestamp, duration, reorderDepth, isInvalid } };
  };
}

/** Answers of supports(), which opens codecs, by parameters. */
const mostAnswers = 500;

export class AccelEngine implements Engine {
  readonly #addon: Addon;
  readonly #hardware: boolean;
  readonly #answers = new Map<string, Promise<boolean>>();

  /** With `hardware`, devices alone do the work. */
  constructor(addon: Addon, hardware: boolean) {
    this.#addon = addon;
    this.#hardware = hardware;
  }

  get description(): string {
    return `native (libavcodec ${this.#addon.libavcodec})`;
  }

  async supports(parameters: SessionParameters): Promise<boolean> {
    const numbers = addonParameters(parameters, this.#hardware);
    if (!numbers) return false;
    // A device may be lost: its answers are the addon's to remember.
    if (this.#hardware) return this.#addon.supports(numbers);
    const key = JSON.stringify({ ...numbers, description: undefined });
    if (this.#answers.size > mostAnswers) this.#answers.clear();
    const answer = this.#answers.get(key) ?? this.#addon.supports({ ...numbers, description: undefined });
    this.#answers.set(key, answer);
    return answer;
  }

  #open<Input, Output>(
    parameters: SessionParameters,
    options: Omit<AccelSessionOptions<Input, Output>, 'addon' | 'parameters'>,
  ): Session<Input> {
    const numbers = addonParameters(parameters, this.#hardware)!;
    return new AccelSession({ addon: this.#addon, parameters: numbers, ...options });
  }

  openVideoDecoder(parameters: VideoDecoderParameters, events: SessionEvents<DecodedPicture>): Session<Packet> {
    return this.#open(parameters, {
      credits: videoCredits(parameters),
      events,
      pass: packetsTo(parameters),
      receive: (output) => receivePicture(this.#addon, output),
      discard: ({ picture }: DecodedPicture) => picture.release(),
    });
  }

  openVideoEncoder = (
    parameters: VideoEncoderParameters,
    events: SessionEvents<EncodedVideoPacket>,
  ): Session<PictureToEncode> =>
    this.#open(parameters, {
      credits: videoCredits(parameters),
      events,
      pass: (input: PictureToEncode) => passPicture(this.#addon, input),
      receive: asItIs,
    });

  openAudioDecoder(parameters: AudioDecoderParameters, events: SessionEvents<Samples>): Session<Packet> {
    return this.#open(parameters, { credits: audioCredits, events, pass: asObject, receive: receiveSamples });
  }

  openAudioEncoder(parameters: AudioEncoderParameters, events: SessionEvents<EncodedAudioPacket>): Session<Samples> {
    const pass = (samples: Samples) => asObject({ ...samples, format: sampleFormats.indexOf(samples.format) });
    return this.#open(parameters, { credits: audioCredits, events, pass, receive: asItIs });
  }

  openImageDecoder(): never {
    throw new EngineError('unsupported', 'images are decoded by WebAssembly');
  }
}
