/** Frames on their canvas. */
import type { ImageContents, ImageFrame } from './image.ts';

/** Whether nothing of what came before `frame` is seen in it or after it. */
export function coversCanvas(
  frame: Pick<ImageFrame, 'width' | 'height' | 'blend' | 'dispose'>,
  previous: ImageFrame | undefined,
  canvas: Pick<ImageContents, 'width' | 'height' | 'hasAlpha'>,
): boolean {
  const isWhole = ({ width, height }: { width: number; height: number }) =>
    width === canvas.width && height === canvas.height;
  if (!previous || (previous.dispose === 'background' && isWhole(previous))) return true;
  // "previous" would bring back what was before it.
  return isWhole(frame) && (frame.blend === 'source' || !canvas.hasAlpha) && frame.dispose !== 'previous';
}
