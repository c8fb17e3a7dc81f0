import { onAccel } from './on-accel.ts';

await onAccel('alpha', () => import('../alpha.test.ts'));
