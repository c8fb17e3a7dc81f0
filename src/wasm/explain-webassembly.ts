/** Why a module could not be compiled or started, and what helps. */
export function explainWebAssembly(error: unknown, file: string): string {
  const message = String(error);
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly here; some secure modes forbid it';
  if (/content security policy|CSP/i.test(message)) {
    return `WebAssembly is forbidden: script-src of the page's CSP needs 'wasm-unsafe-eval' (${message})`;
  }
  const remedy =
    'the file is damaged, or the browser lacks SIMD (Chrome 91, Firefox 89, Safari 16.4 and later have it)';
  return `${file}: ${remedy} (${message})`;
}
