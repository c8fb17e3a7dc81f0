/** The speed test's button, and its result as two bars. */
import type { VideoClasses } from './codec-classes.ts';
import { byId, make } from './dom.ts';
import { DemoError, reasonOf } from './errors.ts';
import { rateText } from './lane-panel.ts';
import type { VideoTrack } from './media-file.ts';
import { clearProblem, say, showProblem } from './messages.ts';
import { measureDecoder, readPackets } from './speed-test.ts';

export type Contestant = 'ours' | 'native';

interface Connections {
  /** Of the open file; undefined where it has no pictures that can be decoded. */
  video(): VideoTrack | undefined;
  /** Who can decode it. */
  contestants(): [Contestant, VideoClasses][];
  /** Playing would take part of the processor. */
  pause(): void;
}

const names: Record<Contestant, string> = { ours: 'everycodec', native: 'this browser' };

const button = byId('speed-test', HTMLButtonElement);
const results = byId('speed-results', HTMLElement);

/** Frames per second of the decoder that is being measured. */
export const measured: Record<Contestant, number | null> = { ours: null, native: null };

let running: AbortController | undefined;

export function connectSpeedTest(connections: Connections): void {
  button.onclick = () => {
    if (running) running.abort();
    else run(connections).catch(showProblem);
  };
}

export function resetSpeedTest(enabled: boolean): void {
  running?.abort();
  button.disabled = !enabled;
  results.replaceChildren();
}

async function run({ video, contestants, pause }: Connections): Promise<void> {
  const track = video();
  if (!track) return;
  clearProblem();
  pause();
  running = new AbortController();
  const { signal } = running;
  button.textContent = 'Stop the test';
  results.replaceChildren();
  try {
    const packets = await readPackets(track);
    const rates = new Map<Contestant, number>();
    for (const [contestant, classes] of contestants()) {
      say(`Measuring ${names[contestant]} …`);
      const onFrame = (frames: number, seconds: number) => {
        measured[contestant] = seconds > 0 ? frames / seconds : null;
      };
      rates.set(contestant, await measureDecoder({ classes, config: track.config, packets, onFrame, signal }));
      measured[contestant] = null;
      showRates(rates);
    }
    say(`Measured ${packets.length} frames.`);
  } catch (error) {
    if (!signal.aborted) throw new DemoError(`The speed test broke off: ${reasonOf(error)}`);
    say('The speed test was stopped.');
  } finally {
    measured.ours = measured.native = null;
    running = undefined;
    button.textContent = 'Measure the decoders';
  }
}

function showRates(rates: Map<Contestant, number>): void {
  const fastest = Math.max(...rates.values());
  results.replaceChildren(
    ...[...rates].map(([contestant, rate]) => {
      const bar = make('span', { className: `bar ${contestant}` });
      bar.style.setProperty('--part', String(rate / fastest));
      return make('li', {}, make('span', { text: `${names[contestant]}: ${rateText(rate)}` }), bar);
    }),
  );
}
