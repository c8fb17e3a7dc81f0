import { onAccel } from './on-accel.ts';

await onAccel('video', () => import('../conformance/video.test.ts'));
