/** The ways to give the page a file: the sample, the file input, drag and drop. */
import { byId } from './dom.ts';
import { DemoError } from './errors.ts';

type Open = (blob: Blob, name: string) => Promise<void>;

export function connectOpening(open: Open, onError: (error: unknown) => void): void {
  const input = byId('file', HTMLInputElement);
  const attempt = (work: () => Promise<void>) => void work().catch(onError);
  byId('sample', HTMLButtonElement).onclick = () => attempt(() => openSample(open));
  byId('choose', HTMLButtonElement).onclick = () => input.click();
  input.onchange = () => {
    const file = input.files?.[0];
    if (file) attempt(() => open(file, file.name));
    // So that the same file can be chosen again.
    input.value = '';
  };
  connectDropping((file) => attempt(() => open(file, file.name)));
}

async function openSample(open: Open): Promise<void> {
  const response = await fetch('/sample.mp4');
  if (!response.ok) throw new DemoError(`The sample could not be loaded: ${response.status} ${response.statusText}`);
  await open(await response.blob(), 'sample.mp4');
}

/** The whole page takes files. */
function connectDropping(open: (file: File) => void): void {
  const setOver = (over: boolean) => document.body.classList.toggle('dropping', over);
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) setOver(false);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) open(file);
  });
}
