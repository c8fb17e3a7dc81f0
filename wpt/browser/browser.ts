/** Finds and starts browsers. */
import { findProgram } from '../find-program.ts';
import { Chromium } from './chromium.ts';
import { Firefox } from './firefox.ts';

export type BrowserName = 'chromium' | 'firefox';

/** A started browser without visible windows, with a profile of its own. */
export interface Browser {
  /** False once it has ended, by itself or by kill(). */
  readonly isRunning: boolean;
  /**
   * Opens an empty window. Tabs would hide each other, and pages draw and play nothing while they are hidden.
   * `onGone` is called if it crashes or closes by itself, and when the browser ends.
   */
  open(onGone: (reason: string) => void): Promise<BrowserWindow>;
  /** Ends it at once. */
  kill(): void;
}

export interface BrowserWindow {
  /** Resolves when loading has begun. */
  load(address: string): Promise<void>;
  close(): Promise<void>;
}

const programs: Record<BrowserName, string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
};

/** The program of a browser, undefined where it is not installed: CHROMIUM or FIREFOX, else the first in PATH. */
export const findBrowser = (name: BrowserName): string | undefined =>
  process.env[name.toUpperCase()] || findProgram(programs[name]);

/** Milliseconds after which a browser that has not started is taken for hung. */
const launchLimit = 60_000;

/** `hostNames` are names of this machine; certificates are not checked. */
export async function launchBrowser(name: BrowserName, hostNames: readonly string[]): Promise<Browser> {
  const program = findBrowser(name);
  if (!program) throw new Error(`${name} is not installed`);
  const browser = name === 'chromium' ? new Chromium(program, hostNames) : new Firefox(program, hostNames);
  // Its end lets start() fail.
  const timer = setTimeout(() => browser.kill(), launchLimit);
  await browser.start().finally(() => clearTimeout(timer));
  return browser;
}
