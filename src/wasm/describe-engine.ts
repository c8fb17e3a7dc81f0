/** The engine with this many threads, for people. */
export function describeEngine(threads: number): string {
  if (threads === 0) return 'wasm (SIMD)';
  return `wasm (SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'})`;
}
