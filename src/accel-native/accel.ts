/** Native engines, where the package @everycodec/accel is installed. */
import type { Engine, SessionParameters } from '../engine/engine.ts';
import type { HardwareAcceleration } from '../engine/engines.ts';
import { isSmallPicture } from '../engine/threads.ts';
import { loadAddon } from './accel-addon.ts';
import { AccelEngine } from './accel-engine.ts';
import type { Accelerator } from './accelerator.ts';

export type { Accelerator };

let engines: { hardware: Engine; software: Engine } | null | undefined;

function loadEngines(): typeof engines {
  const loaded = loadAddon();
  if (!('addon' in loaded)) return null;
  return { hardware: new AccelEngine(loaded.addon, true), software: new AccelEngine(loaded.addon, false) };
}

/** Devices do video; what they save with small pictures is less than what the way to them costs. */
function isForDevices(hint: HardwareAcceleration, parameters: SessionParameters | undefined): boolean {
  if (hint === 'prefer-software' || !parameters) return false;
  if (parameters.kind !== 'video-decoder' && parameters.kind !== 'video-encoder') return false;
  return hint === 'prefer-hardware' || !isSmallPicture(parameters.width, parameters.height);
}

/** The native engines for a configuration, in the order in which it is offered to them. */
export function accelEngines(hint: HardwareAcceleration, parameters?: SessionParameters): readonly Engine[] {
  engines ??= loadEngines();
  if (!engines) return [];
  return isForDevices(hint, parameters) ? [engines.hardware, engines.software] : [engines.software];
}

/**
 * What could do the work in the place of WebAssembly, and why it does not where it does not: first the native code of
 * the package @everycodec/accel, then each device. Each is tried, which takes a moment the first time. In pages: [].
 */
export async function accelerators(): Promise<Accelerator[]> {
  const loaded = loadAddon();
  if ('reason' in loaded) return [{ name: '@everycodec/accel', decode: [], encode: [], reason: loaded.reason }];
  return loaded.addon.accelerators();
}
