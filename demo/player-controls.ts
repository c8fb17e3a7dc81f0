/** Buttons, range and keys of the player. */
import { byId } from './dom.ts';
import type { Player } from './player.ts';
import { timeText } from './words.ts';

const play = byId('play', HTMLButtonElement);
const mute = byId('mute', HTMLButtonElement);
const back = byId('step-back', HTMLButtonElement);
const forward = byId('step-forward', HTMLButtonElement);
const speed = byId('speed', HTMLSelectElement);
const position = byId('position', HTMLInputElement);
const time = byId('time', HTMLElement);

/** Seconds that an arrow key goes: fewer in short files. */
const stride = (player: Player): number => (player.file && player.file.end - player.file.start > 60 ? 5 : 1);

export function connectControls(player: Player): void {
  play.onclick = () => player.toggle();
  back.onclick = () => player.step(-1);
  forward.onclick = () => player.step(1);
  mute.onclick = () => setMuted(player, mute.ariaPressed !== 'true');
  speed.onchange = () => (player.rate = Number(speed.value));
  position.oninput = () => player.seek(Number(position.value));
  player.onChange = () => {
    play.dataset.state = player.playing ? 'playing' : 'paused';
    byId('play-label', HTMLElement).textContent = player.playing ? 'Pause' : 'Play';
  };
  document.addEventListener('keydown', (event) => pressKey(player, event));
}

function setMuted(player: Player, muted: boolean): void {
  mute.ariaPressed = String(muted);
  player.muted = muted;
}

/** Sets everything to a file that was just opened. */
export function resetControls(player: Player): void {
  const { file } = player;
  for (const control of [play, back, forward, speed, position, mute]) control.disabled = !file;
  back.disabled = forward.disabled = !file?.video;
  mute.disabled = !file?.audio;
  position.min = String(file?.start ?? 0);
  position.max = String(file?.end ?? 0);
  updateControls(player);
}

/** Shows the time of this moment. */
export function updateControls(player: Player): void {
  const { file, clock } = player;
  if (!file) return;
  const text = `${timeText(clock.position)} of ${timeText(file.end)}`;
  position.value = String(clock.position);
  if (position.ariaValueText !== text) position.ariaValueText = text;
  if (time.textContent !== text) time.textContent = text;
}

type Action = (player: Player) => void;

const keys: Record<string, Action> = {
  ' ': (player) => player.toggle(),
  ArrowLeft: (player) => player.seek(player.clock.position - stride(player)),
  ArrowRight: (player) => player.seek(player.clock.position + stride(player)),
  ',': (player) => player.step(-1),
  '.': (player) => player.step(1),
  m: (player) => setMuted(player, mute.ariaPressed !== 'true'),
};

function pressKey(player: Player, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !player.file) return;
  const action = keys[event.key];
  if (!action || meansSomethingElse(event)) return;
  event.preventDefault();
  action(player);
}

/** A key that the focused control uses itself. The player's range leaves the arrows to us: its steps are too small. */
function meansSomethingElse({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element) || target === position) return false;
  if (target.closest('input, select, textarea')) return true;
  return key === ' ' && target.closest('button, a, summary') !== null;
}
