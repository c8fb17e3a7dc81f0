import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Orientation, turnUpright } from '../../src/cli/upright.ts';
import { VideoFrame } from '../../src/index.ts';

/** A picture of 2×3 whose planes count up. */
async function turned(orientation: Orientation): Promise<{ width: number; height: number; planes: number[][] }> {
  const pixels = Array.from({ length: 18 }, (_, index) => index);
  const frame = new VideoFrame(Uint8Array.from(pixels), {
    format: 'I444',
    codedWidth: 2,
    codedHeight: 3,
    timestamp: 5,
  });
  const upright = await turnUpright(frame, orientation);
  const bytes = new Uint8Array(upright.allocationSize());
  await upright.copyTo(bytes);
  const { displayWidth: width, displayHeight: height, timestamp } = upright;
  upright.close();
  assert.equal(timestamp, 5);
  return { width, height, planes: [0, 6, 12].map((start) => [...bytes.subarray(start, start + 6)]) };
}

describe('turning pictures', () => {
  it('turns clockwise', async () => {
    assert.deepEqual(await turned({ rotation: 90, flip: false }), {
      width: 3,
      height: 2,
      planes: [
        [4, 2, 0, 5, 3, 1],
        [10, 8, 6, 11, 9, 7],
        [16, 14, 12, 17, 15, 13],
      ],
    });
    const { width, planes } = await turned({ rotation: 270, flip: false });
    assert.deepEqual([width, planes[0]], [3, [1, 3, 5, 0, 2, 4]]);
    assert.deepEqual((await turned({ rotation: 180, flip: false })).planes[0], [5, 4, 3, 2, 1, 0]);
  });

  it('mirrors after turning', async () => {
    assert.deepEqual((await turned({ rotation: 0, flip: true })).planes[0], [1, 0, 3, 2, 5, 4]);
    assert.deepEqual((await turned({ rotation: 90, flip: true })).planes[0], [0, 2, 4, 1, 3, 5]);
  });

  it('turns samples of two bytes and halved planes', async () => {
    // 2×4 pixels: eight of luma, then 1×2 of each chroma plane.
    const samples = Uint16Array.from({ length: 12 }, (_, index) => 100 + index);
    const frame = new VideoFrame(samples, { format: 'I420P10', codedWidth: 2, codedHeight: 4, timestamp: 0 });
    const upright = await turnUpright(frame, { rotation: 90, flip: false });
    const result = new Uint16Array(12);
    await upright.copyTo(result);
    upright.close();
    assert.deepEqual([...result], [106, 104, 102, 100, 107, 105, 103, 101, 109, 108, 111, 110]);
  });
});
