import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../', import.meta.url));

/** Builds dist/ where it is missing or older than the sources. */
export function buildIfNeeded(): void {
  const built = join(repository, 'dist/browser/index.js');
  if (existsSync(built) && statSync(built).mtimeMs >= newestChange(join(repository, 'src'))) return;
  console.log('Building dist/ …');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: repository, stdio: 'inherit', shell: true });
  if (status !== 0) throw new Error('dist/ could not be built');
}

const newestChange = (folder: string): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => statSync(join(folder, path)).mtimeMs),
  );
