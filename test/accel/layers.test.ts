import { onAccel } from './on-accel.ts';

await onAccel('layers', () => import('../layers.test.ts'));
