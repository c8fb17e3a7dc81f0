/** The figure of one decoder: its canvas, what it says, and its numbers. */
import { decodes, type VideoClasses } from './codec-classes.ts';
import { reasonOf } from './errors.ts';
import type { MediaFile } from './media-file.ts';
import { VideoLane } from './video-lane.ts';
import { codecText, numberText } from './words.ts';

export interface LaneKind {
  /** Undefined where the browser has none. */
  classes: VideoClasses | undefined;
  /** Who decodes, as the subject of a sentence. */
  name: string;
  engine(lane: VideoLane): string;
}

export class LanePanel {
  readonly #figure: HTMLElement;
  readonly #kind: LaneKind;
  readonly #message: HTMLElement;
  #canvas: HTMLCanvasElement;
  lane: VideoLane | undefined;

  constructor(figure: HTMLElement, kind: LaneKind) {
    this.#figure = figure;
    this.#kind = kind;
    this.#message = figure.querySelector('.lane-message')!;
    this.#canvas = figure.querySelector('canvas')!;
  }

  /** A lane for the file's pictures; undefined, and a plain word in its place, where they cannot be decoded. */
  async open(file: MediaFile): Promise<VideoLane | undefined> {
    this.lane = undefined;
    this.#freshCanvas();
    this.#say(await this.#objection(file));
    if (!file.video || !this.#kind.classes || !this.#message.hidden) return undefined;
    this.lane = new VideoLane(this.#kind.classes, file.video, this.#canvas, (error) => this.#fail(error));
    this.update();
    return this.lane;
  }

  /** Shows the numbers of this moment. */
  update(): void {
    const { lane } = this;
    this.#number('fps', lane && String(lane.shown.perSecond()));
    this.#number('ms', lane?.speed.millisecondsPerFrame?.toFixed(1));
    this.#number('frames', lane && String(lane.frames));
    this.#number('dropped', lane && String(lane.dropped));
    this.#number('engine', lane && this.#kind.engine(lane));
  }

  async #objection(file: MediaFile): Promise<string> {
    const { classes, name } = this.#kind;
    if (!file.video) return file.notes[0] ?? 'This file has sound only.';
    if (!classes) return `${name} has no VideoDecoder of its own.`;
    const codec = codecText(file.video.codec);
    if (!(await decodes(classes, file.video.config))) return `${name} cannot decode ${codec} by itself.`;
    return '';
  }

  #fail(error: Error): void {
    console.error(error);
    this.#say(`${this.#kind.name} gave up: ${reasonOf(error)}`);
  }

  #say(text: string): void {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }

  /** What an older lane still draws must not appear. */
  #freshCanvas(): void {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', this.#canvas.getAttribute('aria-label') ?? '');
    this.#canvas.replaceWith(canvas);
    this.#canvas = canvas;
  }

  #number(name: string, value: string | undefined): void {
    const element = this.#figure.querySelector(`[data-number="${name}"]`)!;
    const text = value ?? '–';
    if (element.textContent !== text) element.textContent = text;
  }
}

/** For the plots. */
export const framesPerSecond = (lane: VideoLane | undefined): number | null =>
  lane?.speed.millisecondsPerFrame ? 1000 / lane.speed.millisecondsPerFrame : null;

export const rateText = (framesPerSecond: number): string => `${numberText(framesPerSecond)} frames/s`;
