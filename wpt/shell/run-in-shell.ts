/** Runs files of the suite in Node, Deno or Bun: each in a process of its own. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../test-browser/browsers/find-program.ts';
import { type RunResult, type SubtestResult, type TestRun, timeLimits } from '../suite.ts';

export type Shell = 'node' | 'deno' | 'bun';

export interface ShellOptions {
  shell: Shell;
  suite: string;
  runs: readonly TestRun[];
  /** Address of the module whose polyfill() installs the classes. */
  library: string;
  /** Address of a canvas package, for the tests that draw. */
  canvas: string | undefined;
  jobs: number;
  onResult(result: RunResult): void;
}

const script = fileURLToPath(new URL('./main.mjs', import.meta.url));
const mark = '\u0001WPT ';
/** The limits are for a machine that does nothing else. */
const patience = 3;

const commands: Record<Shell, string[]> = {
  node: ['--no-warnings', '--expose-gc', script],
  deno: ['run', '--allow-all', '--no-prompt', '--quiet', '--v8-flags=--expose-gc', script],
  bun: ['--expose-gc', script],
};

/** The program that runs a shell; Node is the one that runs this. */
export const findShell = (shell: Shell): string | undefined =>
  process.env[shell.toUpperCase()] ?? (shell === 'node' ? process.execPath : findProgram([shell]));

type Message = { subtest: SubtestResult } | { harness: RunResult['harness']; message: string | null };

function runOne(program: string, run: TestRun, { shell, suite, library, canvas }: ShellOptions): Promise<RunResult> {
  const result: RunResult = { run, harness: 'CRASH', message: null, subtests: [] };
  const { file, variant, global } = run;
  const task = JSON.stringify({ suite, library, canvas, file, variant, global });
  const child = spawn(program, [...commands[shell], task], { stdio: ['ignore', 'pipe', 'pipe'] });
  let isComplete = false;
  const limit = timeLimits[run.timeout] * patience;
  const timer = setTimeout(() => {
    if (!isComplete) Object.assign(result, { harness: 'TIMEOUT', message: `no end within ${limit / 1000} s` });
    child.kill('SIGKILL');
  }, limit);
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-4000);
  });
  createInterface(child.stdout).on('line', (line) => {
    if (!line.startsWith(mark)) return;
    const message = JSON.parse(line.slice(mark.length)) as Message;
    if ('subtest' in message) result.subtests.push(message.subtest);
    else {
      isComplete = true;
      Object.assign(result, message);
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      // Files that are done must let the process end by itself, and well.
      if (isComplete && signal) Object.assign(result, { harness: 'TIMEOUT', message: 'the process did not end' });
      else if (code !== 0 && result.harness !== 'TIMEOUT') {
        Object.assign(result, { harness: 'CRASH', message: `exit code ${code ?? signal}\n${errors}`.trim() });
      }
      resolve(result);
    });
  });
}

export async function runInShell(options: ShellOptions): Promise<void> {
  const program = findShell(options.shell);
  if (!program) throw new Error(`${options.shell} is not installed`);
  const waiting = [...options.runs];
  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) options.onResult(await runOne(program, run, options));
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
}
