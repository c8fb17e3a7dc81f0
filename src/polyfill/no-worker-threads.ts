/** In place of worker-threads.ts in builds for browsers. */
export function patchWorkerThreads(_patches: unknown): void {}
