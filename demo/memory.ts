/** What the browser tells about the page's memory. */

interface Measuring {
  memory?: { usedJSHeapSize: number };
  measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
}

const measuring: Measuring = performance as Measuring;

/** Measuring costs the browser a collection of garbage. */
const pause = 2000;

let latest: number | null = null;
let busy = false;

/** How it is measured here. */
export const memorySource = measuring.measureUserAgentSpecificMemory
  ? 'The page and its workers, WebAssembly included, as the browser measures them.'
  : measuring.memory
    ? 'The page’s JavaScript heap; the whole is told to isolated pages only.'
    : 'This browser tells pages nothing about their memory: only decoded frames are counted.';

/** Bytes as of late, null where the browser does not tell. */
export function memoryNow(): number | null {
  if (!measuring.measureUserAgentSpecificMemory) return measuring.memory?.usedJSHeapSize ?? null;
  if (!busy) void measure();
  return latest;
}

async function measure(): Promise<void> {
  busy = true;
  try {
    latest = (await measuring.measureUserAgentSpecificMemory!()).bytes;
  } catch {
    latest = null;
  }
  setTimeout(() => (busy = false), pause);
}
