/** everycodec in this page: installs it for mediabunny, and says what it is made of. */
import './native.ts';
import * as everycodec from 'everycodec';

/** mediabunny reads and writes with the global classes: from here on those are everycodec's. */
export const { installed } = everycodec.polyfill({ mode: 'all' });

/** What a codec runs on, e.g. `wasm (SIMD, 2 threads)`; what the next one will, where it is not configured. */
export const engineOf = (codec: EventTarget | undefined): string =>
  (codec && everycodec.engineOf(codec)) ?? everycodec.engineDescription();

export interface LoadedFile {
  /** Of the pack, such as `avc-decode-threads`. */
  name: string;
  /** Bytes received, undefined where the browser does not tell. */
  bytes: number | undefined;
  milliseconds: number;
}

/** Packs that this page has loaded, in the order of loading. */
export function loadedPacks(): LoadedFile[] {
  const files = performance.getEntriesByType('resource').flatMap(packOf);
  return everycodec.loadedPacks().map((name) => {
    const file = files.find((candidate) => candidate.name === name);
    return file ?? { name, bytes: undefined, milliseconds: Number.NaN };
  });
}

function packOf(entry: PerformanceEntry): LoadedFile[] {
  const name = /\/wasm\/([\w-]+)\.wasm$/.exec(entry.name)?.[1];
  if (!name || !(entry instanceof PerformanceResourceTiming)) return [];
  if (entry.responseStatus >= 400) return [];
  // Zero where it came from the cache, or is not told.
  const bytes = entry.encodedBodySize || entry.transferSize || undefined;
  return [{ name, bytes, milliseconds: entry.duration }];
}
