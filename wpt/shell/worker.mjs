/** The flavour of a dedicated worker: the file runs in a worker, whose codecs start workers of their own. */
import { workerData } from 'node:worker_threads';
import { runFile } from './run-file.mjs';

await runFile(workerData);
