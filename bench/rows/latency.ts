/** The latency of a call. */
import { script } from '../measure.ts';
import { clip } from '../media.ts';
import { figure, least, most, type Row, type Table } from '../table.ts';
import { memory, stall } from './common.ts';
import { bitrate, type VideoEncoding, videoEncodings } from './encoding.ts';

function latencyRow({ name, codec }: VideoEncoding): Row {
  return {
    name: name.replace(/ .*/, ''),
    sides: { ours: () => script('./latency.ts', [clip('720p.yuv'), codec, bitrate]) },
    cells: ({ ours }) => [
      figure(
        least(ours, (run) => run.latency?.p50),
        1,
      ),
      '≤ 15',
      figure(
        least(ours, (run) => run.latency?.p95),
        1,
      ),
      '≤ 30',
      figure(most(ours, stall), 0),
      figure(least(ours, memory), 0),
    ],
  };
}

export const latency: Table = {
  title: 'From encode() to the decoded frame, 720p at 30 frames a second',
  header: ['half, ms', 'goal', '95 %, ms', 'goal', 'longest stall, ms', 'memory, MB'],
  note: 'Encoder and decoder in one process with as many threads as it likes, paced; the first second is left out.',
  rows: videoEncodings.map(latencyRow),
};
