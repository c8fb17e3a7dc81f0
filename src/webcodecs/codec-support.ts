/** What the four isConfigSupported() and configure() share: judging a configuration. */
import type { VideoColorSpaceInit } from '../pixels/color-space.ts';

/** "If codec is empty after stripping leading and trailing ASCII whitespace, return false." */
export const isBlank = (codec: string): boolean => /^[\t\n\f\r ]*$/.test(codec);

/** Members that come in pairs must be there together, and not zero. */
export const isSizePair = (width: number | undefined, height: number | undefined): boolean =>
  (width === undefined) === (height === undefined) && width !== 0 && height !== 0;

/** https://w3c.github.io/webcodecs/#clone-configuration: the members that are there, buffers copied. */
export function cloneConfiguration<T extends object>(config: T): T {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined) continue;
    if (ArrayBuffer.isView(value)) {
      copy[key] = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    } else if (value instanceof ArrayBuffer) copy[key] = value.slice(0);
    else if (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer) {
      copy[key] = new Uint8Array(value).slice().buffer;
    } else if (typeof value === 'object' && value !== null) copy[key] = cloneConfiguration(value);
    else copy[key] = value;
  }
  return copy as T;
}

/** What an encoder makes of RGB: it converts with BT.709, limited range. */
const convertedFromRgb: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
};

/** The colour space of the encoded picture for that of a frame. */
export const encodedColorSpace = (isRgb: boolean, source: VideoColorSpaceInit): VideoColorSpaceInit =>
  isRgb ? convertedFromRgb : source;
