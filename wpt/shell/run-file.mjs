/** Loads testharness.js, the scripts a file names, and the file, as classic scripts of one global. */
import { readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { runInThisContext } from 'node:vm';
import { defineGlobals } from './globals.mjs';

/** Names that web-platform-tests' own server gives to files that lie elsewhere. */
const aliases = { '/resources/WebIDLParser.js': 'resources/webidl2/lib/webidl2.js' };

/** Marks the lines that are results. */
const mark = '\u0001WPT ';

// Directly to the descriptor: a worker's console goes through its parent, and is lost when the process ends.
const report = (message) => writeSync(1, `${mark}${JSON.stringify(message)}\n`);

/** What no test caught, such as an exception of a callback: an error of the harness, as in a page. */
let uncaught;
process.on('uncaughtException', (error) => {
  uncaught ??= error?.message ?? error;
});

function reportResults(whenDone) {
  const statuses = ['PASS', 'FAIL', 'TIMEOUT', 'NOTRUN', 'PRECONDITION_FAILED'];
  globalThis.add_result_callback(({ name, status, message }) => {
    report({ subtest: { name, status: statuses[status], message } });
  });
  globalThis.add_completion_callback((tests, { status, message }) => {
    // Tests that never ran have no result of their own.
    for (const test of tests) {
      if (test.phase !== test.phases.COMPLETE) {
        report({ subtest: { name: test.name, status: 'NOTRUN', message: test.message } });
      }
    }
    whenDone();
    if (uncaught !== undefined) report({ harness: 'ERROR', message: `uncaught: ${uncaught}` });
    else report({ harness: ['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED'][status], message });
  });
}

export async function runFile({ suite, library, canvas, file, variant, global }) {
  const load = (path) => runInThisContext(readFileSync(join(suite, path), 'utf8'), { filename: path });
  const pathOf = (script) =>
    aliases[script] ?? (script.startsWith('/') ? script.slice(1) : join(dirname(file), script));
  const { defineKind, closePorts } = defineGlobals({ suite, file, variant, global });
  const { polyfill } = await import(library);
  polyfill({ mode: 'all', canvas: canvas && (await import(canvas)) });
  const source = readFileSync(join(suite, file), 'utf8');
  const scripts = [...source.matchAll(/^\/\/ META: script=(.*)$/gm)].map(([, script]) => pathOf(script.trim()));
  load('resources/testharness.js');
  // Without a window or a worker's global, testharness.js takes this for a shell, which leaves the timing to us.
  defineKind();
  reportResults(closePorts);
  for (const script of scripts) load(script);
  load(file);
}
