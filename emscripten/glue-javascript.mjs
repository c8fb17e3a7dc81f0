// Emscripten's JavaScript, as bundlers can take it.

/**
 * Emscripten imports Node's modules by `await import()`, some of them outside of any function. Bundlers that copy the
 * file do not know that it is a module, and their minifiers (webpack's is Terser) give up at an `await` out there.
 */
export const withoutTopLevelAwait = (source) =>
  source.replaceAll(/\(?await import\(("node:\w+")\)\)?/g, 'process.getBuiltinModule($1)');
