/** The table of the project; `--help` says how. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from 'everycodec';
import { type Measurement, Unavailable } from './measure.ts';
import { nativePeerVersions, peerVersions } from './peers/install.ts';
import { tables } from './rows/tables.ts';
import { type Row, type Runs, type Table, tableHead, tableRow } from './table.ts';

const help = `everycodec beside native ffmpeg, beside other WebAssembly builds, and in browsers.

    npm run bench -- [options]

    --rounds N       runs of each side of a row, which take turns (default 3)
    --only TEXT      only rows whose names or tables' titles contain TEXT; more than once: any of them
    --no-peers       without other libraries, which npm puts into the cache folder
    --no-browsers    without Chromium and Firefox
    --output FOLDER  where results.md, the tables, and results.json, all runs, go (default: bench/; with --only: nowhere)
    --help`;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const parse = () =>
  parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      'no-peers': { type: 'boolean', default: false },
      'no-browsers': { type: 'boolean', default: false },
      output: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });

function parseOrFail(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (error) {
    return fail((error as Error).message);
  }
}

function readArguments() {
  const { values } = parseOrFail();
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds must be a positive integer');
  const usual = values.only.length === 0 ? fileURLToPath(new URL('.', import.meta.url)) : undefined;
  const output = values.output ?? usual;
  return { ...values, rounds, output, peers: !values['no-peers'], browsers: !values['no-browsers'] };
}

/** Why there are gaps in the tables. */
const gaps = new Set<string>();

/** A failure is no reason to lose all that was measured before. */
async function runSide(side: string, row: Row): Promise<Measurement | undefined> {
  try {
    return await row.sides[side]!();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Unavailable) gaps.add(`${side}: ${message}`);
    else {
      gaps.add(`${row.name}, ${side} failed: ${message}`);
      process.exitCode = 1;
    }
    return undefined;
  }
}

async function measure(row: Row, rounds: number): Promise<Runs> {
  const runs: Record<string, Measurement[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const side of Object.keys(row.sides)) {
      process.stderr.write(`${row.name}: ${side}, ${round} of ${rounds}\n`);
      const measurement = await runSide(side, row);
      if (measurement) runs[side] = [...(runs[side] ?? []), measurement];
    }
  }
  return runs;
}

function firstLine(program: string): string {
  return execFileSync(program, ['-version'], { encoding: 'utf8' }).split('\n')[0]!;
}

const about = (rounds: number) => ({
  date: new Date().toISOString().slice(0, 10),
  everycodec: version,
  machine: `${availableParallelism()} cores of ${cpus()[0]?.model}`,
  node: process.version,
  ffmpeg: firstLine('ffmpeg').replace(/ Copyright.*/, ''),
  peers: { ...peerVersions, ...nativePeerVersions },
  rounds,
});

/** No more digits than the clocks have. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;

/** One line for each row. */
function resultsJson(rounds: number, results: ReadonlyMap<string, Runs>): string {
  const rows = [...results].map(([name, runs]) => `    ${JSON.stringify(name)}: ${JSON.stringify(runs, rounded)}`);
  return `{\n  "about": ${JSON.stringify(about(rounds))},\n  "runs": {\n${rows.join(',\n')}\n  }\n}\n`;
}

const isWanted = (only: readonly string[], table: Table, name: string): boolean =>
  only.length === 0 || only.some((text) => `${table.title}: ${name}`.toLowerCase().includes(text.toLowerCase()));

/** Writes what it is given to the terminal as well. */
class Document {
  text = '';

  write(part: string): void {
    this.text += part;
    process.stdout.write(part);
  }
}

const { rounds, only, output, help: isHelpWanted, ...options } = readArguments();
if (isHelpWanted) {
  console.log(help);
  process.exit();
}

const begin = performance.now();
const document = new Document();
const results = new Map<string, Runs>();
for (const table of tables(options)) {
  const rows = table.rows.filter((row) => isWanted(only, table, row.name));
  if (table.absent !== undefined && isWanted(only, table, '')) document.write(`${table.title}: ${table.absent}.\n\n`);
  if (rows.length > 0) document.write(tableHead(table));
  for (const row of rows) {
    const runs = await measure(row, rounds);
    results.set(`${table.title}: ${row.name}`, runs);
    document.write(tableRow(row, runs));
  }
  if (rows.length > 0) document.write(`\n${table.note}\n\n`);
}
for (const gap of gaps) document.write(`${gap}\n\n`);
const { date, machine, node, ffmpeg } = about(rounds);
document.write(`${date}, ${machine}, Node ${node.slice(1)}, ${ffmpeg}; the best of ${rounds} interleaved rounds.\n`);
process.stderr.write(`${Math.round((performance.now() - begin) / 1000)} s\n`);

if (output !== undefined) {
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'results.md'), document.text);
  writeFileSync(join(output, 'results.json'), resultsJson(rounds, results));
}
