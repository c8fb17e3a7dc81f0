/** Runs a file of tests once more, on the native engine. */
import { test } from 'node:test';
import { addonAbsent, addonPath } from './addon.ts';

/** `load` imports the file; its skipped name stands for all its tests where the addon is not built. */
export async function onAccel(name: string, load: () => Promise<unknown>): Promise<void> {
  if (addonAbsent) {
    test(`${name}, on the native engine`, { skip: addonAbsent });
    return;
  }
  // Read when the first codec is opened.
  process.env.EVERYCODEC_ACCEL = addonPath;
  await load();
}
