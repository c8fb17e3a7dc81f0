/** What the page runs on: engine, isolation, threads, and the packs it has loaded so far. */
import { engineDescription, setThreads } from 'everycodec';
import { byId, make } from './dom.ts';
import { installed, loadedPacks } from './engine.ts';
import { native } from './native.ts';
import { sizeText } from './words.ts';

const engine = byId('engine', HTMLElement);
const packs = byId('packs', HTMLTableSectionElement);
const threads = byId('threads', HTMLSelectElement);

/** `onThreads` is called when another number of threads was chosen. */
export function showEngine(onThreads: () => void): void {
  const isolated = globalThis.crossOriginIsolated;
  const names = Object.entries(native).filter(([name, value]) => value && !name.startsWith('Encoded'));
  byId('isolation', HTMLElement).textContent = isolated
    ? 'yes: codecs may share memory and use threads'
    : 'no: one thread per codec, and frames are copied';
  byId('browser-classes', HTMLElement).textContent = names.map(([name]) => name).join(', ') || 'none';
  byId('installed', HTMLElement).textContent = `${installed.length} classes, for mediabunny`;
  offerThreads(isolated, onThreads);
  updateEngine();
}

function offerThreads(isolated: boolean, onThreads: () => void): void {
  const cores = navigator.hardwareConcurrency || 1;
  const counts = Array.from({ length: Math.min(cores, 8) }, (_, index) => index + 1);
  threads.append(...counts.map((count) => new Option(String(count), String(count))));
  threads.disabled = !isolated;
  threads.onchange = () => {
    setThreads(threads.value === '' ? undefined : Number(threads.value));
    updateEngine();
    onThreads();
  };
}

/** Shows what is true at this moment. */
export function updateEngine(): void {
  const description = engineDescription();
  if (engine.textContent !== description) engine.textContent = description;
  const loaded = loadedPacks();
  if (packs.rows.length === loaded.length) return;
  byId('no-packs', HTMLElement).hidden = loaded.length > 0;
  byId('pack-table', HTMLTableElement).hidden = loaded.length === 0;
  packs.replaceChildren(
    ...loaded.map(({ name, bytes, milliseconds }) =>
      make(
        'tr',
        {},
        make('td', { text: name }),
        make('td', { text: bytes === undefined ? 'not told' : sizeText(bytes) }),
        make('td', { text: Number.isNaN(milliseconds) ? 'not told' : `${milliseconds.toFixed(0)} ms` }),
      ),
    ),
  );
}
