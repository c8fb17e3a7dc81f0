/** The live plots: they move while something plays, is measured or is transcoded. */
import { byId } from './dom.ts';
import { LivePlot, type PlotSeries } from './live-plot.ts';
import { heapNow, memoryNow, memorySource } from './memory.ts';
import { numberText } from './words.ts';

export interface Sample {
  /** Frames per second that each could do; null: it does nothing now. */
  decoding: { ours: number | null; native: number | null };
  encoding: number | null;
  frames: { ours: number | null; native: number | null };
  chunks: number | null;
  /** Bytes of decoded frames that wait. */
  frameBytes: number;
}

const ours: Omit<PlotSeries, 'label'> = { color: '--ours' };
const theirs: Omit<PlotSeries, 'label'> = { color: '--native', dash: [6, 4] };
const third: Omit<PlotSeries, 'label'> = { color: '--third', dash: [2, 3] };

const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1e6);

const interval = matchMedia('(prefers-reduced-motion: reduce)').matches ? 2000 : 500;

/** `sample` returns undefined while nothing goes on. */
export function startPlots(sample: () => Sample | undefined): void {
  const speed = new LivePlot({
    parent: byId('plot-speed', HTMLElement),
    series: [
      { ...ours, label: 'everycodec decodes' },
      { ...theirs, label: 'browser decodes' },
      { ...third, label: 'everycodec transcodes' },
    ],
    unit: 'frames/s',
    text: numberText,
  });
  const memory = new LivePlot({
    parent: byId('plot-memory', HTMLElement),
    series: [
      { ...ours, label: 'page and workers' },
      { ...theirs, label: 'JavaScript heap' },
      { ...third, label: 'decoded frames that wait' },
    ],
    unit: 'MB',
    text: (value) => `${numberText(value)} MB`,
  });
  const queues = new LivePlot({
    parent: byId('plot-queues', HTMLElement),
    series: [
      { ...ours, label: 'frames, everycodec' },
      { ...theirs, label: 'frames, browser' },
      { ...third, label: 'chunks, everycodec' },
    ],
    unit: 'waiting',
    text: String,
  });
  byId('memory-source', HTMLElement).textContent = memorySource;

  // The first measurement takes longest.
  memoryNow();

  let time = 0;
  let paused = false;
  setInterval(() => {
    const now = sample();
    // One empty sample, so that no line bridges the pause.
    if (!now && paused) return;
    paused = !now;
    time += interval / 1000;
    speed.add(time, [now?.decoding.ours ?? null, now?.decoding.native ?? null, now?.encoding ?? null]);
    memory.add(time, now ? [memoryNow(), heapNow(), now.frameBytes].map(megabytes) : [null, null, null]);
    queues.add(time, [now?.frames.ours ?? null, now?.frames.native ?? null, now?.chunks ?? null]);
  }, interval);
}
