/** When pictures are converted: at once, or as soon as the WebAssembly module is loaded or known to be missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertPicture } from '../../src/pixels/convert.ts';
import { Picture } from '../../src/pixels/picture.ts';
import type { RgbTarget } from '../../src/pixels/rgb.ts';

const rect = { x: 0, y: 0, width: 2, height: 2 };

const whiteNv12 = (onFree: () => void) =>
  new Picture({
    format: 'NV12',
    codedWidth: 2,
    codedHeight: 2,
    planes: [
      { offset: 0, stride: 2 },
      { offset: 4, stride: 2 },
    ],
    buffer: Uint8Array.of(235, 235, 235, 235, 128, 128).buffer,
    onFree,
  });

const targetOf = (bytes: Uint8Array): RgbTarget => ({
  format: 'RGBA',
  colorSpace: 'srgb',
  bytes,
  offset: 0,
  stride: 8,
});

test('rows that are only copied wait for nothing', () => {
  const pixels = Uint8Array.from({ length: 16 }, (_, index) => index);
  const planes = [{ offset: 0, stride: 8 }];
  const picture = new Picture({ format: 'RGBA', codedWidth: 2, codedHeight: 2, planes, buffer: pixels.buffer });
  const bytes = new Uint8Array(16);
  assert.equal(convertPicture(picture, {}, rect, targetOf(bytes)), undefined);
  assert.deepEqual(bytes, pixels);
});

test('the first picture is retained until it is converted, however that is done', async () => {
  let freed = false;
  const picture = whiteNv12(() => {
    freed = true;
  });
  const targets = [new Uint8Array(16), new Uint8Array(16)];
  const done = targets.map((bytes) => convertPicture(picture, {}, rect, targetOf(bytes)));
  picture.release();
  assert.equal(freed, false, 'it is needed yet');
  await Promise.all(done);
  for (const bytes of targets) assert.deepEqual(bytes, new Uint8Array(16).fill(255));
  assert.equal(freed, true, 'it is given back');
});

test('later ones are converted at once', () => {
  const picture = whiteNv12(() => {});
  const bytes = new Uint8Array(16);
  assert.equal(convertPicture(picture, {}, rect, targetOf(bytes)), undefined);
  assert.deepEqual(bytes, new Uint8Array(16).fill(255));
});

test('a destination that was detached meanwhile is an error', () => {
  const bytes = new Uint8Array(16);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  assert.throws(
    () =>
      convertPicture(
        whiteNv12(() => {}),
        {},
        rect,
        targetOf(bytes),
      ),
    TypeError,
  );
});
