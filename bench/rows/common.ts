/** What rows have in common. */
import type { Measurement } from '../measure.ts';
import { figure, least, type Runs, rate, ratio, type Side } from '../table.ts';

export interface Options {
  peers: boolean;
  browsers: boolean;
}

type Sides = Record<string, Side | undefined>;

/** Without those that are not wanted. */
export const present = (sides: Sides): Record<string, Side> =>
  Object.fromEntries(Object.entries(sides).filter((entry): entry is [string, Side] => entry[1] !== undefined));

export const ratioTo = (runs: Runs, side: string): string => figure(ratio(rate(runs[side]), rate(runs.native)));

/** How much sooner two threads are done. */
export const gain = ({ one, two }: Runs): string => figure(ratio(least(one, wall), least(two, wall)));

export const wall = (run: Measurement) => run.wall;
export const stall = (run: Measurement) => run.stall;
export const memory = (run: Measurement) => run.memory;
