/** What lies around the codecs. */
import { type Measurement, native, ours, script } from '../measure.ts';
import { clip } from '../media.ts';
import { peers } from '../peers/install.ts';
import { cost, figure, least, none, type Row, rate, ratio, type Table } from '../table.ts';
import { type Options, present, wall } from './common.ts';

const milliseconds = (value: number | undefined): string =>
  value === undefined ? none : `${figure(value, value < 10 ? 2 : 0)} ms`;

const difference = (value: number | undefined, other: number | undefined): number | undefined =>
  value === undefined || other === undefined ? undefined : value - other;

function layer(name: string, threads: number, goal: string): Row {
  const decode = (way: string) => ours('./layer.ts', [way, clip('still-1080p.webm'), 20], threads);
  return {
    name,
    sides: { module: () => decode('module'), classes: () => decode('classes') },
    cells: ({ module, classes }) => [
      milliseconds(difference(cost(classes), cost(module))),
      goal,
      `${milliseconds(cost(classes))} through the classes, ${milliseconds(cost(module))} in the module alone`,
    ],
  };
}

const scaledFrames = 600;

function swscale(filters: string): Measurement {
  const source = `nullsrc=s=1920x1080:r=30,format=yuv420p${filters}`;
  const input = ['-filter_threads', '1', '-f', 'lavfi', '-i', source, '-frames:v', `${scaledFrames}`];
  return native(scaledFrames, [...input, '-f', 'null', '-']);
}

const copyTo: Row = {
  name: 'copyTo() RGBA, 1080p',
  sides: {
    plain: () => swscale(''),
    swscale: () => swscale(',scale=flags=bilinear,format=rgba'),
    ours: () => ours('./copy-to.ts', [clip('h264-1080p.mp4'), 300], 1),
  },
  cells: ({ plain, swscale, ours }) => {
    const scaling = difference(cost(swscale), cost(plain));
    return [
      figure(ratio(scaling, cost(ours))),
      '≥ 0.8',
      `${milliseconds(cost(ours))} a frame; native swscale on one thread, bilinear, ${milliseconds(scaling)} ` +
        '(ffmpeg with that filter less ffmpeg without)',
    ];
  },
};

const smallFrames = (options: Options): Row => ({
  name: 'decode() and close(), 64×64 VP8',
  sides: present({
    ours: () => ours('./small-frames.ts', [clip('vp8-64.webm'), 30], 1),
    polyfill: options.peers ? () => script('./small-frames.ts', [clip('vp8-64.webm'), 15, peers()]) : undefined,
  }),
  cells: ({ ours, polyfill }) => [
    figure(ratio(rate(ours), rate(polyfill))),
    '≥ 4',
    `${figure(rate(ours), 0)} frames per CPU-second; libavjs-webcodecs-polyfill ${figure(rate(polyfill), 0)}`,
  ],
});

const coldStart: Row = {
  name: 'first 720p frame / @ffmpeg/core instance',
  sides: {
    ours: () => script('./cold-start.mjs', ['everycodec', clip('key-720p.h264')]),
    core: () => script('./cold-start.mjs', ['core', `${peers()}/index.js`]),
  },
  cells({ ours, core }) {
    const [mine, others] = [least(ours, wall), least(core, wall)];
    const [myCpu, othersCpu] = [cost(ours), cost(core)];
    return [
      `${figure(ratio(mine, others))} (CPU ${figure(ratio(myCpu, othersCpu))})`,
      '≤ 0.5',
      `${milliseconds(mine && 1000 * mine)} (CPU ${milliseconds(myCpu)}) from nothing loaded to the frame; @ffmpeg/core to ` +
        `its instance alone ${milliseconds(others && 1000 * others)} (CPU ${milliseconds(othersCpu)})`,
    ];
  },
};

export const layers = (options: Options): Table => ({
  title: 'Around the codecs',
  header: ['', 'goal', ''],
  note:
    'The layer is CPU time of the whole process with a still picture in VP9, less that of a process which calls the same ' +
    'pack itself, copies nothing and has as many pictures in use. A cold start is that of a process of its own, without ' +
    'the start of Node.',
  rows: [
    layer('layer per 1080p frame, shared memory', 1, '≤ 0.15 ms'),
    layer('layer per 1080p frame, without', 0, '≤ 0.5 ms'),
    copyTo,
    smallFrames(options),
    ...(options.peers ? [coldStart] : []),
  ],
});
