/**
 * Runs @ffmpeg/core in this process: `core.ts FOLDER AMOUNT INPUT... -- ARGUMENTS...`, where the inputs are files which it
 * finds by their names, and AMOUNT is what the arguments make of them. Prints a Measurement of the second of two runs,
 * the first being a short one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { print, startMeasuring } from '../measure.ts';

interface Core {
  FS: { writeFile(name: string, data: Uint8Array): void };
  setLogger(logger: (line: { message: string }) => void): void;
  exec(...args: string[]): number;
}

const [folder, amount, input, ...args] = process.argv.slice(2);
const require = createRequire(join(folder!, 'index.js'));

// It is made for a page's worker.
Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
const createCore = require('@ffmpeg/core') as (options: object) => Promise<Core>;
const core = await createCore({ wasmBinary: readFileSync(require.resolve('@ffmpeg/core/wasm')) });

const lines: string[] = [];
core.setLogger(({ message }) => lines.push(message));
core.FS.writeFile(basename(input!), readFileSync(input!));

function execute(...more: string[]): void {
  if (core.exec('-threads', '1', ...args, ...more, '-f', 'null', '-') !== 0) {
    throw new Error(lines.slice(-5).join('\n'));
  }
}

execute('-t', '0.2');
const finish = startMeasuring();
execute();
print(finish(Number(amount)));
