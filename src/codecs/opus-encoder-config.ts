/** What is valid in the configuration of an Opus encoder: https://w3c.github.io/webcodecs/opus_codec_registration.html */

/** Bits per second: RFC 6716, 2.1.1, begins with this. */
export const leastOpusBitrate = 6000;

/** Whether an encoder can make packets of this length, µs (OpusEncoderConfig.frameDuration). */
export const isValidOpusFrameDuration = (us: number): boolean =>
  [2500, 5000, 10000, 20000, 40000, 60000, 80000, 100000, 120000].includes(us);

/** "implementation-specific": as in Chromium on anything but telephones. */
export const defaultOpusComplexity = 9;
