/** In the place of accel.ts for pages, where there is no native code. */
import type { Accelerator } from './accelerator.ts';

export type { Accelerator };

export const accelEngines = (): [] => [];

export const accelerators = async (): Promise<Accelerator[]> => [];
