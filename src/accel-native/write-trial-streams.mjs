// Writes addon/trial-streams.h: a key frame of each video codec, encoded by everycodec itself. Run it after a build:
//   node src/accel-native/write-trial-streams.mjs
import { writeFileSync } from 'node:fs';
import { VideoEncoder, VideoFrame } from '../../dist/index.js';

/** Pixels, in both directions: no less than any device takes. */
const size = 256;
/** In the order of enum VideoCodec. */
const codecs = ['avc1.42e01f', 'hvc1.1.6.L93.B0', 'vp8', 'vp09.00.10.08', 'av01.0.04M.08'];

const lineBytes = 20;

/** A picture whose compression leaves next to nothing. */
function greyFrame() {
  const data = new Uint8Array((size * size * 3) / 2).fill(128);
  return new VideoFrame(data, { format: 'I420', codedWidth: size, codedHeight: size, timestamp: 0 });
}

async function encode(codec) {
  const chunks = [];
  const encoder = new VideoEncoder({
    output: (chunk) => chunks.push(chunk),
    error(error) {
      throw error;
    },
  });
  const format = { avc: { format: 'annexb' }, hevc: { format: 'annexb' } };
  encoder.configure({ codec, width: size, height: size, latencyMode: 'realtime', ...format });
  const frame = greyFrame();
  encoder.encode(frame, { keyFrame: true });
  frame.close();
  await encoder.flush();
  encoder.close();
  const bytes = new Uint8Array(chunks[0].byteLength);
  chunks[0].copyTo(bytes);
  return [...bytes];
}

function rows(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += lineBytes) lines.push(`    ${bytes.slice(at, at + lineBytes).join(', ')},`);
  return lines.join('\n');
}

const streams = [];
for (const codec of codecs) streams.push({ codec, bytes: await encode(codec) });

const arrays = streams.map(
  ({ codec, bytes }, index) => `// ${codec}\nstatic const uint8_t trial_stream_${index}[] = {\n${rows(bytes)}\n};\n`,
);
const table = streams.map((_, index) => `    {trial_stream_${index}, sizeof(trial_stream_${index})},`);
writeFileSync(
  new URL('addon/trial-streams.h', import.meta.url),
  `// A grey key frame of each video codec. Made by write-trial-streams.mjs; not to be changed by hand.
#ifndef EVERYCODEC_TRIAL_STREAMS_H
#define EVERYCODEC_TRIAL_STREAMS_H

#include <stddef.h>
#include <stdint.h>

namespace everycodec {

// Pixels, in both directions.
constexpr int kTrialSize = ${size};

struct TrialStream {
  const uint8_t *data;
  size_t size;
};

${arrays.join('\n')}
// In the order of enum VideoCodec.
static const TrialStream trial_streams[] = {
${table.join('\n')}
};

}  // namespace everycodec

#endif
`,
);
