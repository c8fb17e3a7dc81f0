/** What a file holds, as WebCodecs wants it. */
export interface StreamPacket {
  type: 'key' | 'delta';
  /** µs. */
  timestamp: number;
  /** µs. */
  duration?: number;
  data: Uint8Array;
  /** The packet of the alpha channel's own stream, where there is one. */
  alpha?: Uint8Array;
}

interface BaseConfig {
  codec: string;
  description?: AllowSharedBufferSource;
}

export interface VideoStream {
  kind: 'video';
  config: BaseConfig;
  packets: StreamPacket[];
  /** False where the reader counted pictures in coding order to have any timestamps at all. */
  hasPresentationTimes: boolean;
}

export interface AudioStream {
  kind: 'audio';
  config: BaseConfig & { sampleRate: number; numberOfChannels: number };
  packets: StreamPacket[];
}

/** Why a file cannot be read up to its end, beside what could be read. */
export interface ReadResult<Stream> {
  stream: Stream;
  fault: Error | null;
}
