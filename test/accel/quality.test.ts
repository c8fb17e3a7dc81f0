import { onAccel } from './on-accel.ts';

await onAccel('quality', () => import('../quality.test.ts'));
