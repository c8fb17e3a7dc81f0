/** Programs in processes of their own: what they are given at their start decides which engines they have. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addonPath } from './addon.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  stdout: string;
  stderr: string;
  /** null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  environment?: NodeJS.ProcessEnv;
  /** Node's own. */
  options?: readonly string[];
  /** ms; a program that runs longer is killed. */
  timeout?: number;
}

function run(args: readonly string[], { environment, options = [], timeout = 90_000 }: ChildOptions): Promise<Ended> {
  const env = { ...process.env, NODE_OPTIONS: '', EVERYCODEC_ACCEL: addonPath, ...environment };
  return new Promise((resolve) => {
    const all = [...options, ...args];
    const limits = { env, cwd: repository, timeout, killSignal: 'SIGKILL', maxBuffer: 1 << 26 } as const;
    const child = execFile(process.execPath, all, limits, (_, stdout, stderr) =>
      resolve({ stdout, stderr, code: child.exitCode, signal: child.signalCode }),
    );
  });
}

/** Runs a module's text, which may import 'everycodec'. */
export const runText = (text: string, options: ChildOptions = {}): Promise<Ended> =>
  run(['--input-type=module', '--eval', text], options);

/** Runs a file of the folder programs, and answers with the JSON that it wrote; it must write nothing else. */
export async function runProgram<Result>(
  file: string,
  args: readonly string[],
  { options = [], ...others }: ChildOptions = {},
): Promise<Result> {
  const path = fileURLToPath(new URL(`programs/${file}`, import.meta.url));
  const ended = await run(['--import', 'tsx', ...options, path, ...args], others);
  const { stdout, stderr, code, signal } = ended;
  if (code !== 0 || stderr) throw new Error(`${file} ${args.join(' ')}: ${signal ?? code}\n${stderr}${stdout}`);
  try {
    return JSON.parse(stdout) as Result;
  } catch {
    throw new Error(`${file} ${args.join(' ')} wrote more than its result: ${stdout.slice(0, 1000)}`);
  }
}
