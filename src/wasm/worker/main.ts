/** The worker: one module instance, one session at a time, messages in order. */

import type { SessionParameters } from '../../engine/engine.ts';
import { onHostMessage, postToHost, threadScript } from '../../platform/node-worker.ts';
import { serveFiles } from '../../platform/serve-files.ts';
import {
  engineMark,
  type InputMessage,
  type MessageToWorker,
  type PostedFromWorker,
  type PostedToWorker,
} from '../messages.ts';
import { AudioDecoderCodec } from './audio-decoder.ts';
import { AudioEncoderCodec } from './audio-encoder.ts';
import { BufferPool } from './buffer-pool.ts';
import { type Codec, Results } from './codec.ts';
import { CodecFailure, Heap, type PackModule } from './heap.ts';
import { ImageDecoderCodec } from './image-decoder.ts';
import { VideoDecoderCodec } from './video-decoder.ts';
import { VideoEncoderCodec } from './video-encoder.ts';

type OpenMessage = Extract<MessageToWorker, { type: 'open' }>;

let heap: Heap | undefined;
let loading: Promise<Heap> | undefined;
let codec: Codec | undefined;
let session = 0;
/** The last session that was closed; it may be while its module is still loading. */
let closedSession = 0;
const pool = new BufferPool();

function post(message: PostedFromWorker, transfer?: ArrayBuffer[]): void {
  message.everycodec = engineMark;
  postToHost(message, transfer);
}

type CreateModule = (options: object) => Promise<PackModule>;

async function importGlue(glue: string): Promise<CreateModule> {
  try {
    // The address is known at run time alone.
    const { default: createModule } = await import(/* webpackIgnore: true */ /* @vite-ignore */ glue);
    return createModule as CreateModule;
  } catch (error) {
    const remedy = `${serveFiles}, as JavaScript; CSP needs it in script-src`;
    throw new CodecFailure('unsupported', `${glue} could not be imported (${error}): ${remedy}`);
  }
}

/**
 * The threads that a codec starts, all of which must be there before: a page cannot start one while this thread waits
 * for it.
 */
function threadPoolSize(parameters: SessionParameters, threads: number): number {
  // One thread is the worker itself.
  if (threads <= 1) return 0;
  // OpenH264 has a thread that hands the others their work.
  const isOpenH264 = parameters.kind === 'video-encoder' && parameters.codec === 'avc';
  return isOpenH264 ? threads + 1 : threads;
}

async function createInstance({ glue, module, threads, parameters }: OpenMessage): Promise<PackModule> {
  const createModule = await importGlue(glue);
  return new Promise((resolve, reject) => {
    const refuse = (message: string) => reject(new CodecFailure('unsupported', message));
    const fail = (error: unknown) => refuse(`${glue} could not be started: ${error}`);
    createModule({
      threadPoolSize: threadPoolSize(parameters, threads),
      mainScriptUrlOrBlob: threadScript(glue, refuse),
      instantiateWasm(
        imports: WebAssembly.Imports,
        receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        // The module's own promise would stay pending.
        WebAssembly.instantiate(module, imports).then((created) => receive(created, module), fail);
        return {};
      },
      print() {},
      printErr() {},
    }).then(resolve, fail);
  });
}

function openCodec(parameters: SessionParameters, loaded: Heap, threads: number, sharedMemory: boolean): Codec {
  switch (parameters.kind) {
    case 'video-decoder':
      return new VideoDecoderCodec(loaded, parameters, threads, sharedMemory ? undefined : pool);
    case 'video-encoder':
      return new VideoEncoderCodec(loaded, parameters, threads);
    case 'audio-decoder':
      return new AudioDecoderCodec(loaded, parameters);
    case 'audio-encoder':
      return new AudioEncoderCodec(loaded, parameters);
    case 'image-decoder':
      return new ImageDecoderCodec(loaded, parameters, sharedMemory ? undefined : pool);
  }
}

/** Ends the session. What the glue reports by itself leaves the module sound; anything else is a trap. */
function fail(error: unknown): void {
  const known = error instanceof CodecFailure && codec !== undefined;
  if (known) codec?.close();
  codec = undefined;
  post({
    type: 'failed',
    session,
    reason: error instanceof CodecFailure ? error.reason : 'coding',
    message: error instanceof CodecFailure ? error.message : `the codec crashed: ${String(error)}`,
    trapped: !known,
  });
}

async function open(message: OpenMessage): Promise<void> {
  session = message.session;
  const isNew = !loading;
  loading ??= createInstance(message).then((instance) => new Heap(instance));
  heap = await loading;
  if (closedSession >= message.session) return;
  codec = openCodec(message.parameters, heap, message.threads, message.sharedMemory);
  const memory = isNew && message.sharedMemory ? heap.module.wasmMemory : undefined;
  post({ type: 'opened', session, memory });
}

function postResults({ outputs, transfer }: Results, consumed: number): void {
  if (consumed > 0 || outputs.length > 0) post({ type: 'progress', session, consumed, outputs }, transfer);
}

/** Milliseconds after which results are sent although inputs of the same message are still to be worked on. */
const longestWait = 5;

/** Lets the codec work on the inputs, or do what remains; sends what it gave out even if it failed in the end. */
function work(inputs: readonly InputMessage[] | undefined): void {
  let results = new Results();
  let consumed = 0;
  let begin = performance.now();
  try {
    if (!inputs) codec?.drain(results);
    for (const input of inputs ?? []) {
      if (performance.now() - begin > longestWait) {
        postResults(results, consumed);
        results = new Results();
        consumed = 0;
        begin = performance.now();
      }
      consumed++;
      codec?.code(input, results);
    }
  } finally {
    postResults(results, consumed);
  }
}

function handle(message: PostedToWorker): void {
  for (const picture of message.returned ?? []) {
    if (typeof picture === 'number') heap?.module._decoder_release?.(picture);
    else pool.give(picture);
  }
  switch (message.type) {
    case 'open':
      open(message).catch(fail);
      break;
    case 'inputs':
      if (message.session === session) work(message.inputs);
      break;
    case 'drain':
      if (!codec || message.session !== session) break;
      work(undefined);
      post({ type: 'drained', session });
      break;
    case 'close':
      closedSession = message.session;
      codec?.close();
      codec = undefined;
      break;
  }
}

onHostMessage((message) => {
  try {
    handle(message as PostedToWorker);
  } catch (error) {
    fail(error);
  }
});
