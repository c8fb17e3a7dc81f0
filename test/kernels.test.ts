/** The SIMD kernels do what the libraries' C functions do: on random data, where the toolchain is there to compile both. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('every kernel equals its C function', (context) => {
  const script = fileURLToPath(new URL('../emscripten/check-kernels.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status === 3) context.skip(stdout.trim());
  else assert.equal(status, 0, `${stdout}${stderr}`);
});
