/** Images that promise more than they hold: an error soon, without the memory that they ask for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { ImageDecoder } from 'everycodec';
import { mediaAbsent, mediaFolder } from './support/media.ts';
import { noise } from './support/pictures.ts';

const huge = 65535;
/** ms: of one image, on a machine that has other things to do. */
const longestRun = 4000;
/** What 65535 × 65535 pixels would take is 17 GB; the module itself takes some 20 MB. */
const mostMemory = 300e6;

const peakMemory = (): number => process.resourceUsage().maxRSS * 1024;

/** How decoding the first frame ends: 'decoded', or the error's name. */
async function decode(type: string, data: Uint8Array<ArrayBuffer>): Promise<string> {
  const decoder = new ImageDecoder({ type, data });
  // Whatever is wrong is told by decode(); the others must be heard, or the process ends of them.
  decoder.completed.catch(() => {});
  decoder.tracks.ready.catch(() => {});
  try {
    const { image } = await decoder.decode();
    image.close();
    return 'decoded';
  } catch (error) {
    return (error as DOMException).name;
  } finally {
    decoder.close();
  }
}

async function assertQuickAndSmall(name: string, type: string, data: Uint8Array<ArrayBuffer>): Promise<string> {
  const memory = peakMemory();
  const start = performance.now();
  const ending = await decode(type, data);
  const took = performance.now() - start;
  assert.ok(took < longestRun, `${name}: ${took.toFixed(0)} ms`);
  const grown = peakMemory() - memory;
  assert.ok(grown < mostMemory, `${name}: ${(grown / 1e6).toFixed(0)} MB`);
  return ending;
}

const bytes = (...parts: (string | number | readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : typeof part === 'number' ? [part] : [...part],
    ),
  );
const big32 = (value: number) => [(value >>> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const big16 = (value: number) => [(value >> 8) & 255, value & 255];
const little32 = (value: number) => big32(value).reverse();
const little24 = (value: number) => little32(value).slice(0, 3);
const little16 = (value: number) => big16(value).reverse();

function pngChunk(type: string, data: Uint8Array, length = data.length): Uint8Array {
  const body = bytes(type, data);
  return bytes(big32(length), body, big32(crc32(body)));
}

function png(width: number, height: number, ...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const header = pngChunk('IHDR', bytes(big32(width), big32(height), 8, 6, 0, 0, 0));
  return bytes(0x89, 'PNG\r\n\x1a\n', header, ...chunks, pngChunk('IEND', bytes()));
}

const pixels = pngChunk('IDAT', deflateSync(new Uint8Array(1 << 16)));

function gif(screen: number, frame: number, blocks = bytes(2, 2, 0x4c, 0x01, 0)): Uint8Array<ArrayBuffer> {
  const header = bytes('GIF89a', little16(screen), little16(screen), 0xf0, 0, 0, 0, 0, 0, 255, 255, 255);
  return bytes(header, ',', 0, 0, 0, 0, little16(frame), little16(frame), 0, blocks, ';');
}

function webp(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = bytes('WEBP', ...chunks);
  return bytes('RIFF', little32(body.length), body);
}

const webpChunk = (type: string, data: Uint8Array, length = data.length): Uint8Array =>
  bytes(type, little32(length), data, data.length % 2 ? [0] : []);
const vp8 = (size: number) => bytes(0x10, 2, 0, 0x9d, 1, 0x2a, little16(size), little16(size), noise(200));
/** Signature, sizes less one in 14 bits each, no alpha, version. */
const vp8l = (size: number) => bytes(0x2f, little32((size - 1) | ((size - 1) << 14)), noise(200));
const vp8x = (size: number, flags = 0) =>
  webpChunk('VP8X', bytes(flags, 0, 0, 0, little24(size - 1), little24(size - 1)));

function bmp(width: number, height: number, bits = 24, colors = 0): Uint8Array<ArrayBuffer> {
  const info = bytes(little32(40), little32(width), little32(height), little16(1), little16(bits), little32(0));
  const rest = bytes(little32(0), little32(0), little32(0), little32(colors), little32(0), noise(400));
  return bytes('BM', little32(54 + 400), little32(0), little32(54), info, rest);
}

function jpeg(size: number, marker = 0xc0): Uint8Array<ArrayBuffer> {
  const quantizers = bytes(0xff, 0xdb, big16(67), 0, new Uint8Array(64).fill(1));
  const frame = bytes(0xff, marker, big16(11), 8, big16(size), big16(size), 1, 1, 0x11, 0);
  const codes = bytes([0, 1], new Uint8Array(14), 0);
  const tables = [0x00, 0x10].map((id) => bytes(0xff, 0xc4, big16(3 + codes.length), id, codes));
  const scan = bytes(0xff, 0xda, big16(8), 1, 1, 0, 0, marker === 0xc2 ? 0 : 63, 0);
  return bytes(0xff, 0xd8, quantizers, frame, ...tables, scan, new Uint8Array(500), 0xff, 0xd9);
}

/** `ispe`'s width and height: the box's type, four bytes of version and flags, and they. */
function avifOfSize(file: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const data = Buffer.from(file);
  for (let at = data.indexOf('ispe'); at >= 0; at = data.indexOf('ispe', at + 4)) {
    data.writeUInt32BE(size, at + 8);
    data.writeUInt32BE(size, at + 12);
  }
  return new Uint8Array(data);
}

const endless = new Uint8Array(1 << 20).fill(0xff);

describe('images that claim to be huge', () => {
  const claims: [name: string, type: string, data: Uint8Array<ArrayBuffer>][] = [
    ['PNG', 'image/png', png(huge, huge, pixels)],
    ['PNG of 2^31 − 1', 'image/png', png(0x7fffffff, 0x7fffffff, pixels)],
    ['PNG one pixel high', 'image/png', png(0x7fffffff, 1, pixels)],
    ['PNG of no width', 'image/png', png(0, 16, pixels)],
    ['GIF', 'image/gif', gif(huge, huge)],
    ['GIF with a small frame', 'image/gif', gif(huge, 1)],
    ['WebP, lossy', 'image/webp', webp(webpChunk('VP8 ', vp8(16383)))],
    ['WebP, lossless', 'image/webp', webp(webpChunk('VP8L', vp8l(16384)))],
    ['WebP, extended', 'image/webp', webp(vp8x(16384), webpChunk('VP8 ', vp8(16383)))],
    ['WebP, canvas of 2^24', 'image/webp', webp(vp8x(1 << 24), webpChunk('VP8 ', vp8(16)))],
    ['BMP', 'image/bmp', bmp(huge, huge)],
    ['BMP upside down', 'image/bmp', bmp(huge, -huge)],
    ['BMP of 2^31 − 1', 'image/bmp', bmp(0x7fffffff, 0x7fffffff, 32)],
    ['BMP with 2^32 − 1 colours', 'image/bmp', bmp(huge, huge, 8, 0xffffffff)],
    ['JPEG', 'image/jpeg', jpeg(huge)],
    ['JPEG, progressive', 'image/jpeg', jpeg(huge, 0xc2)],
  ];
  for (const [name, type, data] of claims) {
    test(name, async () => {
      assert.equal(await assertQuickAndSmall(name, type, data), 'EncodingError');
    });
  }

  test('AVIF', { skip: mediaAbsent }, async () => {
    const file = readFileSync(join(mediaFolder, 'avif/wpt__four-colors.avif'));
    assert.equal(await decode('image/avif', new Uint8Array(file)), 'decoded');
    for (const size of [huge, 0, 0xffffffff]) {
      assert.equal(await assertQuickAndSmall(`${size}`, 'image/avif', avifOfSize(file, size)), 'EncodingError');
    }
  });
});

describe('images with lengths without end', () => {
  const avifBox = (type: string, size: number) => bytes(big32(size), type);
  const claims: [name: string, type: string, data: Uint8Array<ArrayBuffer>][] = [
    ['a PNG chunk of 4 GB', 'image/png', png(16, 16, pngChunk('IDAT', endless, 0xffffffff))],
    ['a PNG that inflates to 256 MB', 'image/png', png(16, 16, pngChunk('IDAT', deflateSync(Buffer.alloc(1 << 28))))],
    ['a GIF of blocks alone', 'image/gif', gif(16, 16, bytes(8, endless))],
    [
      'a GIF of extensions alone',
      'image/gif',
      bytes('GIF89a', 16, 0, 16, 0, 0, 0, 0, new Uint8Array(1 << 20).fill(0x21)),
    ],
    ['a WebP chunk of 4 GB', 'image/webp', webp(vp8x(16), webpChunk('VP8 ', endless, 0xffffffff))],
    [
      'WebP frames of nothing',
      'image/webp',
      webp(vp8x(16, 2), ...Array.from({ length: 9999 }, () => webpChunk('ANMF', bytes()))),
    ],
    ['JPEG markers alone', 'image/jpeg', bytes(0xff, 0xd8, endless)],
    [
      'JPEG segments of nothing',
      'image/jpeg',
      bytes(0xff, 0xd8, ...Array.from({ length: 9999 }, () => [0xff, 0xe0, 0, 2])),
    ],
    [
      'an AVIF box of 4 GB',
      'image/avif',
      bytes(avifBox('ftyp', 20), 'avif', 0, 0, 0, 0, 'avif', avifBox('meta', 0xffffffff), endless),
    ],
    [
      'AVIF boxes of nothing',
      'image/avif',
      bytes(avifBox('ftyp', 20), 'avif', 0, 0, 0, 0, 'avif', new Uint8Array(1 << 20)),
    ],
    [
      'a BMP that begins beyond its end',
      'image/bmp',
      bytes(bmp(16, 16).subarray(0, 10), little32(0xfffffff0), bmp(16, 16).subarray(14, 60)),
    ],
  ];
  for (const [name, type, data] of claims) {
    test(name, async () => {
      const ending = await assertQuickAndSmall(name, type, data);
      assert.ok(['EncodingError', 'RangeError', 'InvalidStateError', 'decoded'].includes(ending), ending);
    });
  }

  test('noise of every type', async () => {
    for (const type of ['png', 'gif', 'webp', 'bmp', 'jpeg', 'avif']) {
      for (let seed = 1; seed <= 5; seed++) {
        const ending = await assertQuickAndSmall(type, `image/${type}`, noise(5000, Math.imul(seed, 0x9e3779b1)));
        assert.equal(ending, 'EncodingError', type);
      }
    }
  });

  test('and afterwards a sound one decodes', async () => {
    const sound = png(256, 63, pixels);
    assert.equal(await decode('image/png', sound), 'decoded');
    assert.equal(await decode('image/jpeg', jpeg(16)), 'decoded');
  });
});
