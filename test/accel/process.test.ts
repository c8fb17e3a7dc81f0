import { onAccel } from './on-accel.ts';

await onAccel('process', () => import('../process.test.ts'));
