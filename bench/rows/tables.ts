/** What is measured, beside what, and what it ought to be. */
import type { Table } from '../table.ts';
import { accel } from './accel.ts';
import type { Options } from './common.ts';
import { decoding } from './decoding.ts';
import { encoding } from './encoding.ts';
import { latency } from './latency.ts';
import { layers } from './layers.ts';
import { sound } from './sound.ts';

export const tables = (options: Options): Table[] => [
  decoding(options),
  encoding(options),
  sound(options),
  layers(options),
  latency,
  ...accel(options),
];
