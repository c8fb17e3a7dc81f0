/** Canvases and WebGL learn to take our VideoFrames wherever they take images. */
import type { PredefinedColorSpace } from '../pixels/gamut.ts';
import type { Context2D } from '../pixels/scratch-canvas.ts';
import { isClosed, isVideoFrame, type VideoFrame } from '../webcodecs/video-frame.ts';
import { type Content, canvasOf, contentOf, imageOf, uprightSize, withoutOrientation } from './canvas-frame.ts';

// biome-ignore lint/suspicious/noExplicitAny: operations of any interface
type Operation = (this: any, ...args: any[]) => unknown;

/** Performs an operation whose argument at `index` only we know, by calling the runtime's with what stands for it. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Stand = (native: Operation, self: any, args: any[], index: number) => unknown;

/** Our operations, with what each knows. */
const taught = new WeakMap<Operation, unknown>();

/** The same operation, but what `isOurs` among its arguments goes to `stand`. */
export function teach(native: Operation, isOurs: (value: unknown) => boolean, stand: Stand): Operation {
  if (taught.get(native) === isOurs) return native;
  const { name, length } = native;
  const operation = {
    [name](...args: unknown[]) {
      const index = args.findIndex(isOurs);
      return index < 0 ? native.apply(this, args) : stand(native, this, args, index);
    },
  }[name] as Operation;
  Object.defineProperty(operation, 'length', { value: length, configurable: true });
  taught.set(operation, isOurs);
  return operation;
}

/** Teaches a member that an object may have, or inherit as a worker's global does. */
export function teachMember(object: object, name: string, isOurs: (value: unknown) => boolean, stand: Stand): void {
  let owner = object;
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  if (!owner) return;
  const { enumerable, configurable, writable = true } = Object.getOwnPropertyDescriptor(owner, name)!;
  // Deno's globals are accessors that load what is asked for.
  const native = (object as Record<string, Operation>)[name]!;
  Object.defineProperty(owner, name, { enumerable, configurable, writable, value: teach(native, isOurs, stand) });
}

/** https://html.spec.whatwg.org/#predefinedcolorspace of a canvas. */
export const colorSpaceOf = (context: Context2D): PredefinedColorSpace =>
  (context as CanvasRenderingContext2D).getContextAttributes?.().colorSpace ?? 'srgb';

/** What a canvas shows of a frame: an element with `image-orientation: none` shows it as stored. */
function orientedContent(frame: VideoFrame, { canvas }: Context2D): Content {
  const content = contentOf(frame);
  const isTurned = content.rotation !== 0 || content.flip;
  return isTurned && 'style' in canvas && getComputedStyle(canvas).imageOrientation === 'none'
    ? withoutOrientation(content)
    : content;
}

/** https://html.spec.whatwg.org/#drawing-images */
const drawImage: Stand = (native, context: Context2D, [frame, ...numbers]) => {
  const content = orientedContent(frame, context);
  const { displayWidth, displayHeight } = content;
  const size = uprightSize(content);
  // "If not specified, the dw and dh arguments must default to the values of sw and sh": of the whole image's size.
  if (numbers.length === 2) numbers.push(displayWidth, displayHeight);
  // The source rectangle counts pixels of the display size.
  const scale = [size.width / displayWidth, size.height / displayHeight];
  if (numbers.length >= 8) for (let i = 0; i < 4; i++) numbers[i] *= scale[i % 2]!;
  return native.call(context, canvasOf(content, size, colorSpaceOf(context)), ...numbers);
};

/** https://html.spec.whatwg.org/#dom-context-2d-createpattern */
const createPattern: Stand = (native, context: Context2D, [frame, ...rest]) => {
  const content = orientedContent(frame, context);
  const size = { width: content.displayWidth, height: content.displayHeight };
  return native.call(context, canvasOf(content, size, colorSpaceOf(context)), ...rest);
};

/** https://registry.khronos.org/webgl/specs/latest/1.0/#TEXIMAGESOURCE */
const texImage: Stand = (native, gl: WebGLRenderingContext, args, index) => {
  // A closed frame is an error of GL here. A program that was never linked makes INVALID_OPERATION, and no other change.
  if (isClosed(args[index])) {
    const program = gl.createProgram();
    gl.useProgram(program);
    gl.deleteProgram(program);
    return undefined;
  }
  args[index] = imageOf(contentOf(args[index]), (gl.unpackColorSpace as PredefinedColorSpace) ?? 'srgb', false);
  return native.apply(gl, args);
};

/** https://html.spec.whatwg.org/#dom-createimagebitmap: whatever is wrong rejects a promise. */
export const createBitmap: Stand = async (native, self, [frame, ...rest]) => {
  const content = contentOf(frame);
  const isWide = ['bt2020', 'smpte432'].includes(content.colorSpace.primaries ?? '');
  return native.call(self, imageOf(content, isWide ? 'display-p3' : 'srgb', true), ...rest);
};

const operations: [string, Stand][] = [
  ['drawImage', drawImage],
  ['createPattern', createPattern],
  ['texImage2D', texImage],
  ['texSubImage2D', texImage],
  ['texImage3D', texImage],
  ['texSubImage3D', texImage],
  ['createImageBitmap', createBitmap],
];

/** Teaches an object, such as a context's prototype, to take our frames wherever it takes images. */
export function teachFrames(target: object): void {
  for (const [name, stand] of operations) teachMember(target, name, isVideoFrame, stand);
}

/** Teaches what canvases the runtime has to take our frames. Calling it again is harmless. */
export function patchCanvas(): void {
  teachFrames(globalThis);
  const global = globalThis as unknown as Record<string, { prototype: object } | undefined>;
  for (const kind of ['CanvasRenderingContext2D', 'OffscreenCanvasRenderingContext2D', 'WebGLRenderingContext']) {
    for (const name of [kind, kind.replace('WebGL', 'WebGL2')]) if (global[name]) teachFrames(global[name].prototype);
  }
}
