/** The transcoder's controls, progress and result. */
import { byId, make } from './dom.ts';
import { installed } from './engine.ts';
import { DemoError } from './errors.ts';
import { containers } from './formats.ts';
import type { MediaFile } from './media-file.ts';
import { clearProblem, say, showProblem } from './messages.ts';
import { type Job, type Progress, type Result, Transcoder } from './transcoder.ts';
import { codecText, numberText, sizeText, timeText } from './words.ts';

const form = byId('transcode-form', HTMLFormElement);
const container = byId('container', HTMLSelectElement);
const videoCodec = byId('video-codec', HTMLSelectElement);
const audioCodec = byId('audio-codec', HTMLSelectElement);
const height = byId('height', HTMLSelectElement);
const bitrate = byId('bitrate', HTMLSelectElement);
const length = byId('length', HTMLSelectElement);
const start = byId('transcode', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const progress = byId('progress', HTMLElement);
const bar = byId('progress-bar', HTMLProgressElement);
const progressText = byId('progress-text', HTMLElement);
const result = byId('result', HTMLElement);

interface Connections {
  /** The file to transcode. */
  file(): MediaFile | undefined;
  play(blob: Blob, name: string): void;
}

/** Seconds are those since the start, undefined when nothing runs. */
export const work: { progress: Progress | undefined } = { progress: undefined };

let download: string | undefined;

export function connectTranscoder(connections: Connections): void {
  fill(
    container,
    Object.entries(containers).map(([value, { label }]) => [value, label]),
  );
  container.onchange = offerCodecs;
  offerCodecs();
  byId('encoder-engine', HTMLElement).textContent = installed.includes('VideoEncoder')
    ? 'everycodec decodes and encodes; the browser only draws.'
    : 'This browser’s own codecs decode and encode.';
  form.onsubmit = (event) => {
    event.preventDefault();
    clearProblem();
    transcode(connections).catch(showProblem);
  };
}

export function enableTranscoder(enabled: boolean): void {
  start.disabled = !enabled;
}

function fill(select: HTMLSelectElement, options: (readonly [value: string, label: string])[]): void {
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
}

function offerCodecs(): void {
  const { video, audio } = containers[container.value]!;
  fill(
    videoCodec,
    video.map((codec) => [codec, codecText(codec)]),
  );
  fill(
    audioCodec,
    audio.map((codec) => [codec, codecText(codec)]),
  );
}

function jobFor(file: MediaFile): Job {
  const chosen = containers[container.value]!;
  return {
    blob: file.blob,
    container: chosen,
    video: chosen.video.find((codec) => codec === videoCodec.value)!,
    audio: chosen.audio.find((codec) => codec === audioCodec.value)!,
    height: Number(height.value) || undefined,
    bitrate: Number(bitrate.value) || undefined,
    length: Number(length.value) || undefined,
  };
}

async function transcode({ file, play }: Connections): Promise<void> {
  const source = file();
  if (!source) throw new DemoError('Open a file first.');
  const job = jobFor(source);
  const transcoder = new Transcoder(job, showProgress);
  showWorking(true);
  showProgress({ part: 0, frames: 0, seconds: 0 });
  say(`Transcoding ${source.name} to ${job.container.label} …`);
  cancel.onclick = () => void transcoder.cancel();
  try {
    const done = await transcoder.run();
    if (done) showResult(done, `${source.name.replace(/\.\w+$/, '')}${job.container.extension}`, play);
    say(done ? `Transcoded ${source.name} in ${numberText(done.seconds)} s.` : 'Transcoding was cancelled.');
  } catch (error) {
    say('');
    throw error;
  } finally {
    showWorking(false);
  }
}

function showWorking(working: boolean): void {
  progress.hidden = !working;
  form.querySelector('fieldset')!.disabled = working;
  start.hidden = working;
  cancel.hidden = !working;
  if (working) {
    result.hidden = true;
    cancel.focus();
  } else {
    work.progress = undefined;
    start.focus();
  }
}

function showProgress(now: Progress): void {
  work.progress = now;
  const { part, frames, seconds } = now;
  bar.value = part;
  const left = part > 0.01 ? `, ${timeText((seconds / part) * (1 - part))} left` : '';
  const rate = seconds > 0 ? numberText(frames / seconds) : '0';
  progressText.textContent = `${Math.floor(part * 100)} % · ${rate} frames/s${left}`;
}

function showResult({ blob, frames, seconds, notes }: Result, name: string, play: Connections['play']): void {
  if (download) URL.revokeObjectURL(download);
  download = URL.createObjectURL(blob);
  const link = make('a', { text: `Download ${name}`, className: 'button' });
  link.href = download;
  link.download = name;
  const again = make('button', { text: 'Play the result' });
  again.type = 'button';
  again.onclick = () => play(blob, name);
  const rate = frames ? `, ${numberText(frames / seconds)} frames/s` : '';
  result.replaceChildren(
    make('p', { text: `${sizeText(blob.size)} in ${numberText(seconds)} s${rate}` }),
    ...notes.map((note) => make('p', { text: `Note: ${note}.` })),
    make('div', { className: 'row' }, link, again),
  );
  result.hidden = false;
}
