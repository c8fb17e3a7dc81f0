/** The worker's side of the platform layer, for pages. */
import { importing, isSameOrigin, refusalOf } from './script-origin.ts';

/** A dedicated worker's global; the types of a page and of a worker exclude each other. */
const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
};

export const postToHost = (message: unknown, transfer: readonly ArrayBuffer[] = []): void =>
  scope.postMessage(message, transfer);

export const onHostMessage = (listener: (message: unknown) => void): void =>
  scope.addEventListener('message', ({ data }) => listener(data));

/** What a pack's threads are started with: the pack's own script, which may bear another name than it was given. */
export function threadScript(glue: string, onFailure: (message: string) => void): string {
  const url = new URL(glue);
  // The pack throws the event that a thread could not be started.
  scope.addEventListener('error', (event) => {
    if (!(event.error instanceof Event)) return;
    event.preventDefault();
    onFailure(refusalOf(url));
  });
  return isSameOrigin(url) ? glue : importing(url);
}
