/** Runtimes without a canvas get one from a package, such as @napi-rs/canvas; its canvases learn about our frames. */
import { type Canvas, type Context2D, useCanvasesOf } from '../pixels/scratch-canvas.ts';
import { addImageSources } from '../webcodecs/image-source.ts';
import { isVideoFrame } from '../webcodecs/video-frame.ts';
import * as webidl from '../webcodecs/webidl.ts';
import { colorSpaceOf, createBitmap, teach, teachFrames, teachMember } from './canvas.ts';
import {
  bitmapOf,
  type CanvasPackage,
  canvasOfBitmap,
  contextOf,
  ImageBitmap,
  imageBitmapFactory,
  isBitmap,
} from './canvas-bitmap.ts';

export type { CanvasPackage };

type CanvasClass = new (width: number, height: number) => HTMLCanvasElement;

const known = new WeakMap<CanvasClass, Record<string, unknown>>();

/**
 * Teaches a package's canvases to draw our frames, and frames to be made of its canvases and images. Returns what a
 * browser has as globals: OffscreenCanvas, ImageBitmap, ImageData, createImageBitmap; the same for the same package.
 *
 * @throws {TypeError} if the package has no createCanvas().
 */
export function adoptCanvasPackage(namespace: CanvasPackage | { default: CanvasPackage }): Record<string, unknown> {
  const pack = 'createCanvas' in namespace ? namespace : namespace.default;
  if (typeof pack?.createCanvas !== 'function') throw new TypeError('polyfill: canvas is not a package of canvases');
  const canvas = pack.createCanvas(1, 1) as Canvas;
  const type = canvas.constructor as CanvasClass;
  useCanvasesOf((width, height) => pack.createCanvas(width, height) as Canvas);
  const { Image = type } = pack;
  addImageSources((value) => value instanceof type || value instanceof Image || isBitmap(value));
  let globals = known.get(type);
  if (!globals) {
    teachContext(Object.getPrototypeOf(contextOf(canvas)));
    globals = globalsOf(pack, type);
    known.set(type, globals);
  }
  return globals;
}

function teachContext(prototype: object): void {
  for (const name of ['drawImage', 'createPattern']) {
    teachMember(prototype, name, isBitmap, (native, context, [bitmap, ...rest]) =>
      native.call(context, canvasOfBitmap(bitmap), ...rest),
    );
  }
  teachFrames(prototype);
}

const globalsOf = (pack: CanvasPackage, type: CanvasClass): Record<string, unknown> => ({
  OffscreenCanvas: offscreenCanvasOf(type),
  ImageBitmap,
  ...(pack.ImageData && { ImageData: pack.ImageData }),
  createImageBitmap: teach(imageBitmapFactory(pack), isVideoFrame, createBitmap),
});

/** What packages give beside the standard, of what is needed here. */
interface Encoding {
  convertToBlob?(options?: ImageEncodeOptions): Promise<Blob>;
  toBuffer(type: string, quality?: number): Uint8Array<ArrayBuffer>;
}

/** https://html.spec.whatwg.org/#the-offscreencanvas-interface, as a kind of the package's canvas. */
function offscreenCanvasOf(type: CanvasClass): object {
  class OffscreenCanvas extends type {
    #context: Context2D | null = null;

    constructor(width: number, height: number) {
      webidl.requireArguments(arguments.length, 2, 'OffscreenCanvas constructor');
      super(webidl.enforceRangeUnsignedLong(width, 'width'), webidl.enforceRangeUnsignedLong(height, 'height'));
    }

    // biome-ignore lint/suspicious/noExplicitAny: the overloads are the package's
    override getContext(contextId: any, settings: any = undefined): any {
      const context = super.getContext(contextId, settings);
      this.#context ??= context as Context2D | null;
      return context;
    }

    /** What is drawn, which goes: the canvas is blank afterwards. @throws {DOMException} InvalidStateError without a context. */
    transferToImageBitmap(): ImageBitmap {
      const context = this.#context;
      // "If this's context mode is set to none, then throw an "InvalidStateError" DOMException."
      if (!context) throw new DOMException('The canvas has no context.', 'InvalidStateError');
      const { width, height } = this;
      const bitmap = new OffscreenCanvas(width, height);
      contextOf(bitmap, { colorSpace: colorSpaceOf(context) }).drawImage(this, 0, 0);
      context.putImageData(context.createImageData(width, height), 0, 0);
      return bitmapOf(bitmap);
    }

    /** The picture as a file, PNG unless `type` says otherwise. */
    convertToBlob(options: ImageEncodeOptions = {}): Promise<Blob> {
      return webidl.promise(() => {
        const { convertToBlob, toBuffer } = type.prototype as Partial<Encoding> & Encoding;
        if (convertToBlob) return convertToBlob.call(this, options);
        const { type: mimeType = 'image/png', quality } = options;
        return new Blob([toBuffer.call(this, mimeType, quality)], { type: mimeType });
      });
    }
  }
  webidl.defineInterface(OffscreenCanvas, 'OffscreenCanvas');
  return OffscreenCanvas;
}
