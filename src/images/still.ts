/** Tracks and frames of images that do not move. */
import type { ImageFrame, ImageTrackContents } from './image.ts';

export const stillTrack = (): ImageTrackContents => ({ animated: false, repetitionCount: 0, frames: [] });

export function stillFrame(data: Uint8Array, size: { width: number; height: number }, isCut = false): ImageFrame {
  return {
    data,
    x: 0,
    y: 0,
    width: size.width,
    height: size.height,
    blend: 'source',
    dispose: 'none',
    timestamp: 0,
    duration: null,
    isKey: true,
    ...(isCut && { isCut }),
  };
}
