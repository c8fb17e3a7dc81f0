/** A failure the user can understand: printed as one line, without a stack. */
export class CommandError extends Error {
  constructor(message: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, { cause: options?.cause });
    this.name = 'CommandError';
    this.exitCode = options?.exitCode ?? 1;
  }

  readonly exitCode: number;
}

/** Wrong arguments: exit code 2, as is usual for commands. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(`${message} (see --help)`, { exitCode: 2 });
    this.name = 'UsageError';
  }
}

/** The first line of what went wrong, fit to stand after a colon. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // mediabunny checks a file's structure with bare assertions.
  if (text === 'Assertion failed.') return 'its structure contradicts itself';
  if (text.includes('internal error')) return 'it ends too early';
  return text.split('\n', 1)[0]!.replace(/\.$/, '');
}
