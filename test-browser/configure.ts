/** The settings of @web/test-runner: what its server serves, above all. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { TestRunnerCoreConfig } from '@web/test-runner-core';
import { freePort } from './browsers/free-port.ts';
import { bundle } from './bundle.ts';
import { nodeCalls } from './node-calls.ts';

/** ms, of one file. */
const fileLimit = 600_000;
/** ms, of a test that has no limit of its own. */
const testLimit = 240_000;

export const repository = fileURLToPath(new URL('../', import.meta.url));

const mocha = createRequire(import.meta.url).resolve('@web/test-runner-mocha/dist/autorun.js');

/**
 * - isolated: pages with threads, in a browser without WebCodecs of its own;
 * - plain: pages without threads, in such a browser;
 * - native: pages with threads, and the browser's own WebCodecs.
 */
export const kinds = ['isolated', 'plain', 'native'] as const;
export type Kind = (typeof kinds)[number];

export const hasThreads = (kind: Kind): boolean => kind !== 'plain';

const page = (testFramework: string, kind: Kind): string => `<!DOCTYPE html>
<html data-isolated="${hasThreads(kind)}">
  <head>${kind === 'native' ? '' : '<script src="/wpt/browser/page/remove-native.js"></script>'}</head>
  <body><script type="module" src="${testFramework}"></script></body>
</html>`;

const isolatingHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const loopback = ['127.0.0.1', '::ffff:127.0.0.1', '::1'];

type Middleware = NonNullable<TestRunnerCoreConfig['middleware']>[number];

/** The server listens on all interfaces, which no setting changes. */
const onlyThisMachine: Middleware = (context, next) => {
  if (!loopback.includes(context.req.socket.remoteAddress ?? '')) return context.throw(403);
  return next();
};

/** In modules of their own, all that is TypeScript. */
const bundles = {
  name: 'bundles',
  async serve({ path }: { path: string }) {
    return path.endsWith('.ts') ? { body: await bundle(repository + path.slice(1)), type: 'js' } : undefined;
  },
};

export async function configure(
  kind: Kind,
  files: readonly string[],
  more: Partial<TestRunnerCoreConfig>,
): Promise<TestRunnerCoreConfig> {
  const isolate: Middleware = (context, next) => {
    if (hasThreads(kind)) context.set(isolatingHeaders);
    return next();
  };
  return {
    rootDir: repository,
    files: [...files],
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: await freePort(),
    browsers: [],
    concurrentBrowsers: 1,
    concurrency: 1,
    testFramework: { path: mocha, config: { timeout: testLimit, ...(more.manual && { reporter: 'html' }) } },
    testRunnerHtml: (testFramework) => page(testFramework, kind),
    browserStartTimeout: 90_000,
    testsStartTimeout: 60_000,
    testsFinishTimeout: fileLimit,
    browserLogs: true,
    watch: false,
    coverageConfig: {},
    reporters: [],
    logger: { ...console, log() {}, debug() {}, logSyntaxError: console.error },
    middleware: [onlyThisMachine, isolate, nodeCalls],
    plugins: [bundles],
    ...more,
  };
}
