import assert from 'node:assert/strict';

/** The errors by which a codec may refuse a damaged stream. */
export function assertCodecError(error: Error): void {
  assert.ok(error instanceof DOMException, `not a DOMException: ${error.stack}`);
  assert.ok(['EncodingError', 'DataError', 'NotSupportedError'].includes(error.name), error.name);
}
