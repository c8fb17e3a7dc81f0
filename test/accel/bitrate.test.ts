import { onAccel } from './on-accel.ts';

await onAccel('bitrate', () => import('../bitrate.test.ts'));
