/** In place of canvas-package.ts in builds for browsers. */

/** @throws {TypeError} always: a page draws on canvases of its own. */
export function adoptCanvasPackage(_namespace: unknown): Record<string, unknown> {
  throw new TypeError('polyfill: the option canvas is for servers; a page has canvases of its own');
}
