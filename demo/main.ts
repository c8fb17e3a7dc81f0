/** The page: connects its parts. */
import { openOutputOnGestures } from './audio-output.ts';
import { nativeClasses, ourClasses } from './codec-classes.ts';
import { byId } from './dom.ts';
import { engineOf } from './engine.ts';
import { showEngine, updateEngine } from './engine-panel.ts';
import { DemoError } from './errors.ts';
import { framesPerSecond, LanePanel } from './lane-panel.ts';
import { type MediaFile, openMediaFile } from './media-file.ts';
import { clearProblem, say, showProblem, showUncaughtProblems } from './messages.ts';
import { connectOpening } from './open-file.ts';
import { Player } from './player.ts';
import { connectControls, resetControls, updateControls } from './player-controls.ts';
import { type Sample, startPlots } from './plots.ts';
import { type Contestant, connectSpeedTest, measured, resetSpeedTest } from './speed-panel.ts';
import { showSupport } from './support-table.ts';
import { connectTranscoder, enableTranscoder, work } from './transcode-form.ts';
import { codecText, sizeText, timeText } from './words.ts';

showUncaughtProblems();
openOutputOnGestures();

const ours = new LanePanel(byId('lane-ours', HTMLElement), {
  classes: ourClasses,
  name: 'everycodec',
  engine: ({ decoder }) => engineOf(decoder),
});
const native = new LanePanel(byId('lane-native', HTMLElement), {
  classes: nativeClasses,
  name: 'This browser',
  engine: () => 'the browser’s own',
});
const player = new Player((error) => showProblem(new DemoError(`The sound stopped: ${error.message}`)));

async function open(blob: Blob, name: string): Promise<void> {
  clearProblem();
  say(`Opening ${name} …`);
  let file: MediaFile;
  try {
    file = await openMediaFile(blob, name);
  } catch (error) {
    // What was open goes on.
    say('');
    throw error;
  }
  player.close();
  const lanes = [await ours.open(file), await native.open(file)].filter((lane) => lane !== undefined);
  player.open(file, lanes);
  resetControls(player);
  resetSpeedTest(lanes.length > 0);
  enableTranscoder(true);
  byId('file-facts', HTMLElement).textContent = facts(file);
  if (file.notes.length > 0) showProblem(new DemoError(file.notes.join(' ')));
  say(`${name} is open.`);
}

function facts({ name, format, blob, start, end, video, audio }: MediaFile): string {
  const picture = video && `${codecText(video.codec)} ${video.width} × ${video.height}`;
  const sound = audio && `${codecText(audio.codec)} ${audio.config.sampleRate / 1000} kHz`;
  return [name, format, picture, sound, timeText(end - start), sizeText(blob.size)].filter(Boolean).join(' · ');
}

async function openAndPlay(blob: Blob, name: string): Promise<void> {
  await open(blob, name);
  player.play();
  // So that the next press of a key is for the player, not for the button that was clicked.
  byId('player', HTMLElement).focus({ preventScroll: true });
}

function contestants(): [Contestant, typeof ourClasses][] {
  return [
    ...(ours.lane ? [['ours', ourClasses] as [Contestant, typeof ourClasses]] : []),
    ...(native.lane && nativeClasses ? [['native', nativeClasses] as [Contestant, typeof ourClasses]] : []),
  ];
}

function sample(): Sample | undefined {
  const measuring = measured.ours !== null || measured.native !== null;
  const { progress } = work;
  if (!player.playing && !measuring && !progress) return undefined;
  const playing = player.playing;
  const waiting = [ours, native].map(({ lane }) => (playing ? lane?.waiting : undefined));
  return {
    decoding: {
      ours: measured.ours ?? (playing ? framesPerSecond(ours.lane) : null),
      native: measured.native ?? (playing ? framesPerSecond(native.lane) : null),
    },
    encoding: progress && progress.seconds > 0 ? progress.frames / progress.seconds : null,
    frames: { ours: waiting[0]?.frames ?? null, native: waiting[1]?.frames ?? null },
    chunks: waiting[0]?.chunks ?? null,
    frameBytes: waiting.reduce((sum, lane) => sum + (lane?.bytes ?? 0), 0),
  };
}

connectOpening(openAndPlay, showProblem);
connectControls(player);
resetControls(player);
connectTranscoder({
  file: () => player.file,
  play(blob, name) {
    openAndPlay(blob, name).catch(showProblem);
    byId('player', HTMLElement).scrollIntoView();
  },
});
connectSpeedTest({
  video: () => player.file?.video ?? undefined,
  contestants,
  pause: () => player.pause(),
});
startPlots(sample);
// Decoders take the number of threads when they are configured.
showEngine(() => player.seek(player.clock.position));
setInterval(() => {
  ours.update();
  native.update();
  updateEngine();
}, 250);
setInterval(() => updateControls(player), 100);
showSupport().catch(showProblem);
