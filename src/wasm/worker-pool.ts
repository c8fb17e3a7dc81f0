/** Workers between sessions: kept for a while, as starting one costs more than opening a codec. */
import { runLater } from '../platform/platform.ts';
import { EngineWorker } from './engine-worker.ts';

/** Idle workers kept of each kind. */
const idleLimit = 2;
/** Milliseconds after which an idle worker, and its memory, goes. */
const idleTime = 10_000;

interface IdleWorker {
  worker: EngineWorker;
  cancelEviction: () => void;
}

const idle = new Map<string, IdleWorker[]>();

/** Takes an idle worker of this kind (pack, variant and thread count), or starts one. */
export function takeWorker(kind: string): EngineWorker {
  const kept = idle.get(kind);
  for (let entry = kept?.pop(); entry; entry = kept?.pop()) {
    entry.cancelEviction();
    if (entry.worker.usable) return entry.worker;
  }
  return new EngineWorker();
}

/** Puts a worker back whose session is over. */
export function giveWorker(kind: string, worker: EngineWorker): void {
  worker.detach();
  worker.unref();
  if (!worker.usable) return;
  const kept = idle.get(kind) ?? [];
  idle.set(kind, kept);
  if (kept.length >= idleLimit) {
    worker.terminate();
    return;
  }
  const cancelEviction = runLater(() => {
    worker.terminate();
    const index = kept.findIndex((entry) => entry.worker === worker);
    if (index >= 0) kept.splice(index, 1);
  }, idleTime);
  kept.push({ worker, cancelEviction });
}
