import { Buffer } from 'buffer';
import { call } from './call.ts';

export const existsSync = (path: string): boolean => call('existsSync', [path]).value as boolean;

export function readFileSync(path: string, encoding?: 'utf8'): string | Uint8Array {
  const { bytes } = call('readFileSync', [path]);
  return encoding ? new TextDecoder().decode(bytes) : Buffer.from(bytes.buffer);
}

export const writeFileSync = (path: string, data: Uint8Array): void => void call('writeFileSync', [path], data);

export const mkdtempSync = (prefix: string): string => call('mkdtempSync', [prefix]).value as string;

export const rmSync = (path: string, options: object = {}): void => void call('rmSync', [path, options]);
