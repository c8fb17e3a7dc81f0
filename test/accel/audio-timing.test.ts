import { onAccel } from './on-accel.ts';

await onAccel('audio-timing', () => import('../audio-timing.test.ts'));
