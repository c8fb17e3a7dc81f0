import type {
  VideoColorPrimaries,
  VideoColorSpaceInit,
  VideoMatrixCoefficients,
  VideoTransferCharacteristics,
} from '../pixels/color-space.ts';
import * as webidl from './webidl.ts';

const primaries = webidl.enumeration<VideoColorPrimaries>('VideoColorPrimaries', [
  'bt709',
  'bt470bg',
  'smpte170m',
  'bt2020',
  'smpte432',
]);
const transfer = webidl.enumeration<VideoTransferCharacteristics>('VideoTransferCharacteristics', [
  'bt709',
  'smpte170m',
  'iec61966-2-1',
  'linear',
  'pq',
  'hlg',
]);
const matrix = webidl.enumeration<VideoMatrixCoefficients>('VideoMatrixCoefficients', [
  'rgb',
  'bt709',
  'bt470bg',
  'smpte170m',
  'bt2020-ncl',
]);

/** @internal https://w3c.github.io/webcodecs/#dictdef-videocolorspaceinit */
export const videoColorSpaceInit = webidl.dictionary<VideoColorSpaceInit>('VideoColorSpaceInit', [
  { key: 'fullRange', converter: webidl.nullable(webidl.boolean), default: () => null },
  { key: 'matrix', converter: webidl.nullable(matrix), default: () => null },
  { key: 'primaries', converter: webidl.nullable(primaries), default: () => null },
  { key: 'transfer', converter: webidl.nullable(transfer), default: () => null },
]);

/** A description of colours: https://w3c.github.io/webcodecs/#videocolorspace */
export class VideoColorSpace {
  readonly #init: VideoColorSpaceInit;

  /** @throws {TypeError} for a name that the specification does not list. */
  constructor(init: VideoColorSpaceInit = {}) {
    this.#init = videoColorSpaceInit(init, 'VideoColorSpaceInit');
  }

  get primaries(): VideoColorPrimaries | null {
    return this.#init.primaries ?? null;
  }

  get transfer(): VideoTransferCharacteristics | null {
    return this.#init.transfer ?? null;
  }

  get matrix(): VideoMatrixCoefficients | null {
    return this.#init.matrix ?? null;
  }

  get fullRange(): boolean | null {
    return this.#init.fullRange ?? null;
  }

  toJSON(): Required<VideoColorSpaceInit> {
    const { primaries = null, transfer = null, matrix = null, fullRange = null } = this.#init;
    return { primaries, transfer, matrix, fullRange };
  }
}

webidl.defineInterface(VideoColorSpace, 'VideoColorSpace');
