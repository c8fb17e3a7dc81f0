/** What the parsers of all formats have in common: they go step by step through a file that grows. */
import { type ImageContents, ImageError, type ImageParser } from './image.ts';

export abstract class IncrementalParser implements ImageParser {
  contents: ImageContents | undefined;
  #failure: ImageError | undefined;

  read(data: Uint8Array, complete: boolean): void {
    if (this.#failure) throw this.#failure;
    try {
      while (this.step(data));
      if (!complete) return;
      this.end(data);
      if (!this.contents) throw new ImageError('the data end within the header of the image');
    } catch (error) {
      if (error instanceof ImageError) this.#failure = error;
      throw error;
    }
  }

  /** Takes the next piece of the file, if it is there completely; false: more data are needed, or none any more. */
  protected abstract step(data: Uint8Array): boolean;

  /** Makes the best of what is left: `data` is the whole file, and step() gave false. */
  protected end(_data: Uint8Array): void {}
}
