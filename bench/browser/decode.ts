/** Decoding in a browser: CPU time of all its processes, less what they take when it rests. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type Browser,
  type BrowserName,
  type BrowserWindow,
  findBrowser,
  launchBrowser,
} from '../../test-browser/browsers/browser.ts';
import { type Answer, fileOf, html, isolatingHeaders, Site, withHeaders } from '../../test-browser/pages/site.ts';
import { type Measurement, Unavailable } from '../measure.ts';
import { readVideo } from '../packets.ts';
import { descendantSeconds } from './process-times.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
/** ms */
const limit = 180_000;
/** CPU-seconds per second that a browser may take for itself when it has come to rest. */
const restingRate = 0.05;
/** ms, of one look whether it has, and of all looks. */
const look = 500;
const looking = 15_000;

const page = html('<script type="module" src="/page.js"></script>');

async function answersFor(path: string): Promise<Map<string, Answer>> {
  const { config, packets } = await readVideo(path);
  let offset = 0;
  const index = packets.map(({ type, timestamp, data }) => {
    offset += data.length;
    return { type, timestamp, offset: offset - data.length, size: data.length };
  });
  const description = config.description && [...new Uint8Array(config.description as Uint8Array<ArrayBuffer>)];
  const body = JSON.stringify({ config: { ...config, description }, packets: index });
  return new Map([
    ['/', page],
    ['/page.js', fileOf(fileURLToPath(new URL('.', import.meta.url)), 'page.js')!],
    ['/clip.json', { type: 'application/json', body }],
    ['/clip.data', { type: 'application/octet-stream', body: Buffer.concat(packets.map(({ data }) => data)) }],
  ]);
}

/** Waits for what the page says in addresses. */
class Listener {
  #resolve: (words: string[]) => void = () => {};
  #reject: (error: Error) => void = () => {};

  hear(path: string): Answer | undefined {
    const [, what, ...words] = path.split('/').map(decodeURIComponent);
    if (what === 'failed') this.#reject(new Error(`the page failed: ${words.join('/')}`));
    else if (what === 'ready' || what === 'done') this.#resolve(words);
    else return undefined;
    return { type: 'text/plain', body: '' };
  }

  fail(reason: string): void {
    this.#reject(new Error(reason));
  }

  /** What the page says next, after `begin` has been called. */
  async after(begin: () => Promise<unknown>): Promise<string[]> {
    const heard = new Promise<string[]>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const timer = setTimeout(() => this.fail('the page says nothing'), limit);
    try {
      const [words] = await Promise.all([heard, begin()]);
      return words;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Waits until starting is over; CPU-seconds per second that are still taken then. */
async function comeToRest(): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const start = performance.now();
    const before = descendantSeconds();
    await delay(look);
    const rate = (descendantSeconds() - before) / ((performance.now() - start) / 1000);
    if (rate <= restingRate) return rate;
    if (performance.now() - begin > looking)
      throw new Error(`the browser does not rest (${rate} CPU-seconds a second)`);
  }
}

async function measure(window: BrowserWindow, listener: Listener, times: number): Promise<Measurement> {
  const resting = await comeToRest();
  const begin = performance.now();
  const before = descendantSeconds();
  const [frames, wall] = await listener.after(() => window.evaluate(`begin(${times})`));
  const cpu = descendantSeconds() - before - (resting * (performance.now() - begin)) / 1000;
  return { amount: Number(frames), cpu, wall: Number(wall) };
}

/** Starts a browser for one clip, which nobody else's code has warmed up. */
export async function decodeInBrowser(name: BrowserName, path: string, times: number): Promise<Measurement> {
  if (!findBrowser(name)) throw new Unavailable(`${name} is not installed`);
  const answers = await answersFor(path);
  const listener = new Listener();
  const respond = (path: string) => answers.get(path) ?? listener.hear(path) ?? fileOf(repository, path);
  const site = await Site.start((path) => withHeaders(respond(path), isolatingHeaders));
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser(name);
    const window = await browser.open((reason) => listener.fail(reason));
    await listener.after(() => window.load(`${site.origin}/`));
    return await measure(window, listener, times);
  } finally {
    browser?.kill();
    site.close();
  }
}
