import assert from 'node:assert/strict';

/** The bytes of hexadecimal digits; white space is for the eye. */
export const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `parse` throws RangeError for each of the first `count` prefixes of the record, and for nothing else. */
export function assertPrefixesThrow(parse: (bytes: Uint8Array) => unknown, record: Uint8Array, count: number): void {
  for (let length = 0; length < count; length++) {
    assert.throws(() => parse(record.subarray(0, length)), RangeError, `a prefix of ${length} bytes`);
  }
  for (let length = count; length <= record.length; length++) parse(record.subarray(0, length));
}

/** `parse` gives a value or throws RangeError, whatever the record's bytes are. */
export function assertSurvives(parse: (bytes: Uint8Array) => unknown, record: Uint8Array): void {
  for (let at = 0; at < record.length; at++) {
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const damaged = record.slice();
      damaged[at] = value;
      try {
        parse(damaged);
      } catch (error) {
        assert.ok(error instanceof RangeError, `byte ${at} = ${value}: ${error}`);
      }
    }
  }
}

/** What a description holds. */
export const bytesOf = (source: AllowSharedBufferSource): Uint8Array =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);

/** Bytes that a parser must not hang on or fail at in any way but a RangeError. */
export const hostileBytes: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array(1),
  new Uint8Array(5000),
  new Uint8Array(5000).fill(0xff),
  new Uint8Array(5000).fill(0x80),
  new Uint8Array(5000).fill(0x55),
  Uint8Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 24),
];

/** `parse` gives a value or throws a RangeError of one line for each of the hostile inputs behind the prefix. */
export function assertSurvivesHostility(
  parse: (bytes: Uint8Array) => unknown,
  prefix: Uint8Array = new Uint8Array(0),
): void {
  for (const tail of hostileBytes) {
    try {
      parse(Uint8Array.from([...prefix, ...tail]));
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
      assert.match(error.message, /^.+$/);
    }
  }
}
