/** The demo (npm run demo) in every installed browser: its own controls are used, as a person would. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { makeDemoServer } from '../demo/server.ts';
import {
  type Browser,
  type BrowserWindow,
  browserNames,
  findBrowser,
  launchBrowser,
} from '../test-browser/browsers/browser.ts';

/** Milliseconds for one thing to happen on a machine that is busy. */
const patience = 60_000;

const text = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).textContent`;
const click = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).click()`;
const choose = (selector: string, value: string) =>
  `Object.assign(document.querySelector(${JSON.stringify(selector)}), { value: '${value}' })
    .dispatchEvent(new Event('change'))`;

/** Colours of a canvas, of which a picture has many and an empty canvas one. */
const colours = (lane: string) => `(() => {
  const canvas = document.querySelector('#${lane} canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})()`;

const frames = (lane: string) => `Number(${text(`#${lane} [data-number=frames]`)})`;
const laneMessage = (lane: string) => `(() => {
  const message = document.querySelector('#${lane} .lane-message');
  return message.hidden ? '' : message.textContent;
})()`;

/** A file put into the page's file input. */
const openFile = (content: string, name: string) => `(() => {
  const files = new DataTransfer();
  files.items.add(new File([${JSON.stringify(content)}], '${name}'));
  const input = document.querySelector('#file');
  input.files = files.files;
  input.dispatchEvent(new Event('change'));
})()`;

const result = `fetch(document.querySelector('#result a').href)
  .then((response) => response.blob())
  .then((blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  }))`;

async function eventually(window: BrowserWindow, condition: string, what: string): Promise<void> {
  const limit = Date.now() + patience;
  // Asking fails while one page makes way for the next.
  while (!(await window.evaluate(condition).catch(() => false))) {
    if (Date.now() > limit)
      assert.fail(`${what}: not after ${patience / 1000} s; it says: ${await evaluateWords(window)}`);
    await delay(100);
  }
}

const evaluateWords = (window: BrowserWindow) => window.evaluate(`${text('#status')} + ${text('#problem')}`);

for (const name of browserNames) {
  const skip = findBrowser(name) ? false : `${name} is not installed`;
  describe(`the demo in ${name}`, { skip }, () => {
    if (skip) return;
    let server: Server;
    let browser: Browser;
    let window: BrowserWindow;
    /** Pack that the server has lost. */
    let missing: string | undefined;

    before(async () => {
      server = await makeDemoServer({
        isolated: true,
        answer: ({ url }, response) => {
          const isMissing = missing !== undefined && url!.includes(missing);
          if (isMissing) response.writeHead(404).end();
          return isMissing;
        },
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      browser = await launchBrowser(name);
      window = await browser.open(() => {});
      await window.load(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await eventually(window, `document.querySelector('#support-rows')?.rows.length > 0`, 'the page starts');
    });
    after(async () => {
      browser?.kill();
      server.closeAllConnections();
      server.close();
    });

    test('a file that is no media gives one clear line', async () => {
      await window.evaluate(openFile('no film, but words', 'words.mp4'));
      await eventually(window, `!document.querySelector('#problem').hidden`, 'the line');
      assert.equal(await window.evaluate(text('#problem')), 'words.mp4 is not a media file of a known format.');
    });

    test('a missing pack is told', async () => {
      missing = 'avc-decode';
      await window.evaluate(click('#sample'));
      await eventually(window, `${laneMessage('lane-ours')}.startsWith('everycodec gave up')`, 'the line');
      missing = undefined;
      assert.match(String(await window.evaluate(laneMessage('lane-ours'))), /avc-decode.*404/);
    });

    test('the sample plays, now that the pack is there', async () => {
      await window.evaluate(click('#sample'));
      await eventually(window, `${frames('lane-ours')} > 10`, 'frames are decoded');
      assert.equal(await window.evaluate(`document.querySelector('#problem').hidden`), true);
      assert.equal(await window.evaluate(laneMessage('lane-ours')), '');
      assert.ok(Number(await window.evaluate(colours('lane-ours'))) > 100, 'everycodec’s canvas shows a picture');
      const before = await window.evaluate(frames('lane-ours'));
      await eventually(window, `${frames('lane-ours')} > ${before}`, 'more frames are decoded');
      // The comparison is there, or the page says why not.
      if ((await window.evaluate(laneMessage('lane-native'))) === '') {
        assert.ok(Number(await window.evaluate(colours('lane-native'))) > 100, 'the browser’s canvas shows a picture');
      }
    });

    test('then keys pause and step', async () => {
      const press = (key: string) =>
        window.evaluate(
          `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true }))`,
        );
      const position = async () => Number(await window.evaluate(`document.querySelector('#position').value`));
      await press(' ');
      await eventually(window, `${text('#play-label')} === 'Play'`, 'the pause');
      await delay(300);
      const paused = await position();
      await press('.');
      await delay(300);
      // The sample has 30 pictures a second.
      const step = (await position()) - paused;
      assert.ok(step > 0 && step < 0.1, `one picture forwards is ${step} s`);
    });

    test('the sample becomes WebM', async () => {
      await window.evaluate(choose('#length', '2'));
      await window.evaluate(choose('#height', '144'));
      await window.evaluate(click('#transcode'));
      await eventually(window, `!document.querySelector('#result').hidden`, 'the result');
      const address = (await window.evaluate(result)) as string;
      const bytes = Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
      const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
      const video = (await input.getPrimaryVideoTrack())!;
      const audio = (await input.getPrimaryAudioTrack())!;
      assert.deepEqual([await video.getCodec(), await audio.getCodec()], ['vp9', 'opus']);
      assert.deepEqual([await video.getDisplayWidth(), await video.getDisplayHeight()], [256, 144]);
      assert.equal((await video.computePacketStats()).packetCount, 60);
      assert.ok(Math.abs((await input.computeDuration()) - 2) < 0.1);
    });

    test('it fits on a phone', async () => {
      const width = 360;
      await window.evaluate(`(() => {
        const phone = document.createElement('iframe');
        Object.assign(phone, { id: 'phone', src: '/', width: '${width}', height: '700' });
        document.body.append(phone);
      })()`);
      const inside = (expression: string) =>
        `(({ document }) => ${expression})(document.querySelector('#phone').contentWindow)`;
      await eventually(window, inside(`document.querySelector('#support-rows')?.rows.length > 30`), 'the matrix');
      await window.evaluate(inside(click('#sample')));
      await eventually(window, inside(`${frames('lane-ours')} > 0`), 'frames in the narrow page');
      const scrolled = await window.evaluate(inside('document.scrollingElement.scrollWidth'));
      assert.ok(Number(scrolled) <= width, `it is ${scrolled} pixels wide`);
    });
  });
}
