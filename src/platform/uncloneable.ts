/**
 * Makes structuredClone() and postMessage() of an object fail (DataCloneError) where the runtime can;
 * elsewhere they would silently make an empty object of it.
 */
interface BuiltinModules {
  process?: { getBuiltinModule?: (name: string) => { markAsUncloneable?: (object: object) => void } | undefined };
}

export const markAsUncloneable: (object: object) => void =
  (globalThis as unknown as BuiltinModules).process?.getBuiltinModule?.('node:worker_threads')?.markAsUncloneable ??
  (() => {});
