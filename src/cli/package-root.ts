import { existsSync, readFileSync } from 'node:fs';

/** The folder of the package, wherever in it the running file was bundled to. */
export function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return folder;
}

export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8')).version;
}
