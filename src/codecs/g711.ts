/** ITU-T G.711: `alaw` and `ulaw`, one byte per sample, interleaved, decoded to s16. No description. */

export const g711BytesPerSample = 1;

/** 16-bit sample of an A-law byte, G.711 table 1: 13 bits, in the upper bits. */
export function alawToLinear(byte: number): number {
  const code = byte ^ 0x55; // even bits are inverted
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

/** 16-bit sample of a μ-law byte, G.711 table 2: 14 bits, in the upper bits. */
export function ulawToLinear(byte: number): number {
  const code = ~byte & 255;
  const bias = 0x84;
  const magnitude = ((((code & 15) << 3) + bias) << ((code >> 4) & 7)) - bias;
  return code & 0x80 ? 0 - magnitude : magnitude;
}
