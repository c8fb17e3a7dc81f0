/** Workers between sessions: kept for a while, as starting one costs more than opening a codec. */
import { runLater } from '../platform/platform.ts';
import { EngineWorker } from './engine-worker.ts';

/** Idle workers kept of each kind, and of all together: a browser has memory for so many modules, and no more. */
const mostOfKind = 2;
const mostIdle = 6;
/** Milliseconds after which an idle worker, and its memory, goes. */
const idleTime = 10_000;

interface IdleWorker {
  kind: string;
  worker: EngineWorker;
  cancelEviction: () => void;
}

/** The longest idle first. */
let idle: IdleWorker[] = [];

function end(ended: readonly IdleWorker[]): void {
  idle = idle.filter((entry) => !ended.includes(entry));
  for (const { worker, cancelEviction } of ended) {
    cancelEviction();
    worker.terminate();
  }
}

/** Takes an idle worker of this kind (pack, variant and thread count), or starts one. */
export function takeWorker(kind: string): EngineWorker {
  const entry = idle.findLast((candidate) => candidate.kind === kind && candidate.worker.usable);
  if (!entry) return new EngineWorker();
  idle = idle.filter((other) => other !== entry);
  entry.cancelEviction();
  return entry.worker;
}

/** Puts a worker back whose session is over. */
export function giveWorker(kind: string, worker: EngineWorker): void {
  worker.detach();
  worker.unref();
  if (!worker.usable) return;
  const entry: IdleWorker = { kind, worker, cancelEviction: runLater(() => end([entry]), idleTime) };
  idle.push(entry);
  end(idle.filter((other) => other.kind === kind).slice(0, -mostOfKind));
  end(idle.slice(0, -mostIdle));
}

/** Ends all idle workers, to have their memory back. */
export const endIdleWorkers = (): void => end(idle);
