/** Encoders' parameters as both engines' native code takes them: structures EncoderParameters of emscripten/glue/. */
import { audioCodecs, videoCodecs } from './codec-numbers.ts';
import type { AudioEncoderParameters, VideoEncoderParameters } from './engine.ts';

const bitrateModes = ['constant', 'variable', 'quantizer'];
const chromaSubsamplings = ['420', '422', '440', '444'];
const signals = ['auto', 'music', 'voice'];
const applications = ['voip', 'audio', 'lowdelay'];

/** In the order of emscripten/glue/video-encoder.h; `threads` comes last. */
export function videoEncoderNumbers(parameters: VideoEncoderParameters, threads: number) {
  const { bitrate = 0, framerate = 30 } = parameters;
  const integers = {
    codec: videoCodecs.indexOf(parameters.codec),
    profile: parameters.profile,
    constraints: parameters.constraints,
    level: parameters.level,
    bitDepth: parameters.bitDepth,
    chroma: chromaSubsamplings.indexOf(parameters.chroma),
    width: parameters.width,
    height: parameters.height,
    bitrateMode: bitrateModes.indexOf(parameters.bitrateMode),
    realtime: Number(parameters.latencyMode === 'realtime'),
    temporalLayers: parameters.temporalLayers,
    screenContent: Number(parameters.screenContent),
    keyFramesOnRequest: Number(parameters.alpha),
    threads,
  };
  return { doubles: { bitrate, framerate }, integers };
}

/** In the order of emscripten/glue/audio-encoder.h. */
export function audioEncoderNumbers({ opus, flac, ...parameters }: AudioEncoderParameters) {
  const integers = {
    codec: audioCodecs.indexOf(parameters.codec),
    sampleRate: parameters.sampleRate,
    channels: parameters.numberOfChannels,
    constantBitrate: Number(parameters.bitrateMode === 'constant'),
    opusSignal: signals.indexOf(opus?.signal ?? 'auto'),
    opusApplication: applications.indexOf(opus?.application ?? 'audio'),
    opusFrameDuration: opus?.frameDuration ?? 20000,
    opusComplexity: opus?.complexity ?? 9,
    opusPacketLoss: opus?.packetlossperc ?? 0,
    opusFec: Number(opus?.useinbandfec ?? false),
    opusDtx: Number(opus?.usedtx ?? false),
    flacBlockSize: flac?.blockSize ?? 0,
    flacCompressLevel: flac?.compressLevel ?? 5,
  };
  return { doubles: { bitrate: parameters.bitrate ?? 0 }, integers };
}
