/** What a page hears of each kind of codec where everycodec's files do not come. */
import { gif, roundTrips } from './round-trips.js';

const never = 20_000;
/** ms, within which a second error would come. */
const aMoment = 100;

const delay = (time) => new Promise((resolve) => setTimeout(resolve, time));
const describe = ({ name, message }) => ({ name, message });

/** The errors of a codec that is configured: one is right. */
async function errorsOf(Codec, config) {
  const errors = [];
  await new Promise((resolve) => {
    const error = (exception) => resolve(errors.push(describe(exception)));
    const codec = new Codec({ output() {}, error });
    codec.configure(config);
    codec.flush().then(
      () => errors.push({ name: 'flush() resolved' }),
      () => {},
    );
    setTimeout(resolve, never);
  });
  await delay(aMoment);
  return errors;
}

async function imageError(ImageDecoder) {
  const decoder = new ImageDecoder({ type: 'image/gif', data: gif });
  decoder.completed.catch(() => {});
  decoder.tracks.ready.catch(() => {});
  return Promise.race([
    decoder.decode().then(
      () => ({ name: 'decode() resolved' }),
      (error) => describe(error),
    ),
    delay(never).then(() => ({ name: 'decode() hangs' })),
  ]);
}

/** Of codecs that need what is not loaded with the library. */
export async function failuresOfParts({ AudioDecoder, VideoEncoder, ImageDecoder }) {
  const [decoder, encoder, image] = await Promise.all([
    errorsOf(AudioDecoder, { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 }),
    errorsOf(VideoEncoder, { codec: 'hvc1.1.6.L93.B0', width: 640, height: 480 }),
    imageError(ImageDecoder),
  ]);
  return { decoder, encoder, image, uncaught: [...globalThis.uncaught] };
}

/** `goodBase`: where the files are to be had, which is tried then. */
export async function failures(everycodec, goodBase) {
  const { VideoDecoder, VideoEncoder, ImageDecoder, setAssetBase } = everycodec;
  const [decoder, encoder, image] = await Promise.all([
    errorsOf(VideoDecoder, { codec: 'avc1.42e01f' }),
    errorsOf(VideoEncoder, { codec: 'avc1.42e01f', width: 640, height: 480 }),
    imageError(ImageDecoder),
  ]);
  const result = { decoder, encoder, image, uncaught: [...globalThis.uncaught] };
  if (!goodBase) return result;
  setAssetBase(goodBase);
  return { ...result, later: await roundTrips(everycodec, everycodec) };
}
