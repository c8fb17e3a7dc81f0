/** VP8: RFC 6386 and its WebCodecs registration. */

/** The frame tag and the start code of a key frame (9.1); undefined for data too short to tell. */
export function isVp8KeyFrame(data: Uint8Array): boolean | undefined {
  if (data.length < 3) return undefined;
  if ((data[0]! & 1) !== 0) return false;
  return data.length >= 10 && data[3] === 0x9d && data[4] === 0x01 && data[5] === 0x2a;
}
