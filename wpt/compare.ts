/**
 * Counts how many of the subtests that a browser passes with its own classes pass in results of run.ts:
 *
 *     node --import tsx wpt/compare.ts BASELINE.json RESULTS.json
 *
 * A baseline names for each file and variant the one global it was run in, and by subtest P (passed), F or O.
 */
import { readFileSync } from 'node:fs';
import type { RunResult } from './suite.ts';

interface Baseline {
  browser: string;
  runs: Record<string, { ctx: RunResult['run']['global']; t: Record<string, string> }>;
}

const [baselinePath, resultsPath] = process.argv.slice(2);
if (!baselinePath || !resultsPath) {
  console.error('usage: node --import tsx wpt/compare.ts BASELINE.json RESULTS.json');
  process.exit(2);
}
const baseline = JSON.parse(readFileSync(baselinePath, 'utf8')) as Baseline;
const results = JSON.parse(readFileSync(resultsPath, 'utf8')) as RunResult[];

const passing = new Set<string>();
for (const { run, subtests } of results) {
  for (const { name, status } of subtests) {
    if (status === 'PASS') passing.add(JSON.stringify([run.file + run.variant, run.global, name]));
  }
}

/** Of the files that run in shells, and of pages. */
const counts = { 'any.js': { native: 0, ours: 0, more: 0 }, others: { native: 0, ours: 0, more: 0 } };
const missing: string[] = [];
for (const [file, { ctx, t }] of Object.entries(baseline.runs)) {
  const count = counts[file.includes('.any.js') ? 'any.js' : 'others'];
  for (const [name, outcome] of Object.entries(t)) {
    const passes = passing.has(JSON.stringify([file, ctx, name]));
    if (outcome !== 'P') count.more += Number(passes);
    else {
      count.native++;
      if (passes) count.ours++;
      else missing.push(`${file}: ${name}`);
    }
  }
}
for (const line of missing) console.log(line);
for (const [kind, { native, ours, more }] of Object.entries(counts)) {
  console.log(`${kind}: ${ours} of the ${native} that ${baseline.browser} passes, and ${more} that it does not`);
}
