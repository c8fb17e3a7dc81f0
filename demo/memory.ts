/** What the browser tells about the page's memory. */

interface Measuring {
  memory?: { usedJSHeapSize: number };
  measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
}

const measuring: Measuring = performance as Measuring;

/** Measuring costs the browser a collection of garbage, and takes it up to a minute. */
const pause = 2000;

let latest: number | null = null;
let busy = false;

/** What is told here. */
export const memorySource = [
  measuring.measureUserAgentSpecificMemory
    ? 'The browser measures the page with its workers now and then: one measurement can take it a minute.'
    : 'This browser does not tell this page how much memory it takes with its workers.',
  measuring.memory ? '' : 'Nor does it tell the size of the JavaScript heap.',
].join(' ');

/** Bytes of the JavaScript heap, null where the browser does not tell. */
export const heapNow = (): number | null => measuring.memory?.usedJSHeapSize ?? null;

/** Bytes of the page and its workers as of late, null where the browser does not tell. */
export function memoryNow(): number | null {
  if (measuring.measureUserAgentSpecificMemory && !busy) void measure();
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
