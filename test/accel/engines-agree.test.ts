/** Native code and WebAssembly give the same pictures, at the same times, in the same colours. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { mediaAbsent, mediaFolder } from '../support/media.ts';
import { addonAbsent } from './addon.ts';
import { runProgram } from './child.ts';
import type { PictureReport } from './planes.ts';

interface Decoded {
  engine?: string;
  error?: string;
  frames: PictureReport[];
}

/** With bidirectional pictures, of 10 bits, of odd sizes, cropped, with colours of their own. */
const files = [
  'h264/cts__video_h264_main_b_frames.mp4',
  'h264/torchcodec__h264_10bits.mp4',
  'h264/mp4parse__video_colr_nclx_rgb.mp4',
  'hevc/androidx__h265_bframes.mp4',
  'hevc/cts__swirl_130x132_h265.mp4',
  'vp8/cts__swirl_130x132_vp8.webm',
  'vp9/androidx__roadtrip-vp92-10bit.webm',
  'av1/wpt__av1.mp4',
];

const decode = (file: string, environment: NodeJS.ProcessEnv): Promise<Decoded> =>
  runProgram<Decoded>('devices.ts', ['decode', join(mediaFolder, file), 'prefer-software'], {
    environment: { ...environment, EVERYCODEC_THREADS: '2' },
  });

describe('the engines agree', { skip: addonAbsent || mediaAbsent, timeout: 400_000 }, () => {
  for (const file of files) {
    test(file, async () => {
      const [native, wasm] = await Promise.all([decode(file, {}), decode(file, { EVERYCODEC_ACCEL: '0' })]);
      assert.match(native.engine!, /^native /);
      assert.match(wasm.engine!, /^wasm /);
      assert.equal(native.error, wasm.error);
      assert.notEqual(native.frames.length, 0);
      assert.equal(native.frames.length, wasm.frames.length);
      // One at a time: the difference of long lists takes long to print.
      for (const [index, frame] of native.frames.entries())
        assert.deepEqual(frame, wasm.frames[index], `picture ${index}`);
    });
  }
});
