/** Serves the suite as its own server does, as far as its files for WebCodecs need. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metadataOf } from '../suite.ts';
import { makeCertificate } from './certificate.ts';
import { originFor, type Ports, substitute } from './hosts.ts';
import {
  bundlePath,
  isCrashTest,
  ownPath,
  windowPage,
  withCrashReport,
  withPrelude,
  workerPage,
  workerScript,
} from './pages.ts';

export interface ServerOptions {
  /** The suite's folder. */
  suite: string;
  /** The folder of our build; undefined for the browser's own classes. */
  bundle: string | undefined;
  /** Called with what a page posts when it is done. */
  onReport(run: string, report: string): void;
}

export interface SuiteServer {
  originFor(file: string): string;
  close(): void;
}

type Headers = Record<string, string>;

interface Resource {
  body: string | Uint8Array;
  /** Decides the type. */
  name: string;
  headers?: Headers;
}

const ownFolder = fileURLToPath(new URL('./page/', import.meta.url));
const reportsPath = `${ownPath}reports/`;

const types: Record<string, string> = {
  '.adts': 'audio/aac',
  '.avif': 'image/avif',
  '.flac': 'audio/flac',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.idl': 'text/plain; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
};

/** Addresses that stand for other files of the suite. */
const aliases: Record<string, string> = { '/resources/WebIDLParser.js': '/resources/webidl2/lib/webidl2.js' };

/** The build is fetched by every page, and compiled code is kept only for what may be kept. */
const bundleHeaders: Headers = {
  'Cache-Control': 'max-age=3600',
  // Isolated pages load only what allows it, and start only workers that are isolated themselves.
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export async function startServer(options: ServerOptions): Promise<SuiteServer> {
  const ports: Ports = { http: [0, 0], https: [0, 0] };
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void respond(request, response, options, ports).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  const certificate = makeCertificate();
  const servers = {
    http: [createHttpServer(handle), createHttpServer(handle)],
    https: [createHttpsServer(certificate, handle), createHttpsServer(certificate, handle)],
  } as const;
  for (const scheme of ['http', 'https'] as const) {
    ports[scheme] = [await listen(servers[scheme][0]), await listen(servers[scheme][1])];
  }
  return {
    originFor: (file) => originFor(file, ports),
    close() {
      for (const server of [...servers.http, ...servers.https]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  ports: Ports,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://suite');
  const path = decodeURIComponent(url.pathname);
  if (path.startsWith(reportsPath)) {
    options.onReport(path.slice(reportsPath.length), await readBody(request));
    response.writeHead(204).end();
    return;
  }
  const resource = path.includes('..') ? undefined : await findResource(path, options, ports);
  if (!resource) {
    response.writeHead(404).end();
    return;
  }
  const type = types[extname(resource.name)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, ...resource.headers, ...pipedHeaders(url) }).end(resource.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces).toString();
}

/** https://web-platform-tests.org/writing-tests/server-pipes.html#header */
function pipedHeaders({ searchParams }: URL): Headers {
  const pipe = searchParams.get('pipe') ?? '';
  return Object.fromEntries(
    Array.from(pipe.matchAll(/header\(([^,()]+),([^()]*)\)/g), ([, name, value]) => [name!, value!]),
  );
}

async function findResource(path: string, options: ServerOptions, ports: Ports): Promise<Resource | undefined> {
  const { suite, bundle } = options;
  if (path.startsWith(ownPath)) return readResource(join(ownFolder, path.slice(ownPath.length)));
  if (path.startsWith(bundlePath)) {
    return bundle ? readResource(join(bundle, path.slice(bundlePath.length)), bundleHeaders) : undefined;
  }
  if (path === '/resources/testharnessreport.js') return readResource(join(ownFolder, 'testharnessreport.js'));
  return (
    (await generate(path, options)) ??
    adapt(await readResource(join(suite, aliases[path] ?? path), await headersOf(join(suite, path))), options, ports)
  );
}

async function readResource(name: string, headers: Headers = {}): Promise<Resource | undefined> {
  return existsSync(name) ? { body: await readFile(name), name, headers } : undefined;
}

/** Some files are not served as they lie on disk. */
function adapt(resource: Resource | undefined, { bundle }: ServerOptions, ports: Ports): Resource | undefined {
  if (!resource) return undefined;
  const { name } = resource;
  const adaptations = [
    name.includes('.sub.') && ((text: string) => substitute(text, ports)),
    isCrashTest(name) && withCrashReport,
    name.endsWith('.html') && bundle && withPrelude,
  ].filter((adaptation) => typeof adaptation === 'function');
  if (adaptations.length === 0) return resource;
  const body = adaptations.reduce((text, adaptation) => adaptation(text), resource.body.toString());
  return { ...resource, body };
}

/** Pages and workers that exist only as the script they run. */
async function generate(path: string, { suite, bundle }: ServerOptions): Promise<Resource | undefined> {
  const [, stem, kind] = /^(.+\.(?:any|window))\.(html|worker\.html|worker\.js)$/.exec(path) ?? [];
  const script = `${stem}.js`;
  const source = join(suite, script);
  if (!stem || !existsSync(source)) return undefined;
  const metadata = metadataOf(await readFile(source, 'utf8'));
  const hasPrelude = bundle !== undefined;
  const headers = await headersOf(source);
  if (kind === 'worker.js') return { body: workerScript(script, metadata, hasPrelude), name: path, headers };
  const page = kind === 'html' ? windowPage(script, metadata) : workerPage(`${stem}.worker.js`, metadata);
  return { body: hasPrelude ? withPrelude(page) : page, name: path, headers };
}

/** What a file's neighbour `.headers` says. */
async function headersOf(file: string): Promise<Headers> {
  const neighbour = `${file}.headers`;
  if (!existsSync(neighbour)) return {};
  const lines = (await readFile(neighbour, 'utf8')).split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}
