/** The file's sound: everycodec's AudioDecoder, heard through Web Audio. */
import { type AudioData, AudioDecoder, EncodedAudioChunk } from 'everycodec';
import { EncodedPacketSink } from 'mediabunny';
import { audioOutput } from './audio-output.ts';
import type { Clock } from './clock.ts';
import type { AudioTrack } from './media-file.ts';

/** Seconds of sound that are scheduled ahead. */
const ahead = 1;
/** Seconds by which sound may be off before it is put right, which is heard. */
const tolerance = 0.04;

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Sound {
  readonly #audio: AudioTrack;
  readonly #clock: Clock;
  readonly #onError: (error: Error) => void;
  readonly #sink: EncodedPacketSink;
  readonly #playing = new Set<AudioBufferSourceNode>();
  readonly #gain = new GainNode(audioOutput());
  #decoder: AudioDecoder | undefined;
  #generation = 0;
  #started = false;
  /** Where the sound that is scheduled ends, in the context's time. */
  #scheduledUntil = 0;

  constructor(audio: AudioTrack, clock: Clock, onError: (error: Error) => void) {
    this.#audio = audio;
    this.#clock = clock;
    this.#onError = onError;
    this.#sink = new EncodedPacketSink(audio.track);
    this.#gain.connect(this.#gain.context.destination);
    this.#gain.context.addEventListener('statechange', this.#onStateChange);
  }

  get decoder(): AudioDecoder | undefined {
    return this.#decoder;
  }

  set muted(muted: boolean) {
    this.#gain.gain.value = muted ? 0 : 1;
  }

  /** Plays from where the clock is. */
  start(): void {
    this.stop();
    this.#started = true;
    const generation = this.#generation;
    this.#scheduledUntil = 0;
    this.#feed(generation, audioOutput()).catch((error: Error) => {
      if (generation === this.#generation) this.#onError(error);
    });
  }

  stop(): void {
    this.#started = false;
    this.#generation++;
    for (const node of this.#playing) node.stop();
    this.#playing.clear();
    if (this.#decoder?.state === 'configured') this.#decoder.reset();
  }

  close(): void {
    this.stop();
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#gain.disconnect();
    this.#gain.context.removeEventListener('statechange', this.#onStateChange);
  }

  /** Leave to sound may come late: then it joins where the clock is. */
  readonly #onStateChange = (): void => {
    if (this.#started && this.#gain.context.state === 'running') this.start();
  };

  #openDecoder(context: AudioContext): AudioDecoder {
    if (this.#decoder && this.#decoder.state !== 'closed') return this.#decoder;
    this.#decoder = new AudioDecoder({
      output: (data) => {
        this.#schedule(context, data);
        data.close();
      },
      error: (error) => {
        this.#generation++;
        this.#onError(error);
      },
    });
    return this.#decoder;
  }

  async #feed(generation: number, context: AudioContext): Promise<void> {
    const decoder = this.#openDecoder(context);
    decoder.configure(this.#audio.config);
    const first = (await this.#sink.getPacket(this.#clock.position)) ?? (await this.#sink.getFirstPacket());
    if (!first) return;
    for await (const packet of this.#sink.packets(first)) {
      while (generation === this.#generation && this.#hasEnough(context, decoder)) await delay(50);
      if (generation !== this.#generation) return;
      const { type, microsecondTimestamp: timestamp, data } = packet;
      decoder.decode(new EncodedAudioChunk({ type, timestamp, data }));
    }
    if (generation === this.#generation) await decoder.flush();
  }

  #hasEnough(context: AudioContext, decoder: AudioDecoder): boolean {
    if (context.state !== 'running') return true;
    return decoder.decodeQueueSize > 16 || this.#scheduledUntil - context.currentTime > ahead;
  }

  #schedule(context: AudioContext, data: AudioData): void {
    const { rate } = this.#clock;
    const due = context.currentTime + (data.timestamp / 1e6 - this.#clock.position) / rate;
    const start = Math.abs(due - this.#scheduledUntil) < tolerance ? this.#scheduledUntil : due;
    const late = Math.max(0, context.currentTime - start);
    const length = data.numberOfFrames / data.sampleRate / rate;
    this.#scheduledUntil = start + length;
    if (late >= length) return;
    const node = new AudioBufferSourceNode(context, { buffer: bufferOf(data), playbackRate: rate });
    node.connect(this.#gain);
    node.onended = () => this.#playing.delete(node);
    this.#playing.add(node);
    node.start(start + late, late * rate);
  }
}

function bufferOf(data: AudioData): AudioBuffer {
  const { numberOfChannels, numberOfFrames: length, sampleRate } = data;
  const buffer = new AudioBuffer({ numberOfChannels, length, sampleRate });
  for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++) {
    data.copyTo(buffer.getChannelData(planeIndex), { planeIndex, format: 'f32-planar' });
  }
  return buffer;
}
