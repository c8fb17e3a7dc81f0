let works: boolean | undefined;

/** Sends some to nobody: where the receiver could not have it, that fails at once. */
function canBeSent(): boolean {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(new SharedArrayBuffer(1));
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
  }
}

/**
 * Whether memory can really be shared with a worker: a page needs cross-origin isolation for that. Each of the three
 * signs has a browser that shows it without the others.
 */
export function sharedMemoryWorks(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  // Servers do not define the attribute.
  works ??= typeof SharedArrayBuffer !== 'undefined' && crossOriginIsolated !== false && canBeSent();
  return works;
}
