import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vp9QuantizerFromIndex } from '../../../src/codecs/vp9.ts';

test("quantizer indices map to libvpx's nearest quantizers", () => {
  assert.deepEqual(
    [0, 1, 3, 4, 128, 243, 244, 249, 252, 253, 255].map(vp9QuantizerFromIndex),
    [0, 0, 1, 1, 32, 61, 61, 62, 62, 63, 63],
  );
  for (let index = 1; index < 256; index++) {
    assert.ok(vp9QuantizerFromIndex(index) >= vp9QuantizerFromIndex(index - 1));
  }
});
