/** The native addon, for tests that need it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** EVERYCODEC_ACCEL names another, such as one with a sanitizer. */
export const addonPath =
  process.env.EVERYCODEC_ACCEL ||
  fileURLToPath(new URL('../../src/accel-native/build/everycodec-accel.node', import.meta.url));

/** For the `skip` option of a test. */
export const addonAbsent: string | false = existsSync(addonPath)
  ? false
  : 'the addon is not built: npm run build:accel (README: Native speed on Linux)';
