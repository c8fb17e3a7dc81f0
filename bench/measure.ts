/** One measured run of a program in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Measurement {
  /** User and system time of the whole process, seconds. */
  cpu: number;
  /** Wall-clock seconds of the work itself. */
  wall: number;
  /** Longest time that the event loop stood still, ms; of our own runs. */
  stall?: number;
  /** Largest resident size, MB; of our own runs. */
  memory?: number;
  bytes?: number;
}

/** Runs ffmpeg on one thread and reads what `-benchmark` prints. */
export function native(args: string[]): Measurement {
  const result = spawnSync('ffmpeg', ['-v', 'info', '-benchmark', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s rtime=([\d.]+)s/.exec(result.stderr ?? '');
  if (!times)
    throw new Error(`ffmpeg failed: ${result.stderr?.split('\n').slice(-3).join(' ') || result.error?.message}`);
  return { cpu: Number(times[1]) + Number(times[2]), wall: Number(times[3]) };
}

/** Runs a script of this folder, which prints a Measurement as JSON. */
export function ours(script: string, args: string[], threads: number): Measurement {
  const result = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL(script, import.meta.url)), ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, EVERYCODEC_THREADS: String(threads) },
    },
  );
  if (result.status !== 0) throw new Error(`${script} ${args.join(' ')} failed: ${result.stderr}`);
  return JSON.parse(result.stdout) as Measurement;
}

/** Measures the work between the call and the returned function's call, in this process. */
export function startMeasuring(): () => Measurement {
  let longest = 0;
  let last = performance.now();
  const interval = 2;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - interval);
    last = now;
  }, interval);
  const cpuAtStart = process.cpuUsage();
  const begin = performance.now();
  return () => {
    clearInterval(timer);
    const { user, system } = process.cpuUsage(cpuAtStart);
    return {
      cpu: (user + system) / 1e6,
      wall: (performance.now() - begin) / 1000,
      stall: longest,
      memory: process.resourceUsage().maxRSS / 1000,
    };
  };
}
