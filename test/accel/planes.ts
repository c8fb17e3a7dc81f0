/** Pictures to compare, whatever engine or device they come from. */
import { createHash } from 'node:crypto';
import type { VideoFrame } from 'everycodec';

export interface PictureReport {
  timestamp: number;
  duration: number | null;
  format: string | null;
  width: number;
  height: number;
  colorSpace: object;
  /** Of the visible samples, planar. */
  hash: string;
}

/** The visible samples, chroma apart: NV12, which devices give, becomes I420. */
export async function planarBytes(frame: VideoFrame): Promise<Uint8Array> {
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  if (frame.format !== 'NV12') return bytes;
  const { width, height } = frame.visibleRect!;
  const samples = Math.ceil(width / 2) * Math.ceil(height / 2);
  const planar = bytes.slice();
  const chroma = bytes.subarray(width * height);
  for (let i = 0; i < samples; i++) {
    planar[width * height + i] = chroma[2 * i]!;
    planar[width * height + samples + i] = chroma[2 * i + 1]!;
  }
  return planar;
}

export async function reportOf(frame: VideoFrame): Promise<PictureReport> {
  const { timestamp, duration, format, displayWidth: width, displayHeight: height } = frame;
  const hash = createHash('md5')
    .update(await planarBytes(frame))
    .digest('hex');
  return { timestamp, duration, format, width, height, colorSpace: frame.colorSpace.toJSON(), hash };
}
