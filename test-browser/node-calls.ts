/** Runs for pages (node/call.ts) the few functions of Node that the tests need. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { TestRunnerCoreConfig } from '@web/test-runner-core';

type Middleware = NonNullable<TestRunnerCoreConfig['middleware']>[number];

/** Other pages that the browser may show cannot guess it. */
export const nodeCallsPath = `/node-calls/${randomUUID()}/`;

/** The programs whose results tests compare ours with. */
const programs = ['ffmpeg', 'mpg123'];

const ownFolders = new Set<string>();

// Pages that crash leave theirs.
process.once('exit', () => {
  for (const folder of ownFolders) rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  value?: unknown;
  bytes?: Uint8Array;
}

type NodeFunction = (parameters: never, body: Uint8Array) => Answer;

/** Tests write and remove nothing but what they have made. */
function checkOwn(folder: string): void {
  if (!ownFolders.has(folder)) throw new Error(`${folder} is no folder of the tests' own`);
}

const functions: Record<string, NodeFunction> = {
  existsSync: ([path]: [string]) => ({ value: existsSync(path) }),
  readFileSync: ([path]: [string]) => ({ bytes: readFileSync(path) }),
  writeFileSync([path]: [string], body) {
    checkOwn(dirname(path));
    writeFileSync(path, body);
    return {};
  },
  mkdtempSync([prefix]: [string]) {
    const folder = mkdtempSync(prefix);
    ownFolders.add(folder);
    return { value: folder };
  },
  rmSync([path, options]: [string, object]) {
    checkOwn(path);
    rmSync(path, options);
    ownFolders.delete(path);
    return {};
  },
  tmpdir: () => ({ value: tmpdir() }),
  spawnSync([program, args]: [string, string[]]) {
    if (!programs.includes(program)) throw new Error(`tests do not run ${program}`);
    const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 1 << 30 });
    return { value: { status, stderr: String(stderr ?? '') }, bytes: stdout ?? new Uint8Array() };
  },
};

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

export const nodeCalls: Middleware = async (context, next) => {
  if (context.method !== 'POST' || !context.path.startsWith(nodeCallsPath)) return next();
  try {
    const work = functions[context.path.slice(nodeCallsPath.length)]!;
    const parameters = JSON.parse(decodeURIComponent(context.get('X-Parameters')));
    const { value = null, bytes = new Uint8Array() } = work(parameters as never, await readBody(context.req));
    context.set('X-Value', encodeURIComponent(JSON.stringify(value)));
    context.body = Buffer.from(bytes);
  } catch (error) {
    context.status = 500;
    context.body = String(error);
  }
};
