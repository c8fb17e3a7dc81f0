import assert from 'node:assert/strict';
import { type ImageContents, ImageError, type ImageFormat } from '../../../src/images/image.ts';
import { createImageParser } from '../../../src/images/parser.ts';

export { hex, toHex } from '../codecs/bytes.ts';

export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Bytes out of numbers, text (latin1) and bytes. */
export const bytes = (...parts: (number | string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === 'number' ? Uint8Array.of(part) : typeof part === 'string' ? ascii(part) : part,
      ),
    ),
  );

export const be16 = (value: number): Uint8Array => bytes((value >> 8) & 255, value & 255);
export const be32 = (value: number): Uint8Array => bytes(be16(Math.floor(value / 65536)), be16(value % 65536));
export const le16 = (value: number): Uint8Array => be16(value).reverse();
export const le24 = (value: number): Uint8Array => bytes(le16(value & 0xffff), value >> 16);
export const le32 = (value: number): Uint8Array => be32(value).reverse();

/** What a file holds that is there in one piece. */
export function parse(format: ImageFormat, data: Uint8Array): ImageContents {
  const parser = createImageParser(format);
  parser.read(data, true);
  return parser.contents!;
}

/** The same file, given in pieces: the buffer grows by doubling, as in ImageDecoder. */
export function parseInPieces(format: ImageFormat, data: Uint8Array, pieceSize: number): ImageContents {
  const parser = createImageParser(format);
  let buffer = new Uint8Array(16);
  let seen: ImageContents | undefined;
  for (let at = 0; at < data.length; at += pieceSize) {
    const end = Math.min(data.length, at + pieceSize);
    while (buffer.length < end) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    buffer.set(data.subarray(at, end), at);
    parser.read(buffer.subarray(0, end), false);
    seen ??= parser.contents;
    assert.equal(parser.contents, seen, 'the object is the same each time');
  }
  parser.read(buffer.subarray(0, data.length), true);
  return parser.contents!;
}

/** Comparable: getters read, views taken out of their buffers. */
export const plain = (contents: ImageContents): unknown => ({
  ...contents,
  tracks: contents.tracks.map(({ frames, grid, ...track }) => ({
    ...track,
    frames: frames.map(plainFrame),
    grid: grid && { ...grid, cells: grid.cells.map(plainFrame) },
  })),
});

const plainFrame = (frame: ImageContents['tracks'][0]['frames'][0]): unknown => ({
  ...frame,
  data: Buffer.from(frame.data).toString('base64'),
  ...(frame.alpha && { alpha: Buffer.from(frame.alpha).toString('base64') }),
});

/** Reads all frames' data too. Whatever the bytes are, there is nothing but contents or an ImageError. */
export function assertSurvives(format: ImageFormat, data: Uint8Array, what: string): void {
  const parser = createImageParser(format);
  try {
    parser.read(data, true);
  } catch (error) {
    assert.ok(error instanceof ImageError, `${what}: ${error instanceof Error ? error.stack : error}`);
  }
  for (const { frames, grid } of parser.contents?.tracks ?? []) {
    for (const frame of [...frames, ...(grid?.cells ?? [])]) {
      assert.ok(frame.data instanceof Uint8Array);
      if ('alpha' in frame) assert.ok(frame.alpha instanceof Uint8Array);
    }
  }
}

/** Numbers from 0 to below 1, the same each time (a linear congruential generator). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
