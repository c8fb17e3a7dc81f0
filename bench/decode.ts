/** Decodes a file's video track with everycodec, several times over, closing every frame; prints a Measurement. */
import { EncodedVideoChunk, VideoDecoder, type VideoDecoderConfig } from 'everycodec';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { startMeasuring } from './measure.ts';

const [path, times] = process.argv.slice(2);
const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path!) });
const track = (await input.getPrimaryVideoTrack())!;
const config = (await track.getDecoderConfig()) as VideoDecoderConfig;
const chunks: EncodedVideoChunk[] = [];
for await (const packet of new EncodedPacketSink(track).packets()) {
  chunks.push(new EncodedVideoChunk({ type: packet.type, timestamp: packet.microsecondTimestamp, data: packet.data }));
}

const finish = startMeasuring();
let frames = 0;
const decoder = new VideoDecoder({
  output: (frame) => {
    frames++;
    frame.close();
  },
  error: (error) => {
    throw error;
  },
});
decoder.configure(config);
for (let round = 0; round < Number(times); round++) {
  for (const chunk of chunks) {
    decoder.decode(chunk);
    while (decoder.decodeQueueSize > 4) {
      await new Promise((resolve) => decoder.addEventListener('dequeue', resolve, { once: true }));
    }
  }
  await decoder.flush();
}
decoder.close();
const measurement = finish();
if (frames !== chunks.length * Number(times)) throw new Error(`${frames} frames of ${chunks.length} packets`);
process.stdout.write(JSON.stringify(measurement));
