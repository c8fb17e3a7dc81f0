/** The order of events: queue sizes, dequeue, flush, reset, close (§3 Codec Processing Model). */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type EncodedVideoChunk, VideoDecoder, type VideoDecoderConfig, VideoEncoder } from 'everycodec';
import { encodeVideo } from './support/coding.ts';
import { makeFrame } from './support/pictures.ts';

let chunks: EncodedVideoChunk[];
let config: VideoDecoderConfig;

before(async () => {
  const frames = Array.from({ length: 20 }, (_, index) => makeFrame(64, 64, index));
  const encoded = await encodeVideo({ codec: 'vp8', width: 64, height: 64 }, frames);
  chunks = encoded.chunks;
  config = encoded.metadata[0]!.decoderConfig!;
});

/** A decoder that writes down what happens to it. */
function observed() {
  const events: string[] = [];
  const decoder = new VideoDecoder({
    output: (frame) => {
      events.push('output');
      frame.close();
    },
    error: (error) => events.push(`error ${error.name} ${decoder.state}`),
  });
  decoder.ondequeue = () => events.push(`dequeue ${decoder.decodeQueueSize}`);
  const flush = () =>
    decoder.flush().then(
      () => events.push('flushed'),
      (error: DOMException) => events.push(`flush ${error.name} ${decoder.state}`),
    );
  return { decoder, events, flush };
}

const count = (events: string[], what: string) => events.filter((event) => event === what).length;

describe('the control message queue', () => {
  test('sizes fall, the last dequeue comes before flush() resolves, outputs before both', async () => {
    const { decoder, events, flush } = observed();
    decoder.configure(config);
    assert.equal(decoder.state, 'configured');
    for (const chunk of chunks) decoder.decode(chunk);
    assert.equal(decoder.decodeQueueSize, chunks.length, 'nothing is taken while configure() is under way');
    await flush();

    const sizes = events.filter((event) => event.startsWith('dequeue')).map((event) => Number(event.split(' ')[1]));
    assert.ok(sizes.length >= 1);
    assert.ok(
      sizes.every((size, index) => index === 0 || size < sizes[index - 1]!),
      `sizes ${sizes}`,
    );
    assert.equal(sizes.at(-1), 0);
    assert.equal(events.at(-1), 'flushed');
    assert.equal(count(events, 'output'), chunks.length);
    decoder.close();
  });

  test('work waits in the queue while the codec is saturated', async () => {
    const { decoder, flush } = observed();
    decoder.configure(config);
    await flush();
    const many = [...chunks, ...chunks, ...chunks];
    for (const chunk of many) decoder.decode(chunk);
    assert.ok(decoder.decodeQueueSize >= many.length - 16, `${decoder.decodeQueueSize} of ${many.length} waiting`);
    await flush();
    assert.equal(decoder.decodeQueueSize, 0);
    decoder.close();
  });

  test('reset() drops what is queued, rejects flush() with AbortError, and is usable again', async () => {
    const { decoder, events, flush } = observed();
    decoder.configure(config);
    for (const chunk of chunks) decoder.decode(chunk);
    const flushed = flush();
    decoder.reset();
    assert.equal(decoder.state, 'unconfigured');
    assert.equal(decoder.decodeQueueSize, 0);
    await flushed;
    assert.deepEqual(events, ['flush AbortError unconfigured']);

    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(events, ['flush AbortError unconfigured', 'dequeue 0'], 'nothing comes out after reset()');
    decoder.configure(config);
    for (const chunk of chunks) decoder.decode(chunk);
    await flush();
    assert.equal(count(events, 'output'), chunks.length);
    decoder.close();
  });

  test('reset() within output stops further outputs', async () => {
    const events: string[] = [];
    const decoder = new VideoDecoder({
      output: (frame) => {
        frame.close();
        events.push('output');
        decoder.reset();
      },
      error: assert.fail,
    });
    decoder.configure(config);
    for (const chunk of chunks) decoder.decode(chunk);
    await decoder.flush().catch((error: DOMException) => events.push(error.name));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(events, ['output', 'AbortError']);
  });

  test('reset() within one of several outputs that come together gives the others back', async () => {
    let outputs = 0;
    const decoder = new VideoDecoder({
      output: (frame) => {
        frame.close();
        // Those that were reordered come at the end, all at once.
        if (++outputs === chunks.length - 1) decoder.reset();
      },
      error: assert.fail,
    });
    decoder.configure(config);
    for (const chunk of chunks) decoder.decode(chunk);
    await assert.rejects(decoder.flush(), { name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(outputs, chunks.length - 1);
    decoder.close();
  });

  test('close() rejects flush() with AbortError and calls no error callback', async () => {
    const { decoder, events, flush } = observed();
    decoder.configure(config);
    decoder.decode(chunks[0]!);
    const flushed = flush();
    decoder.close();
    await flushed;
    assert.deepEqual(events, ['flush AbortError closed']);
    assert.throws(() => decoder.close(), { name: 'InvalidStateError' });
    assert.throws(() => decoder.reset(), { name: 'InvalidStateError' });
    assert.throws(() => decoder.configure(config), { name: 'InvalidStateError' });
    await assert.rejects(decoder.flush(), { name: 'InvalidStateError' });
  });

  test('an unsupported configuration: NotSupportedError through the callback first, then flush()', async () => {
    const { decoder, events, flush } = observed();
    decoder.configure({ codec: 'vp8000' });
    assert.equal(decoder.state, 'configured');
    await flush();
    assert.deepEqual(events, ['error NotSupportedError closed', 'flush NotSupportedError closed']);
  });

  test('corrupt data: EncodingError, once, and what came before is kept', async () => {
    const { decoder, events, flush } = observed();
    decoder.configure({ codec: 'vp09.00.10.08' });
    const { chunks: good } = await encodeVideo({ codec: 'vp09.00.10.08', width: 64, height: 64 }, [
      makeFrame(64, 64, 0),
      makeFrame(64, 64, 1),
    ]);
    const { EncodedVideoChunk } = await import('everycodec');
    for (const chunk of good) decoder.decode(chunk);
    decoder.decode(new EncodedVideoChunk({ type: 'delta', timestamp: 2, data: new Uint8Array([0xff, 1, 2, 3]) }));
    decoder.decode(new EncodedVideoChunk({ type: 'delta', timestamp: 3, data: new Uint8Array([0xff, 1, 2, 3]) }));
    await flush();
    const telling = events.filter((event) => !event.startsWith('dequeue'));
    assert.deepEqual(telling, ['output', 'output', 'error EncodingError closed', 'flush EncodingError closed']);
  });

  test('decode() refuses delta chunks, and key chunks that are none, where a key chunk is required', () => {
    const { decoder } = observed();
    assert.throws(() => decoder.decode(chunks[0]!), { name: 'InvalidStateError' });
    decoder.configure(config);
    assert.throws(() => decoder.decode(chunks[1]!), { name: 'DataError' });
    decoder.reset();
  });

  test('invalid configurations throw TypeError, also before the state is looked at', () => {
    const { decoder } = observed();
    decoder.close();
    const invalid: unknown[] = [undefined, {}, { codec: '' }, { codec: ' ' }, { codec: 'vp8', codedWidth: 1 }];
    invalid.push({ codec: 'vp8', displayAspectWidth: 0, displayAspectHeight: 1 }, { codec: 'vp8', codedWidth: -1 });
    for (const bad of invalid) {
      assert.throws(() => decoder.configure(bad as VideoDecoderConfig), TypeError, JSON.stringify(bad));
    }
  });

  test('isConfigSupported() tells the truth, and rejects what is invalid', async () => {
    assert.equal((await VideoDecoder.isConfigSupported({ codec: 'avc1.64001f' })).supported, true);
    for (const codec of ['vp9', 'VP8', ' vp8 ', 'bogus', 'avc1', 'mp4a.40.2']) {
      assert.equal((await VideoDecoder.isConfigSupported({ codec })).supported, false, codec);
    }
    await assert.rejects(VideoDecoder.isConfigSupported({ codec: '' }), TypeError);
    await assert.rejects((VideoDecoder.isConfigSupported as () => Promise<unknown>)(), TypeError);
    const { config: clone } = await VideoEncoder.isConfigSupported({
      codec: 'vp8',
      width: 64,
      height: 64,
      junk: 1,
    } as never);
    assert.equal('junk' in clone, false);
    assert.equal(clone.latencyMode, 'quality');
  });

  test('an exception in output is reported, and the codec goes on', async () => {
    const reported: unknown[] = [];
    const listener = (error: unknown) => reported.push(error);
    process.setUncaughtExceptionCaptureCallback(listener);
    try {
      let outputs = 0;
      const decoder = new VideoDecoder({
        output: (frame) => {
          frame.close();
          outputs++;
          throw new Error('boom');
        },
        error: assert.fail,
      });
      decoder.configure(config);
      decoder.decode(chunks[0]!);
      decoder.decode(chunks[1]!);
      await decoder.flush();
      assert.equal(outputs, 2);
      assert.equal(reported.length, 2);
      assert.equal(decoder.state, 'configured');
      decoder.close();
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });

  test('ondequeue is an event handler attribute', () => {
    const { decoder } = observed();
    const handler = () => {};
    decoder.ondequeue = handler;
    assert.equal(decoder.ondequeue, handler);
    decoder.ondequeue = 5 as never;
    assert.equal(decoder.ondequeue, null);
    assert.ok(decoder instanceof EventTarget);
    assert.equal(Object.getPrototypeOf(VideoDecoder.prototype), EventTarget.prototype);
  });
});
