/** What the four isConfigSupported() and configure() share: judging a configuration, and opening a session for it. */
import { EngineError, type Session, type SessionEvents } from '../engine/engine.ts';
import type { CodecKind, NativePart } from '../native/native.ts';
import { loadNativePart, nativePolicy } from '../native/native-classes.ts';
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

/** Events of a session whose outputs are turned into others; where that fails, coding has failed. */
export const withOutput = <From, To>(events: SessionEvents<To>, turn: (output: From) => To): SessionEvents<From> => ({
  ...events,
  output(output) {
    let turned: To;
    try {
      turned = turn(output);
    } catch (error) {
      events.error(new EngineError('coding', String(error)));
      return;
    }
    events.output(turned);
  },
});

/** Opens a session of an engine of ours; undefined if none supports the configuration. */
type OpenOurs<Input, Output> = (
  events: SessionEvents<Output>,
  native: NativePart | undefined,
) => Promise<Session<Input> | undefined>;

/** Opens a session: with the runtime's codec where polyfill() has put it first and it supports the configuration. */
export async function openSession<Input, Output>(
  kind: CodecKind,
  config: object,
  events: SessionEvents<Output>,
  openOurs: OpenOurs<Input, Output>,
): Promise<Session<Input> | undefined> {
  const native = await loadNativePart();
  const open = (events: SessionEvents<Output>) => openOurs(events, native);
  return native && nativePolicy.isFirst ? native.openNativeFirst(kind, config, events, open) : open(events);
}

/** Whether a session can be opened. */
export async function isSupported(kind: CodecKind, config: object, isOurs: () => Promise<boolean>): Promise<boolean> {
  const native = nativePolicy.isFirst ? await loadNativePart() : undefined;
  return (await native?.supportedConfig(kind, config)) !== undefined || isOurs();
}
