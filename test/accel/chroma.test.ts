import { onAccel } from './on-accel.ts';

await onAccel('chroma', () => import('../chroma.test.ts'));
