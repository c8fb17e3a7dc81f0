/** Serves the demo: its page and bundle, the built package, and the sample. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './bundle.ts';

const repository = new URL('../', import.meta.url);

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.mp4': 'video/mp4',
};

/** Pages with these headers may share memory between threads. */
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

export interface DemoServerOptions {
  /** Sends the headers that threads need. */
  isolated: boolean;
  /** Answers what it knows before the server does, and returns whether it did. */
  answer?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** A server that does not listen yet. */
export async function makeDemoServer({ isolated, answer }: DemoServerOptions): Promise<Server> {
  const bundle = await bundlePage();
  return createServer(async (request, response) => {
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    if (isolated) for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    if (answer?.(request, response)) return;
    const { pathname } = new URL(request.url!, 'http://localhost');
    const content = bundle.get(pathname) ?? (await readServed(pathname));
    if (!content) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    const type = types[extname(pathname) || '.html'] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': content.byteLength }).end(content);
  });
}

/** URL has resolved the dots of a path; what else could lead out of dist/ is no name of a file there. */
function fileFor(pathname: string): URL | undefined {
  if (pathname === '/') return new URL('demo/index.html', repository);
  if (pathname === '/sample.mp4') return new URL('examples/sample.mp4', repository);
  return /^\/dist(\/[\w-]+)*\/[\w-]+\.(js|wasm|json)$/.test(pathname) ? new URL(`.${pathname}`, repository) : undefined;
}

async function readServed(pathname: string): Promise<Uint8Array | undefined> {
  const file = fileFor(pathname);
  return file && readFile(fileURLToPath(file)).catch(() => undefined);
}
