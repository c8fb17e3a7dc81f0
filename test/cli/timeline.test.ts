import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeline } from '../../src/cli/timeline.ts';

describe('timeline', () => {
  it('lets no track run far ahead', async () => {
    const timeline = new Timeline();
    const [picture, sound] = [{}, {}];
    timeline.join(picture);
    timeline.join(sound);
    await Promise.all([timeline.advance(picture, 0), timeline.advance(sound, 0)]);
    let waited = true;
    const ahead = timeline.advance(picture, 5).then((goesOn) => {
      waited = false;
      return goesOn;
    });
    await timeline.advance(sound, 1);
    assert.equal(waited, true);
    await timeline.advance(sound, 4.5);
    assert.equal(await ahead, true);
    assert.equal(timeline.slowest, 4.5);
  });

  it('goes on alone when the others have ended', async () => {
    const timeline = new Timeline();
    const [picture, sound] = [{}, {}];
    timeline.join(picture);
    timeline.join(sound);
    const ahead = timeline.advance(picture, 100);
    timeline.leave(sound);
    assert.equal(await ahead, true);
  });

  it('ends all tracks where one failed', async () => {
    const timeline = new Timeline();
    const [picture, sound] = [{}, {}];
    timeline.join(picture);
    timeline.join(sound);
    await Promise.all([timeline.advance(picture, 0.5), timeline.advance(sound, 0.1)]);
    timeline.fail(picture);
    assert.equal(await timeline.advance(sound, 0.4), true);
    assert.equal(await timeline.advance(sound, 0.6), false);
  });
});
