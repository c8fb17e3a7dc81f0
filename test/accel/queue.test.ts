import { onAccel } from './on-accel.ts';

await onAccel('queue', () => import('../queue.test.ts'));
