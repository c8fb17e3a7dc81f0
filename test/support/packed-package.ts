/** The package as it is published, in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export const npm = (args: string[], cwd: string): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A folder of a program that depends on the package. */
export interface Installation {
  folder: string;
  /** That of the installed package. */
  packageFolder: string;
  remove(): void;
}

/** Packs the package and installs it, with others from the registry. */
export function installPackage(...others: string[]): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], repository);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts'];
    npm(['install', ...quietly, `./${tarball}`, ...others], folder);
    rmSync(join(folder, tarball));
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, packageFolder: join(folder, 'node_modules', 'everycodec'), remove };
}
