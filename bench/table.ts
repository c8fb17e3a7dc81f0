/** What a benchmark is made of, and how it is written down. */
import type { Measurement } from './measure.ts';

/** Makes one run. */
export type Side = () => Measurement | Promise<Measurement>;

/** Runs by side; undefined where a side could not be had. */
export type Runs = Readonly<Record<string, readonly Measurement[] | undefined>>;

export interface Row {
  name: string;
  /** In the order in which they take turns. */
  sides: Readonly<Record<string, Side>>;
  /** What stands beside the name. */
  cells(runs: Runs): string[];
}

export interface Table {
  title: string;
  /** Of the columns after the name. */
  header: readonly string[];
  /** What the figures are. */
  note: string;
  rows: readonly Row[];
  /** Why there are no rows. */
  absent?: string;
}

export const none = '–';

/** A figure with its digits; none where there is no run to tell. */
export const figure = (value: number | undefined, digits = 2): string =>
  value === undefined || !Number.isFinite(value) ? none : value.toFixed(digits);

/** The most that was done in a CPU-second. */
export const rate = (runs: readonly Measurement[] | undefined): number | undefined =>
  runs && Math.max(...runs.map(({ amount, cpu }) => amount / cpu));

/** The least CPU time for one frame, ms. */
export const cost = (runs: readonly Measurement[] | undefined): number | undefined =>
  runs && Math.min(...runs.map(({ amount, cpu }) => (1000 * cpu) / amount));

export const least = (
  runs: readonly Measurement[] | undefined,
  of: (run: Measurement) => number | undefined,
): number | undefined => runs && Math.min(...runs.map((run) => of(run) ?? Number.NaN));

export const most = (
  runs: readonly Measurement[] | undefined,
  of: (run: Measurement) => number | undefined,
): number | undefined => runs && Math.max(...runs.map((run) => of(run) ?? Number.NaN));

/** Undefined if either is. */
export const ratio = (value: number | undefined, other: number | undefined): number | undefined =>
  value === undefined || other === undefined ? undefined : value / other;

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

export const tableHead = ({ title, header }: Table): string =>
  `## ${title}\n\n${line(['', ...header])}${line(['---', ...header.map(() => '---')])}`;

export const tableRow = (row: Row, runs: Runs): string => line([row.name, ...row.cells(runs)]);
