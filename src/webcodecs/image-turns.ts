/** Images that are decoded at one time: each takes a worker, and more of them than cores only take memory. */
import { coreCount } from '../platform/platform.ts';

const waiting: (() => void)[] = [];
let active = 0;

/** Waits for a turn; the function that it resolves to ends the turn. */
export async function imageTurn(): Promise<() => void> {
  if (active >= coreCount()) await new Promise<void>((resolve) => waiting.push(resolve));
  else active++;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    // The turn is handed on, or given back.
    const next = waiting.shift();
    if (next) next();
    else active--;
  };
}
