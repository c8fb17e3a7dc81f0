import { onAccel } from './on-accel.ts';

await onAccel('memory', () => import('../memory.test.ts'));
