/** What is not expected to pass, and why: expectations.json. */
import { readFileSync } from 'node:fs';
import type { RunResult, SubtestResult, TestGlobal, TestRun } from './suite.ts';

export type Runtime = 'node' | 'deno' | 'bun' | 'chromium' | 'firefox';

interface Exception {
  /** Where it does not pass; everywhere if absent. */
  in?: Runtime[];
  /** In which global; in both if absent. */
  global?: TestGlobal;
  reason: string;
}

/**
 * By file, or file and variant: by subtest the exceptions. '*' in a subtest's name stands for anything. The subtest '*'
 * stands for all of a file, which is then not run at all; others are run, and must not pass.
 */
export type Expectations = Record<string, Record<string, Exception | Exception[]>>;

export const readExpectations = (): Expectations =>
  JSON.parse(readFileSync(new URL('./expectations.json', import.meta.url), 'utf8')) as Expectations;

/** The subtest that stands for a whole file, and the one that stands for the harness's own status. */
const wholeFile = '*';
const harnessStatus = '(harness)';

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
const isLike = (name: string, pattern: string): boolean =>
  new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's').test(name);

/** What is said of a run: patterns of subtests with their reasons. */
function exceptionsOf(expectations: Expectations, run: TestRun, runtime: Runtime): [pattern: string, reason: string][] {
  const subtests = [expectations[run.file + run.variant], run.variant ? expectations[run.file] : undefined];
  return subtests.flatMap((entries = {}) =>
    Object.entries(entries).flatMap(([pattern, exceptions]) =>
      [exceptions]
        .flat()
        .filter((entry) => (entry.in?.includes(runtime) ?? true) && (entry.global ?? run.global) === run.global)
        .map(({ reason }): [string, string] => [pattern, reason]),
    ),
  );
}

/** Why a run is left out, undefined if it is not. */
export const reasonToSkip = (expectations: Expectations, run: TestRun, runtime: Runtime): string | undefined =>
  exceptionsOf(expectations, run, runtime).find(([pattern]) => pattern === wholeFile)?.[1];

export interface Judgement {
  passed: number;
  /** Exceptions that behaved as expected. */
  excused: number;
  /** One line each: whatever was not as expected. */
  faults: string[];
}

/** Compares a run with what is expected of it. */
export function judge(
  { run, harness, message, subtests }: RunResult,
  expectations: Expectations,
  runtime: Runtime,
): Judgement {
  const patterns = exceptionsOf(expectations, run, runtime).map(([pattern]) => pattern);
  const isExcused = (name: string) => patterns.some((pattern) => isLike(name, pattern));
  const judgement: Judgement = { passed: 0, excused: 0, faults: [] };
  const { faults } = judgement;
  if (harness !== 'OK' && !isExcused(harnessStatus)) faults.push(`harness ${harness}: ${message ?? ''}`);
  if (harness === 'OK' && subtests.length === 0) faults.push('no subtests');
  for (const subtest of subtests) {
    if (subtest.status === 'PASS') {
      judgement.passed++;
      if (isExcused(subtest.name)) faults.push(`passes, though expectations.json says otherwise: ${subtest.name}`);
    } else if (isExcused(subtest.name)) judgement.excused++;
    else faults.push(describeFailure(subtest));
  }
  for (const pattern of patterns) {
    if (pattern === harnessStatus || subtests.some(({ name }) => isLike(name, pattern))) continue;
    faults.push(`did not run, though expectations.json lists it: ${pattern}`);
  }
  return judgement;
}

const describeFailure = ({ name, status, message }: SubtestResult): string =>
  `${status} ${name}${message ? `: ${message}` : ''}`;
