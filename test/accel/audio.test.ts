import { onAccel } from './on-accel.ts';

await onAccel('audio', () => import('../conformance/audio.test.ts'));
