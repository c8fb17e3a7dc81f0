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

/** Packs the package into a folder; returns the tarball's name. */
function pack(folder: string): string {
  npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], repository);
  return readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
}

/** An empty folder that `fill` fills; it goes again where that fails. */
function inNewFolder(fill: (folder: string) => string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'everycodec-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { folder, packageFolder: fill(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Packs the package and unpacks it, without what it depends on. */
export const unpackPackage = (): Installation =>
  inNewFolder((folder) => {
    execFileSync('tar', ['xf', pack(folder)], { cwd: folder });
    return join(folder, 'package');
  });

/** Packs the package and installs it, with others from the registry. */
export const installPackage = (...others: string[]): Installation =>
  inNewFolder((folder) => {
    const tarball = pack(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const quietly = [
      '--prefer-offline',
      '--fetch-retries=1',
      '--fetch-retry-mintimeout=1000',
      '--no-audit',
      '--no-fund',
      '--no-save',
      '--ignore-scripts',
    ];
    npm(['install', ...quietly, `./${tarball}`, ...others], folder);
    rmSync(join(folder, tarball));
    return join(folder, 'node_modules', 'everycodec');
  });
