import { onAccel } from './on-accel.ts';

await onAccel('round-trip', () => import('../round-trip.test.ts'));
