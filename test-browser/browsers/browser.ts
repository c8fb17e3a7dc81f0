/** Finds and starts browsers. */
import { Chromium } from './chromium.ts';
import { findProgram } from './find-program.ts';
import { Firefox } from './firefox.ts';
import { findXServer, WebKit } from './webkit.ts';

export const browserNames = ['chromium', 'firefox', 'webkit'] as const;

export type BrowserName = (typeof browserNames)[number];

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
  /** The value of an expression in the page, awaited if it is a promise, as JSON can tell it. */
  evaluate(expression: string): Promise<unknown>;
  /** What it shows, as PNG. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const programs: Record<BrowserName, string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
  // It starts the browser.
  webkit: ['WebKitWebDriver'],
};

/** The program of a browser, undefined where it is not installed: CHROMIUM, FIREFOX or WEBKIT, else the first in PATH. */
export function findBrowser(name: BrowserName): string | undefined {
  if (name === 'webkit' && !findXServer()) return undefined;
  return process.env[name.toUpperCase()] || findProgram(programs[name]);
}

export interface LaunchOptions {
  /** More names of this machine; not in WebKitGTK. */
  hostNames?: readonly string[];
  /** Whether WebKitGTK has SharedArrayBuffer, in all pages then; others have it in cross-origin isolated pages. */
  sharedMemory?: boolean;
}

function construct(name: BrowserName, program: string, options: LaunchOptions): Chromium | Firefox | WebKit {
  const { hostNames = [], sharedMemory = true } = options;
  if (name === 'chromium') return new Chromium(program, hostNames);
  return name === 'firefox' ? new Firefox(program, hostNames) : new WebKit(program, sharedMemory);
}

/** Milliseconds after which a browser that has not started is taken for hung. */
const launchLimit = 60_000;

/** Certificates are not checked. */
export async function launchBrowser(name: BrowserName, options: LaunchOptions = {}): Promise<Browser> {
  const program = findBrowser(name);
  if (!program) throw new Error(`${name} is not installed`);
  const browser = construct(name, program, options);
  // Its end lets start() fail.
  const timer = setTimeout(() => browser.kill(), launchLimit);
  await browser.start().finally(() => clearTimeout(timer));
  return browser;
}
