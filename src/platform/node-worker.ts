/** The worker's side of the platform layer, for Node, Deno and Bun. */
import { parentPort } from 'node:worker_threads';

export const postToHost = (message: unknown, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, transfer);

export const onHostMessage = (listener: (message: unknown) => void): void => {
  parentPort?.on('message', listener);
};
