/**
 * Runs one file of the suite in Node, Deno or Bun, in a process of its own:
 *
 *     main.mjs '{"suite": DIR, "library": FILE, "canvas": FILE, "file": …, "variant": …, "global": …}'
 *
 * Each result is one line of JSON on the standard output, after a mark.
 */
import { Worker } from 'node:worker_threads';

const options = JSON.parse(process.argv[2]);

if (options.global === 'window') {
  const { runFile } = await import('./run-file.mjs');
  await runFile(options);
} else {
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: options });
  worker.on('error', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
