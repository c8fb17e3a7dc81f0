import { canEncodeVideo, type InputVideoTrack, type VideoCodec, VideoSample, VideoSampleSource } from 'mediabunny';
import { EncodedVideoChunk, VideoDecoder, VideoFrame } from '../index.ts';
import { decodePackets } from './decode.ts';
import { CommandError } from './errors.ts';
import { noteCodec, type Pipe, qualityFor, type Session } from './pipe.ts';
import { packetsOf } from './source.ts';
import { type Orientation, turnUpright } from './upright.ts';

/** Prepares to decode the pictures of a track and to encode them again. */
export async function openVideo(session: Session, track: InputVideoTrack, codec: VideoCodec): Promise<Pipe> {
  const { job, output, timeline, start } = session;
  const config = await track.getDecoderConfig();
  const name = config?.codec ?? (await track.getCodec()) ?? 'unknown codec';
  if (!config || !(await VideoDecoder.isConfigSupported(config)).supported) {
    throw new CommandError(`its picture (${name}) cannot be decoded`);
  }
  const orientation: Orientation = { rotation: await track.getRotation(), flip: await track.getFlip() };
  const keepsOrientation = output.format.supportsVideoTransformationMetadata;
  // No encoder of H.264 takes odd sizes.
  const evenSize = codec === 'avc' || codec === 'hevc';
  const quality = qualityFor(job.videoBitrate);
  const size = { width: await track.getCodedWidth(), height: await track.getCodedHeight() };
  const encodedSize = evenSize ? { width: size.width & ~1, height: size.height & ~1 } : size;
  if (!(await canEncodeVideo(codec, { ...encodedSize, quality }))) {
    throw new CommandError(`its picture (${size.width}×${size.height}) cannot be encoded to ${codec}`);
  }

  const framerate = await frameRateOf(track);
  const target = new VideoSampleSource({
    codec,
    quality,
    sizeChangeBehavior: 'passThrough',
    // mediabunny passes on only a frame rate that it should also enforce; rate control wants it in any case.
    onEncoderConfig: (encoderConfig) => {
      encoderConfig.framerate ??= framerate;
    },
    onEncodedPacket: (_packet, metadata) => noteCodec(pipe, metadata),
  });
  output.addVideoTrack(target, keepsOrientation ? orientation : {});

  const resolution = await track.getTimeResolution();
  const run = async (): Promise<void> => {
    const frames = decodePackets<EncodedVideoChunk, VideoFrame>(
      packetsOf(track),
      (packet) =>
        new EncodedVideoChunk({
          type: packet.type,
          timestamp: packet.microsecondTimestamp,
          duration: packet.microsecondDuration,
          data: packet.data,
        }),
      (events) => {
        const decoder = new VideoDecoder(events);
        decoder.configure(config);
        return decoder;
      },
    );
    for await (const frame of frames) {
      // The track's own clock is finer than microseconds.
      const timestamp = Math.round((frame.timestamp / 1e6) * resolution) / resolution;
      const duration = Math.round(((frame.duration ?? 0) / 1e6) * resolution) / resolution;
      if (timestamp < start && timestamp + duration <= start) {
        frame.close();
        continue;
      }
      const upright = keepsOrientation ? frame : await turnUpright(frame, orientation);
      using sample = new VideoSample((evenSize ? cropEven(upright) : upright) as unknown as globalThis.VideoFrame);
      const shown = Math.max(timestamp, start);
      sample.setTimestamp(shown - start);
      sample.setDuration(timestamp + duration - shown);
      await target.add(sample);
      pipe.count++;
      session.report(timestamp + duration - start);
      if (!(await timeline.advance(pipe, timestamp))) break;
    }
  };
  const pipe: Pipe = { name: 'picture', inputCodec: name, outputCodec: null, count: 0, run, end: () => target.close() };
  return pipe;
}

/** Undefined where too few packets can be read to tell. */
async function frameRateOf(track: InputVideoTrack): Promise<number | undefined> {
  const stats = await track.computePacketStats(100).catch(() => null);
  return stats?.averagePacketRate || undefined;
}

/** The frame without its last column or row where those are odd. The given frame is closed. */
function cropEven(frame: VideoFrame): VideoFrame {
  const { x, y, width, height } = frame.visibleRect!;
  if (width % 2 === 0 && height % 2 === 0) return frame;
  const cropped = new VideoFrame(frame, { visibleRect: { x, y, width: width & ~1, height: height & ~1 } });
  frame.close();
  return cropped;
}
