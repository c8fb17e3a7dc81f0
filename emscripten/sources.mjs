// The libraries' sources: fetched from a folder, Debian or upstream, checked against a pinned hash, kept in the cache
// folder, unpacked and patched. The packs and the native engine are built from the same ones.
//
//   EVERYCODEC_SOURCES  a folder with the source tarballs (else Debian, then upstream)
//   EVERYCODEC_CACHE    the cache folder (default ~/.cache/everycodec)
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cache =
  process.env.EVERYCODEC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'everycodec');

export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

async function download(address) {
  const response = await fetch(address).catch(() => undefined);
  return response?.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
}

// The mirror that is set, or the one that a toolchain came from.
function debianMirror() {
  const lists = [join(cache, 'forky'), join(cache, 'accel', 'toolchain')].map((root) =>
    join(root, 'etc', 'apt', 'sources.list'),
  );
  const list = lists.find((path) => existsSync(path));
  return process.env.DEBIAN_MIRROR ?? (list ? /^deb (\S+)/m.exec(readFileSync(list, 'utf8'))?.[1] : undefined);
}

// Debian's tarball and upstream's hold the same files in different wrappings; the hash is of the first,
// so upstream only serves where the two are the same file; some sources name none.
export async function fetchSource(name, { file, sha256: expected, debian, upstream }) {
  const tarballs = join(cache, 'work', 'tarballs');
  const kept = join(tarballs, file);
  if (existsSync(kept)) return kept;
  const folder = process.env.EVERYCODEC_SOURCES;
  const mirror = debianMirror();
  const candidates = [
    async () => folder && existsSync(join(folder, file)) && readFileSync(join(folder, file)),
    async () => debian && mirror && download(`${mirror}/${debian}${encodeURIComponent(file)}`),
    async () => upstream && download(upstream),
  ];
  for (const candidate of candidates) {
    const data = await candidate();
    if (data && sha256(data) === expected) {
      mkdirSync(tarballs, { recursive: true });
      writeFileSync(kept, data);
      return kept;
    }
  }
  throw new Error(
    `no source of ${name} with SHA-256 ${expected}: put ${file} into a folder and set EVERYCODEC_SOURCES, or set DEBIAN_MIRROR`,
  );
}

/** The sources of a library in a folder, with our patch (a text). */
export async function unpackSource(name, source, patch, folder) {
  if (existsSync(folder)) return folder;
  const tarball = await fetchSource(name, source);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  if (tarball.endsWith('.deb')) {
    const input = execFileSync('ar', ['p', tarball, 'data.tar.xz'], { maxBuffer: 1 << 28 });
    execFileSync('tar', ['xJ', '-C', partial], { input });
  } else {
    const depth = source.topFolder === false ? 0 : 1;
    execFileSync('tar', ['xf', tarball, '-C', partial, `--strip-components=${depth}`]);
  }
  if (patch) execFileSync('patch', ['--strip=1', '--silent', '--directory', partial], { input: patch });
  renameSync(partial, folder);
  return folder;
}
