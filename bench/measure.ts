/** One measured run of a program, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Measurement {
  /** What was done: frames, or seconds of sound. */
  amount: number;
  /** User and system time of all that took part, seconds. */
  cpu: number;
  /** Wall-clock seconds of the work itself. */
  wall: number;
  /** Longest time that the event loop stood still, ms; of our own runs. */
  stall?: number;
  /** CPU time of the thread that runs JavaScript, seconds; where that is measured. */
  thread?: number;
  /** Largest resident size, MB; of our own runs. */
  memory?: number;
  /** Of what an encoder gave out. */
  bytes?: number;
  /** ms from encode() to the decoded frame, half and 95 % of the frames. */
  latency?: { p50: number; p95: number };
}

/** Why a run could not be made, as far as that is nobody's fault: something is not installed, or cannot be had. */
export class Unavailable extends Error {}

/** What a program wrote; throws what went wrong, with all that it wrote to its standard error as the cause. */
export function run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...environment },
  });
  const { status, stdout, stderr, error } = result;
  if (error && 'code' in error && error.code === 'ENOENT') throw new Unavailable(`${program} is not installed`);
  const lastLines = () => stderr.trim().split('\n').slice(-5).join('\n');
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? lastLines()}`, { cause: stderr });
  }
  return { stdout, stderr };
}

/** Runs ffmpeg on one thread and reads what `-benchmark` prints. */
export function native(amount: number, args: readonly string[]): Measurement {
  const { stderr } = run('ffmpeg', ['-nostdin', '-v', 'info', '-benchmark', ...args]);
  const [, user, system, wall] = /bench: utime=([\d.]+)s stime=([\d.]+)s rtime=([\d.]+)s/.exec(stderr)!;
  return { amount, cpu: Number(user) + Number(system), wall: Number(wall) };
}

/**
 * Runs a script of this folder, which prints a Measurement as JSON; plain JavaScript without a loader of TypeScript.
 * everycodec works in WebAssembly unless the environment names an addon.
 */
export function script(path: string, args: readonly (string | number)[], environment?: NodeJS.ProcessEnv): Measurement {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const loader = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  return JSON.parse(
    run(process.execPath, [...loader, file, ...args.map(String)], { EVERYCODEC_ACCEL: '0', ...environment }).stdout,
  ) as Measurement;
}

/** Runs a script of this folder with everycodec on this many threads. */
export const ours = (path: string, args: readonly (string | number)[], threads: number): Measurement =>
  script(path, args, { EVERYCODEC_THREADS: String(threads) });

/** Measures the work between the call and the returned function's call, in this process. */
export function startMeasuring(): (amount: number) => Measurement {
  const cpuAtStart = process.cpuUsage();
  const begin = performance.now();
  return (amount) => {
    const { user, system } = process.cpuUsage(cpuAtStart);
    return { amount, cpu: (user + system) / 1e6, wall: (performance.now() - begin) / 1000 };
  };
}

/** The same with the longest stall and the memory; its timer takes a little time itself. */
export function startWatching(): (amount: number) => Measurement {
  let stall = 0;
  let last = performance.now();
  const interval = 2;
  const timer = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - last - interval);
    last = now;
  }, interval);
  const finish = startMeasuring();
  return (amount) => {
    clearInterval(timer);
    return { ...finish(amount), stall, memory: process.resourceUsage().maxRSS / 1000 };
  };
}

/** What a script of this folder ends with. */
export const print = (measurement: Measurement): void => void process.stdout.write(JSON.stringify(measurement));
