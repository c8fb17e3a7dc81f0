/** How many inputs a session holds at a time: enough to keep it busy, few enough for reset() to be felt. */
import { isSmallPicture } from './threads.ts';

const smallPictureCredits = 16;
export const largePictureCredits = 3;
export const audioCredits = 128;

export const videoCredits = ({ width, height }: { width: number; height: number }): number =>
  isSmallPicture(width, height) ? smallPictureCredits : largePictureCredits;
