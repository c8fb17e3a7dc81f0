/** A web server for pages of tests. */
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export interface Answer {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  /** A MIME type. */
  type: string;
  body: string | Uint8Array;
}

/** The answer for a path; undefined: 404. */
export type Respond = (path: string) => Answer | undefined;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export const isolatingHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** What a content delivery network sends. */
export const sharingHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

export const html = (...elements: string[]): Answer => ({
  type: 'text/html',
  body: `<!doctype html>\n<meta charset="utf-8">\n<link rel="icon" href="data:,">\n${elements.join('\n')}`,
});

export const script = (body: string): Answer => ({ type: 'text/javascript', body });

/** A file of a folder; undefined where it is not there. */
export function fileOf(folder: string, path: string): Answer | undefined {
  const file = join(folder, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  return { type: types[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
}

export const withHeaders = (
  answer: Answer | undefined,
  headers: Readonly<Record<string, string>>,
): Answer | undefined => answer && { ...answer, headers: { ...answer.headers, ...headers } };

export class Site {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(respond: Respond): Promise<Site> {
    const server = createServer(({ url }, response) => {
      const { pathname } = new URL(url!, 'http://localhost');
      const { status = 200, headers, type, body } = respond(pathname) ?? { status: 404, type: 'text/plain', body: '' };
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Site(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
