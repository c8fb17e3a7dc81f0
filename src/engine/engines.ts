/** Choosing an engine. */
import { accelEngines } from '../accel-native/accel.ts';
import { loadPart } from '../platform/load-part.ts';
import { wasmEngine } from '../wasm/wasm-engine.ts';
import type {
  EncodedVideoPacket,
  Engine,
  Session,
  SessionEvents,
  SessionParameters,
  VideoEncoderParameters,
} from './engine.ts';

export type HardwareAcceleration = 'no-preference' | 'prefer-hardware' | 'prefer-software';

/** In the order in which a configuration is offered to them: the hint makes none fail that one of them can serve. */
const enginesFor = (hint: HardwareAcceleration, parameters: SessionParameters): readonly Engine[] => [
  ...accelEngines(hint, parameters),
  wasmEngine,
];

/** Whether an engine can serve it. */
export async function isSupportedByEngine(hint: HardwareAcceleration, parameters: SessionParameters): Promise<boolean> {
  for (const engine of enginesFor(hint, parameters)) if (await engine.supports(parameters)) return true;
  return false;
}

/**
 * Opens a session on the first engine that can. What an engine says of itself is not asked for: to open is the only
 * proof, and its failure no harm.
 *
 * @throws {EngineError} of the last engine, if none can.
 */
export async function openOnEngine<Input>(
  hint: HardwareAcceleration,
  parameters: SessionParameters,
  open: (engine: Engine) => Session<Input> | Promise<Session<Input>>,
): Promise<Session<Input>> {
  let failure: unknown;
  for (const engine of enginesFor(hint, parameters)) {
    try {
      const session = await open(engine);
      await session.ready;
      return session;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Opens an encoder, or two of them where alpha is encoded, too. */
export async function openVideoEncoder(
  engine: Engine,
  parameters: VideoEncoderParameters,
  events: SessionEvents<EncodedVideoPacket>,
) {
  if (!parameters.alpha) return engine.openVideoEncoder(parameters, events);
  // Few programs encode alpha.
  const { AlphaEncoderSession } = await loadPart('alpha-encoder', import('./alpha-encoder.ts'));
  return new AlphaEncoderSession(engine.openVideoEncoder, parameters, events);
}

/** Images have no hardwareAcceleration hint, and one engine. */
export const imageEngine: Engine = wasmEngine;

/** The engine in use, for people: e.g. 'wasm (SIMD, 2 threads)'. */
export const engineDescription = (): string => [...accelEngines('prefer-software'), wasmEngine][0]!.description;
