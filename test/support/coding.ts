/** Codecs run to their end: what goes in, what came out. */
import {
  type AudioData,
  AudioDecoder,
  type AudioDecoderConfig,
  AudioEncoder,
  type AudioEncoderConfig,
  type EncodedAudioChunk,
  type EncodedAudioChunkMetadata,
  type EncodedVideoChunk,
  type EncodedVideoChunkMetadata,
  VideoDecoder,
  type VideoDecoderConfig,
  VideoEncoder,
  type VideoEncoderConfig,
  type VideoEncoderEncodeOptions,
  type VideoFrame,
} from 'everycodec';

export interface EncodedVideo {
  chunks: EncodedVideoChunk[];
  metadata: EncodedVideoChunkMetadata[];
}

/** Waits until a codec has taken most of its queue. */
export async function room(codec: EventTarget, queueSize: () => number): Promise<void> {
  while (queueSize() > 8) await new Promise((resolve) => codec.addEventListener('dequeue', resolve, { once: true }));
}

interface AnyCodec extends EventTarget {
  flush(): Promise<undefined>;
  close(): undefined;
}

/** Hands all inputs to a codec that is configured, and runs it to its end; rejects as `failed` does. */
async function runThrough<Input>(
  codec: AnyCodec,
  queueSize: () => number,
  inputs: Iterable<Input>,
  hand: (input: Input) => void,
  failed: Promise<never>,
): Promise<void> {
  for (const input of inputs) {
    hand(input);
    await Promise.race([room(codec, queueSize), failed]);
  }
  await Promise.race([codec.flush(), failed]);
  codec.close();
}

/** Encodes the frames, closing them; rejects with the codec's error. */
export async function encodeVideo(
  config: VideoEncoderConfig,
  frames: Iterable<VideoFrame>,
  options: (index: number) => VideoEncoderEncodeOptions = () => ({}),
  Encoder = VideoEncoder,
): Promise<EncodedVideo> {
  const result: EncodedVideo = { chunks: [], metadata: [] };
  const { promise: failed, reject } = withReject();
  const encoder = new Encoder({
    output: (chunk, metadata) => {
      result.chunks.push(chunk);
      result.metadata.push(metadata);
    },
    error: reject,
  });
  encoder.configure(config);
  let index = 0;
  const hand = (frame: VideoFrame) => {
    encoder.encode(frame, options(index++));
    frame.close();
  };
  await runThrough(encoder, () => encoder.encodeQueueSize, frames, hand, failed);
  return result;
}

/** Decodes the chunks; the caller closes the frames. Rejects with the codec's error. */
export async function decodeVideo(
  config: VideoDecoderConfig,
  chunks: Iterable<EncodedVideoChunk>,
  Decoder = VideoDecoder,
): Promise<VideoFrame[]> {
  const frames: VideoFrame[] = [];
  const { promise: failed, reject } = withReject();
  const decoder = new Decoder({ output: (frame) => frames.push(frame), error: reject });
  decoder.configure(config);
  await runThrough(
    decoder,
    () => decoder.decodeQueueSize,
    chunks,
    (chunk) => decoder.decode(chunk),
    failed,
  );
  return frames;
}

export interface EncodedAudio {
  chunks: EncodedAudioChunk[];
  metadata: EncodedAudioChunkMetadata[];
}

export async function encodeAudio(
  config: AudioEncoderConfig,
  inputs: Iterable<AudioData>,
  Encoder = AudioEncoder,
): Promise<EncodedAudio> {
  const result: EncodedAudio = { chunks: [], metadata: [] };
  const { promise: failed, reject } = withReject();
  const encoder = new Encoder({
    output: (chunk, metadata) => {
      result.chunks.push(chunk);
      result.metadata.push(metadata);
    },
    error: reject,
  });
  encoder.configure(config);
  const hand = (data: AudioData) => {
    encoder.encode(data);
    data.close();
  };
  await runThrough(encoder, () => encoder.encodeQueueSize, inputs, hand, failed);
  return result;
}

export async function decodeAudio(
  config: AudioDecoderConfig,
  chunks: Iterable<EncodedAudioChunk>,
  Decoder = AudioDecoder,
): Promise<AudioData[]> {
  const outputs: AudioData[] = [];
  const { promise: failed, reject } = withReject();
  const decoder = new Decoder({ output: (data) => outputs.push(data), error: reject });
  decoder.configure(config);
  await runThrough(
    decoder,
    () => decoder.decodeQueueSize,
    chunks,
    (chunk) => decoder.decode(chunk),
    failed,
  );
  return outputs;
}

function withReject(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => {});
  return { promise, reject };
}
