/**
 * The build for a script tag: installs the classes that the page lacks, and is the global `everycodec`. The tag's
 * attribute `data-mode` is polyfill()'s mode.
 */
import { type PolyfillMode, polyfill } from './index.ts';

// A worker has no tags.
const { mode } = globalThis.document?.currentScript?.dataset ?? {};
polyfill({ mode: mode as PolyfillMode | undefined });

export * from './index.ts';
