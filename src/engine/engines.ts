/** Choosing an engine. */
import { describeWasmEngine, wasmEngine } from '../wasm/wasm-engine.ts';
import type { Engine } from './engine.ts';

export type HardwareAcceleration = 'no-preference' | 'prefer-hardware' | 'prefer-software';

/**
 * The engine for a configuration. The hint orders the engines that are there; it never makes a
 * configuration fail that one of them can serve.
 */
export function engineFor(_hint: HardwareAcceleration): Engine {
  return wasmEngine;
}

/** The engine in use, for people: e.g. 'wasm (SIMD, 2 threads)'. */
export const engineDescription = (): string => describeWasmEngine();
