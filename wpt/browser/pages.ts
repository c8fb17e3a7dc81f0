/** The pages and workers that are made from `.any.js` and `.window.js` files, and the prelude that brings our classes in. */
import type { Metadata } from '../suite.ts';

/** Where the server has the scripts of page/, and the build. */
export const ownPath = '/everycodec-wpt/';
export const bundlePath = '/everycodec/';

/** Run before everything else in windows and dedicated workers, when our classes are tested. */
const prelude = [`${ownPath}remove-native.js`, `${bundlePath}browser/everycodec.js`, `${ownPath}wrap-workers.js`];

const scriptTag = (url: string): string => `<script src="${url}"></script>\n`;
const importStatement = (url: string): string => `importScripts(${JSON.stringify(url)});\n`;

/** Puts scripts before all other elements; a doctype stays first, or the page would be in quirks mode. */
function withScripts(html: string, urls: readonly string[]): string {
  const [doctype = ''] = /^\s*<!doctype[^>]*>\s*/i.exec(html) ?? [];
  return doctype + urls.map(scriptTag).join('') + html.slice(doctype.length);
}

export const withPrelude = (html: string): string => withScripts(html, prelude);

/** Files so named do without testharness.js. */
export const isCrashTest = (file: string): boolean => /-crash(\.https)?\.html$/.test(file);

export const withCrashReport = (html: string): string => withScripts(html, [`${ownPath}crash-test.js`]);

/** What testharness.js asks about where it is. */
const globalDescription = (isWindow: boolean): string =>
  `self.GLOBAL = { isWindow: () => ${isWindow}, isWorker: () => ${!isWindow}, isShadowRealm: () => false };\n`;

const harnessPage = ({ timeout }: Metadata, body: string): string => `<!doctype html>
<meta charset="utf-8">
${timeout === 'long' ? '<meta name="timeout" content="long">' : ''}
<script>${globalDescription(true)}</script>
${scriptTag('/resources/testharness.js')}${scriptTag('/resources/testharnessreport.js')}<div id="log"></div>
${body}`;

/** The page that runs a script in its window. */
export const windowPage = (script: string, metadata: Metadata): string =>
  harnessPage(metadata, [...metadata.scripts, script].map(scriptTag).join(''));

/** The page that runs a worker and gathers its results; the variant is for the worker. */
export const workerPage = (workerScript: string, metadata: Metadata): string =>
  harnessPage(
    metadata,
    `<script>fetch_tests_from_worker(new Worker(${JSON.stringify(workerScript)} + location.search));</script>`,
  );

/** The dedicated worker that runs a script. */
export function workerScript(script: string, metadata: Metadata, hasPrelude: boolean): string {
  const scripts = ['/resources/testharness.js', ...metadata.scripts, script];
  const imports = [...(hasPrelude ? prelude : []), ...scripts].map(importStatement);
  return `${globalDescription(false)}${imports.join('')}done();\n`;
}
