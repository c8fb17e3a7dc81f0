/** Plays one file with several decoders side by side: one clock, one sound, a lane for each decoder. */
import { Clock } from './clock.ts';
import type { MediaFile } from './media-file.ts';
import { Sound } from './sound.ts';
import type { VideoLane } from './video-lane.ts';

export class Player {
  readonly clock = new Clock();
  file: MediaFile | undefined;
  lanes: VideoLane[] = [];
  sound: Sound | undefined;
  /** Called when it starts or stops. */
  onChange = () => {};
  readonly #onSoundError: (error: Error) => void;
  #playing = false;
  #muted = false;

  constructor(onSoundError: (error: Error) => void) {
    this.#onSoundError = onSoundError;
    const tick = () => {
      requestAnimationFrame(tick);
      this.#tick();
    };
    tick();
    // Nothing is drawn in a hidden page, so its decoders would stand still while the time goes on.
    document.addEventListener('visibilitychange', () => document.hidden && this.pause());
  }

  get playing(): boolean {
    return this.#playing;
  }

  open(file: MediaFile, lanes: VideoLane[]): void {
    this.close();
    this.file = file;
    this.lanes = lanes;
    this.sound = file.audio ? new Sound(file.audio, this.clock, this.#onSoundError) : undefined;
    this.muted = this.#muted;
    this.seek(file.start);
  }

  close(): void {
    this.pause();
    for (const lane of this.lanes) lane.close();
    this.sound?.close();
    this.file?.input.dispose();
    this.file = undefined;
    this.lanes = [];
    this.sound = undefined;
  }

  play(): void {
    if (!this.file || this.#playing) return;
    this.#playing = true;
    if (this.clock.position >= this.file.end) this.seek(this.file.start);
    this.onChange();
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#hold();
    this.onChange();
  }

  toggle(): void {
    if (this.#playing) this.pause();
    else this.play();
  }

  seek(time: number): void {
    if (!this.file) return;
    this.#hold();
    this.clock.position = Math.min(this.file.end, Math.max(this.file.start, time));
    for (const lane of this.lanes) lane.seek(this.clock.position);
  }

  /** One picture forwards or back. */
  step(direction: 1 | -1): void {
    const frameRate = this.file?.video?.frameRate;
    if (!frameRate) return;
    this.pause();
    const { position } = this.clock;
    const current = this.lanes[0]?.current;
    const duration = (current?.duration || 1e6 / frameRate) / 1e6;
    const begin = (current?.timestamp ?? Number.NaN) / 1e6;
    // From the middle of a picture, as times in files are rounded; a lane that is late does not know the picture.
    const isShown = begin <= position && position < begin + duration;
    this.seek((isShown ? begin + duration / 2 : position) + direction * duration);
  }

  /** Seconds in the file per second. */
  set rate(rate: number) {
    this.clock.rate = rate;
    if (this.clock.running) this.sound?.start();
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    if (this.sound) this.sound.muted = muted;
  }

  /** Time stands still, for a pause or until a seek is done. */
  #hold(): void {
    this.clock.stop();
    this.sound?.stop();
  }

  #tick(): void {
    if (!this.file) return;
    if (this.#playing && !this.clock.running && this.lanes.every(({ seeking }) => !seeking)) {
      this.clock.start();
      this.sound?.start();
    }
    const { position } = this.clock;
    for (const lane of this.lanes) lane.show(position);
    if (position < this.file.end) return;
    this.pause();
    this.clock.position = this.file.end;
  }
}
