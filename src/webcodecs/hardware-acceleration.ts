import type { HardwareAcceleration } from '../engine/engines.ts';
import { enumeration } from './webidl.ts';

/** https://w3c.github.io/webcodecs/#enumdef-hardwareacceleration */
export const hardwareAcceleration = enumeration<HardwareAcceleration>('HardwareAcceleration', [
  'no-preference',
  'prefer-hardware',
  'prefer-software',
]);
