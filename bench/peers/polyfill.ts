/** libavjs-webcodecs-polyfill in this process, on libav.js without a worker. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EncodedVideoChunk, VideoDecoder } from 'everycodec';
import { libavFactory } from './libav.ts';

interface Classes {
  VideoDecoder: typeof VideoDecoder;
  EncodedVideoChunk: typeof EncodedVideoChunk;
}

interface Polyfill extends Classes {
  load(options: object): Promise<void>;
}

/** What it wants of a page. */
class Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;

  constructor(x = 0, y = 0, width = 0, height = 0) {
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
  }

  static fromRect({ x, y, width, height }: Rectangle): Rectangle {
    return new Rectangle(x, y, width, height);
  }
}

export async function loadPolyfill(folder: string): Promise<Classes> {
  Object.assign(globalThis, { DOMRect: Rectangle, DOMRectReadOnly: Rectangle });
  const { factory, options } = libavFactory(folder, 'webm-vp9');
  const require = createRequire(join(folder, 'index.js'));
  const polyfill = require('libavjs-webcodecs-polyfill') as Polyfill;
  await polyfill.load({ LibAV: factory, libavOptions: options });
  return polyfill;
}
