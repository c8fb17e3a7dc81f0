/** A plot over the last seconds, with a legend in words beside it. */
import './language.ts';
import uPlot from 'uplot';
import { make } from './dom.ts';

export interface PlotSeries {
  label: string;
  /** Custom property of style.css. */
  color: string;
  /** Lines that differ in more than their colour. */
  dash?: number[];
}

export interface LivePlotOptions {
  parent: HTMLElement;
  series: readonly PlotSeries[];
  unit: string;
  text(value: number): string;
}

const samplesKept = 150;
const plotHeight = 160;

const property = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class LivePlot {
  readonly #plot: uPlot;
  readonly #values: HTMLElement[];
  readonly #text: (value: number) => string;
  /** Times first, then each series. */
  #data: (number | null)[][];

  constructor({ parent, series, unit, text }: LivePlotOptions) {
    this.#text = text;
    this.#data = [[], ...series.map(() => [])];
    this.#values = series.map(() => make('b', { text: '–' }));
    const area = make('div', { className: 'plot-area' });
    area.setAttribute('aria-hidden', 'true');
    parent.append(area, legend(series, this.#values));
    this.#plot = new uPlot(options(series, unit, area.clientWidth), this.#data as uPlot.AlignedData, area);
    new ResizeObserver(() => this.#plot.setSize({ width: area.clientWidth, height: plotHeight })).observe(area);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot.redraw());
  }

  /** `values` are in the order of the series, null where there is none. */
  add(time: number, values: readonly (number | null)[]): void {
    [time, ...values].forEach((value, index) => {
      const column = this.#data[index]!;
      column.push(value);
      if (column.length > samplesKept) column.shift();
    });
    this.#plot.setData(this.#data as uPlot.AlignedData);
    values.forEach((value, index) => {
      // In a pause the last value stays.
      if (value !== null) this.#values[index]!.textContent = this.#text(value);
    });
  }
}

function legend(series: readonly PlotSeries[], values: HTMLElement[]): HTMLElement {
  const items = series.map(({ label, color, dash }, index) => {
    const swatch = make('span', { className: dash ? 'swatch dashed' : 'swatch' });
    swatch.style.setProperty('--series', `var(${color})`);
    return make('li', {}, swatch, document.createTextNode(`${label} `), values[index]!);
  });
  return make('ul', { className: 'legend' }, ...items);
}

function options(series: readonly PlotSeries[], unit: string, width: number): uPlot.Options {
  const axis = {
    stroke: () => property('--muted'),
    grid: { stroke: () => property('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: plotHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 1) * 1.1)] } },
    axes: [
      { ...axis, size: 28, values: (_plot, times) => times.map((time) => `${time} s`) },
      { ...axis, size: 52, label: unit, labelSize: 18, labelFont: '12px system-ui, sans-serif' },
    ],
    series: [
      {},
      ...series.map(({ label, color, dash }) => ({
        label,
        stroke: () => property(color),
        width: 2,
        dash,
        spanGaps: false,
        points: { show: false },
      })),
    ],
  };
}
