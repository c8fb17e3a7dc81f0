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
