/** All that differs between runtimes. One module per runtime implements it; this one picks it. */
export * from './node.ts';

/** A worker as the engine sees it, whatever the runtime calls it. */
export interface WorkerHandle {
  post(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
  /** While ref'd, a worker keeps the process alive. */
  ref(): void;
  unref(): void;
  terminate(): void;
}

export interface WorkerCallbacks {
  message(message: unknown): void;
  /** The worker could not start, or died. */
  error(error: Error): void;
}
