/** Whether memory can really be shared with a worker: a page needs cross-origin isolation for that. */
export function sharedMemoryWorks(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  // Servers do not define the attribute and share memory freely.
  return crossOriginIsolated !== false;
}
