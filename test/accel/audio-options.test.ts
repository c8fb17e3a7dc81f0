import { onAccel } from './on-accel.ts';

await onAccel('audio-options', () => import('../audio-options.test.ts'));
