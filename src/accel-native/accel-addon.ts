/**
 * The addon (addon/addon.cc) as it looks from here. Parameters and inputs are plain objects of numbers and bytes, so
 * that the package @everycodec/accel needs to know nothing of this one.
 */
import { createRequire } from 'node:module';
import type { DecodedFrameNumbers } from '../engine/decoded-frame.ts';
import type { EncodedAudioPacket, EncodedVideoPacket } from '../engine/engine.ts';
import type { Accelerator } from './accelerator.ts';

/** What both sides must have in common. */
const interfaceVersion = 1;

/** Samples, their format as an index in `sampleFormats`. */
export interface SamplesNumbers {
  format: number;
  sampleRate: number;
  numberOfFrames: number;
  numberOfChannels: number;
  timestamp: number;
  data: Uint8Array;
}

/** A decoded picture, and whether it lies on a device. */
export type FrameNumbers = [...DecodedFrameNumbers, isOnDevice: number];

export type AddonOutput = FrameNumbers | EncodedVideoPacket | EncodedAudioPacket | SamplesNumbers;

/** Numbers, booleans as 0 or 1, and bytes; `kind` says which. */
export type AddonObject = Record<string, unknown>;

/** 'closed' comes last, after close() or 'failed': nothing that was submitted is looked at any more. */
export type AddonListener = {
  (type: 'opened', description: string): void;
  (type: 'progress', consumed: number, outputs: AddonOutput[]): void;
  (type: 'drained' | 'closed'): void;
  (type: 'failed', reason: 'unsupported' | 'coding', message: string): void;
};

export interface AddonSession {
  submit(inputs: AddonObject[]): void;
  drain(): void;
  close(): void;
  /** While ref'd, it keeps the process alive. */
  ref(): void;
  unref(): void;
}

export interface Addon {
  readonly interfaceVersion: number;
  /** libavcodec's version. */
  readonly libavcodec: string;
  /** Of FFmpeg, as it was built. */
  readonly license: string;
  readonly Session: new (parameters: AddonObject, listener: AddonListener) => AddonSession;
  /** Whether such a session can be opened, found out by opening one. */
  supports(parameters: AddonObject): Promise<boolean>;
  /** All devices, tried. */
  accelerators(): Promise<Accelerator[]>;
  /** Resolves when a part of the picture in a slot is RGB in the target; undefined where there is no such code. */
  convert?(parameters: AddonObject): Promise<void>;
  /** The memory of the picture in a slot. A picture of a device is downloaded first, while the thread waits. */
  buffer(slot: number): ArrayBuffer;
  /** Resolves when the picture in a slot is in memory. */
  download(slot: number): Promise<void>;
  /** Gives the picture in a slot back; its ArrayBuffer, if it has one, is detached. */
  release(slot: number): void;
}

const isOff = (setting: string | undefined): boolean => setting === '0' || setting === 'none';

/** The addon, or why there is none. */
type Loaded = { addon: Addon } | { reason: string };

function load(): Loaded {
  const setting = process.env.EVERYCODEC_ACCEL;
  if (process.platform !== 'linux') return { reason: 'there is none but for Linux' };
  if (isOff(setting)) return { reason: `EVERYCODEC_ACCEL is ${setting}` };
  try {
    const addon = createRequire(import.meta.url)(setting || '@everycodec/accel') as Addon;
    if (addon.interfaceVersion === interfaceVersion) return { addon };
    return { reason: 'its version does not suit this one of everycodec: install both anew' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Below it, Node lists the modules that asked.
    const [firstLine] = message.split('\n') as [string];
    const isMissing = !setting && code === 'MODULE_NOT_FOUND' && message.includes("'@everycodec/accel'");
    return { reason: isMissing ? 'it is not installed: npm install @everycodec/accel' : firstLine };
  }
}

let loaded: Loaded | undefined;

/** Loads the addon the first time it is asked for. */
export function loadAddon(): Loaded {
  loaded ??= load();
  return loaded;
}
