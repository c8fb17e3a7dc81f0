/**
 * The page's one way to the loudspeakers. Browsers let a page sound after the first gesture only, Safari only what is
 * resumed within one, and files are opened some time after the click.
 */
let context: AudioContext | undefined;

export function audioOutput(): AudioContext {
  context ??= new AudioContext();
  // Without leave to sound, the pictures go on in silence.
  context.resume().catch(() => {});
  return context;
}

export function openOutputOnGestures(): void {
  for (const type of ['click', 'keydown', 'touchend'])
    addEventListener(type, () => void audioOutput(), { capture: true });
}
