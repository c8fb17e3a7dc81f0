/** The worker's side of the platform layer, for pages. */
import { importing, isSameOrigin } from './script-origin.ts';

/** A dedicated worker's global; the types of a page and of a worker exclude each other. */
const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
};

export const postToHost = (message: unknown, transfer: readonly ArrayBuffer[] = []): void =>
  scope.postMessage(message, transfer);

export const onHostMessage = (listener: (message: unknown) => void): void =>
  scope.addEventListener('message', ({ data }) => listener(data));

/** What a pack's threads are started with: the pack's own script, which may bear another name than it was given. */
export function threadScript(glue: string): string {
  const url = new URL(glue);
  return isSameOrigin(url) ? glue : importing(url);
}
