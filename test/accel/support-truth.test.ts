import { onAccel } from './on-accel.ts';

await onAccel('support-truth', () => import('../support-truth.test.ts'));
