import { onAccel } from './on-accel.ts';

await onAccel('hostile', () => import('../hostile.test.ts'));
