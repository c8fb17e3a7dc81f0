/** CPU time of the programs that this one has started, and of those that they have started, from Linux' /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of a second; the same on all Linux that Node runs on. */
const ticks = 100;

interface Process {
  parent: number;
  /** Its own, and that of its children which have ended. */
  seconds: number;
}

/** A process may end meanwhile. */
function read(id: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    // After the name, which may hold anything: state, parent …
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const times = fields.slice(11, 15).map(Number);
    return { parent: Number(fields[1]), seconds: times.reduce((sum, time) => sum + time, 0) / ticks };
  } catch {
    return undefined;
  }
}

function readAll(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    const process = /^\d+$/.test(name) ? read(Number(name)) : undefined;
    if (process) processes.set(Number(name), process);
  }
  return processes;
}

/** User and system time of all descendants of this process that are there, seconds. */
export function descendantSeconds(): number {
  const processes = readAll();
  const descends = (id: number): boolean => {
    const parent = processes.get(id)?.parent;
    return parent === process.pid || (parent !== undefined && parent > 1 && descends(parent));
  };
  let sum = 0;
  for (const [id, { seconds }] of processes) if (descends(id)) sum += seconds;
  return sum;
}
