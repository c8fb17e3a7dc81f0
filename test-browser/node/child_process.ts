import { Buffer } from 'buffer';
import { call } from './call.ts';

interface Result {
  status: number | null;
  stderr: string;
  stdout: string | Uint8Array;
}

export function spawnSync(program: string, args: readonly string[], options: { encoding?: 'utf8' } = {}): Result {
  const { value, bytes } = call('spawnSync', [program, args]);
  const stdout = options.encoding ? new TextDecoder().decode(bytes) : Buffer.from(bytes.buffer);
  return { ...(value as Pick<Result, 'status' | 'stderr'>), stdout };
}
