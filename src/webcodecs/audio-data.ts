import type { Samples } from '../engine/engine.ts';
import { isNativeAudioData, type NativeAudioData } from '../native/native-classes.ts';
import { markAsUncloneable } from '../platform/uncloneable.ts';
import { copySamples } from '../samples/convert.ts';
import { bytesPerSample, isPlanar, type SampleFormat, sampleFormats } from '../samples/sample-format.ts';
import * as webidl from './webidl.ts';

/** https://w3c.github.io/webcodecs/#dictdef-audiodatainit */
export interface AudioDataInit {
  format: SampleFormat;
  /** Hz. */
  sampleRate: number;
  numberOfFrames: number;
  numberOfChannels: number;
  /** µs. */
  timestamp: number;
  /** The planes one after the other, or the interleaved frames. */
  data: webidl.BufferSource;
  /** Buffers to detach. */
  transfer?: ArrayBuffer[] | undefined;
}

/** https://w3c.github.io/webcodecs/#dictdef-audiodatacopytooptions */
export interface AudioDataCopyToOptions {
  planeIndex: number;
  frameOffset?: number | undefined;
  frameCount?: number | undefined;
  /** Converts. */
  format?: SampleFormat | undefined;
}

const sampleFormat = webidl.enumeration<SampleFormat>('AudioSampleFormat', sampleFormats);

const audioDataInit = webidl.dictionary<AudioDataInit>('AudioDataInit', [
  { key: 'data', converter: webidl.allowSharedBufferSource, required: true },
  { key: 'format', converter: sampleFormat, required: true },
  { key: 'numberOfChannels', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'numberOfFrames', converter: webidl.enforceRangeUnsignedLong, required: true },
  { key: 'sampleRate', converter: webidl.float, required: true },
  { key: 'timestamp', converter: webidl.enforceRangeLongLong, required: true },
  { key: 'transfer', converter: webidl.transferList, default: () => [] },
]);

const copyToOptions = webidl.dictionary<AudioDataCopyToOptions>('AudioDataCopyToOptions', [
  { key: 'format', converter: sampleFormat },
  { key: 'frameCount', converter: webidl.enforceRangeUnsignedLong },
  { key: 'frameOffset', converter: webidl.enforceRangeUnsignedLong, default: () => 0 },
  { key: 'planeIndex', converter: webidl.enforceRangeUnsignedLong, required: true },
]);

/** Content that was made inside, to be wrapped in an AudioData as it is. */
class PreparedSamples {
  constructor(readonly samples: Samples) {}
}

/** https://w3c.github.io/webcodecs/#dom-audiodata-audiodata */
function makeSamples(init: unknown): Samples {
  if (init instanceof PreparedSamples) return init.samples;
  const { format, sampleRate, numberOfFrames, numberOfChannels, timestamp, data, transfer } = audioDataInit(
    init,
    'AudioDataInit',
  );
  // "If init is not a valid AudioDataInit, throw a TypeError."
  if (sampleRate <= 0) throw new TypeError('AudioData: the sample rate must be positive');
  if (numberOfFrames === 0 || numberOfChannels === 0) throw new TypeError('AudioData: no frames, or no channels');
  const size = numberOfFrames * numberOfChannels * bytesPerSample(format);
  const source = webidl.bytesOf(data);
  if (source.length < size) throw new TypeError(`AudioData: ${source.length} bytes given, ${size} needed`);
  // "If init.transfer contains more than one reference to the same ArrayBuffer, then throw a DataCloneError."
  const detach = webidl.prepareTransfer(transfer ?? []);
  // "If init.transfer contains an ArrayBuffer referenced by init.data the User Agent MAY choose to: let resource be
  // a new media resource referencing sample data in data. Otherwise: … containing a copy."
  const owned = detach(data)?.subarray(0, size) ?? new Uint8Array(source.subarray(0, size));
  return { format, sampleRate, numberOfFrames, numberOfChannels, timestamp, data: owned };
}

let samplesHeldBy: (data: AudioData) => Samples | null;
let isAudio: (value: object) => boolean;

/** Raw samples with their time: https://w3c.github.io/webcodecs/#audiodata-interface */
export class AudioData {
  /** [[resource reference]] and what describes it; null once closed. */
  #samples: Samples | null;
  readonly #timestamp: number;

  static {
    samplesHeldBy = (data) => data.#samples;
    isAudio = (value) => #samples in value;
  }

  /**
   * The samples are copied.
   *
   * @throws {TypeError} if a member is missing, out of range, or the data are too few.
   * @throws {DOMException} DataCloneError if `transfer` names a buffer twice, or a detached one.
   */
  constructor(init: AudioDataInit) {
    webidl.requireArguments(arguments.length, 1, 'AudioData constructor');
    this.#samples = makeSamples(init);
    this.#timestamp = this.#samples.timestamp;
    markAsUncloneable(this);
  }

  /** null once closed. */
  get format(): SampleFormat | null {
    return this.#samples?.format ?? null;
  }

  /** Hz, 0 once closed. */
  get sampleRate(): number {
    return this.#samples?.sampleRate ?? 0;
  }

  get numberOfFrames(): number {
    return this.#samples?.numberOfFrames ?? 0;
  }

  get numberOfChannels(): number {
    return this.#samples?.numberOfChannels ?? 0;
  }

  /** µs, 0 once closed. */
  get duration(): number {
    return this.#samples ? Math.trunc((this.#samples.numberOfFrames * 1e6) / this.#samples.sampleRate) : 0;
  }

  /** Presentation time, µs. */
  get timestamp(): number {
    return this.#timestamp;
  }

  #open(): Samples {
    if (!this.#samples) throw new DOMException('The AudioData is closed.', 'InvalidStateError');
    return this.#samples;
  }

  /** https://w3c.github.io/webcodecs/#audiodata-compute-copy-element-count, in frames and bytes. */
  #parseOptions(samples: Samples, options: AudioDataCopyToOptions) {
    const format = options.format ?? samples.format;
    const { planeIndex, frameOffset = 0 } = options;
    // "If destFormat describes an interleaved AudioSampleFormat and options.planeIndex is greater than 0, throw a RangeError."
    const planes = isPlanar(format) ? samples.numberOfChannels : 1;
    if (planeIndex >= planes) throw new RangeError(`plane ${planeIndex} of ${planes} planes`);
    // "If options.frameOffset is greater than or equal to frameCount, throw a RangeError."
    if (frameOffset >= samples.numberOfFrames)
      throw new RangeError(`frame ${frameOffset} of ${samples.numberOfFrames}`);
    const left = samples.numberOfFrames - frameOffset;
    const frameCount = options.frameCount ?? left;
    if (frameCount > left) throw new RangeError(`${frameCount} frames wanted, ${left} left`);
    const elements = frameCount * (isPlanar(format) ? 1 : samples.numberOfChannels);
    return { format, planeIndex, frameOffset, frameCount, size: elements * bytesPerSample(format) };
  }

  /**
   * The bytes that copyTo() needs with these options.
   *
   * @throws {DOMException} InvalidStateError if closed.
   * @throws {RangeError} for a plane, an offset or a count that is not there.
   */
  allocationSize(options: AudioDataCopyToOptions): number {
    webidl.requireArguments(arguments.length, 1, 'AudioData.allocationSize');
    const converted = copyToOptions(options, 'AudioDataCopyToOptions');
    return this.#parseOptions(this.#open(), converted).size;
  }

  /**
   * Copies a plane, or the interleaved samples, converted to `format`.
   *
   * @throws {DOMException} InvalidStateError if closed.
   * @throws {RangeError} as allocationSize() does, and if `destination` is too small.
   */
  copyTo(destination: webidl.BufferSource, options: AudioDataCopyToOptions): undefined {
    webidl.requireArguments(arguments.length, 2, 'AudioData.copyTo');
    const target = webidl.bytesOf(webidl.allowSharedBufferSource(destination, 'AudioData.copyTo: destination'));
    const converted = copyToOptions(options, 'AudioDataCopyToOptions');
    const samples = this.#open();
    const { format, planeIndex, frameOffset, frameCount, size } = this.#parseOptions(samples, converted);
    if (target.length < size) throw new RangeError(`AudioData.copyTo: ${target.length} bytes given, ${size} needed`);
    copySamples(samples, target, format, planeIndex, frameOffset, frameCount);
    return undefined;
  }

  /** AudioData that shares the samples. @throws {DOMException} InvalidStateError if closed. */
  clone(): AudioData {
    return createAudioData(this.#open());
  }

  /** Gives up the samples. Closing again does nothing. */
  close(): undefined {
    this.#samples = null;
    return undefined;
  }
}

webidl.defineInterface(AudioData, 'AudioData');

/** @internal */
export const isAudioData = (value: unknown): value is AudioData =>
  typeof value === 'object' && value !== null && isAudio(value);

/** The samples of AudioData of the runtime's; null if it is closed. */
function readNative(audio: NativeAudioData): Samples | null {
  const { sampleRate, numberOfFrames, numberOfChannels, timestamp } = audio;
  const format = audio.format as SampleFormat | null;
  if (format === null) return null;
  const planes = isPlanar(format) ? numberOfChannels : 1;
  const size = audio.allocationSize({ planeIndex: 0 });
  const data = new Uint8Array(planes * size);
  for (let planeIndex = 0; planeIndex < planes; planeIndex++) {
    audio.copyTo(data.subarray(planeIndex * size), { planeIndex });
  }
  return { format, sampleRate, numberOfFrames, numberOfChannels, timestamp, data };
}

/** @internal Converts to the samples of AudioData, ours (which are not copied) or the runtime's; null if it is closed. */
export const audioDataContent: webidl.Converter<Samples | null> = (value, context) => {
  if (isAudioData(value)) return samplesHeldBy(value);
  if (isNativeAudioData(value)) return readNative(value);
  throw new TypeError(`${context} is not of type AudioData`);
};

/** @internal AudioData of these samples, which it takes over. */
export function createAudioData(samples: Samples): AudioData {
  return new AudioData(new PreparedSamples(samples) as unknown as AudioDataInit);
}

/** @internal The samples, not copied; they must not be changed. null once closed. */
export const samplesOf = (data: AudioData): Samples | null => samplesHeldBy(data);
