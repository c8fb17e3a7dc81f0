// The compiler for each architecture: clang with the C and C++ libraries of an old distribution, so that what it links
// asks for no newer glibc than that one has, whatever this machine runs.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, fetchSource, sha256 } from '../../../emscripten/sources.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
export const work = join(cache, 'accel', 'work');

/** The names that Node has for the architectures, and what others call them. */
export const architectures = {
  x64: { cpu: 'x86_64', triple: 'x86_64-linux-gnu' },
  arm64: { cpu: 'aarch64', triple: 'aarch64-linux-gnu' },
};

/** Runs a command where clang is. */
export function inToolchain(folder, environment, command) {
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const result = spawnSync(join(here, 'in-toolchain.sh'), ['env', ...assignments, 'bash', '-c', command], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) throw new Error(`failed in ${folder}: ${command}`);
}

export function toolchainOutput(folder, command) {
  const result = spawnSync(join(here, 'in-toolchain.sh'), ['bash', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`failed: ${command}\n${result.stderr}`);
  return result.stdout;
}

export function setUpToolchain() {
  mkdirSync(work, { recursive: true });
  const result = spawnSync(join(here, 'setup-toolchain.sh'), { stdio: 'inherit' });
  if (result.status !== 0) process.exit(1);
}

// Packages link to absolute paths, which would lead out of the sysroot.
function makeLinksRelative(root, folder = root) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = lstatSync(path);
    if (status.isDirectory()) makeLinksRelative(root, path);
    if (!status.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/')) continue;
    rmSync(path);
    symlinkSync(relative(folder, join(root, target)), path);
  }
}

// Debian's packages for cross compilers put everything below usr/TRIPLE; as in a system of that architecture:
function moveCrossFiles(root, triple) {
  if (!existsSync(join(root, 'usr', triple))) return;
  symlinkSync(`${triple}/include`, join(root, 'usr', 'include'));
  symlinkSync(`../${triple}/lib`, join(root, 'usr', 'lib', triple));
  symlinkSync('gcc-cross', join(root, 'usr', 'lib', 'gcc'));
}

async function sysroot(architecture) {
  const { mirror, [architecture]: packages } = JSON.parse(readFileSync(join(here, 'sysroot.json'), 'utf8'));
  const key = sha256(JSON.stringify(packages)).slice(0, 12);
  const root = join(work, 'sysroot', `${architecture}-${key}`);
  if (existsSync(root)) return root;
  const partial = `${root}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const [path, hash] of Object.entries(packages)) {
    const file = await fetchSource(basename(path), { file: basename(path), sha256: hash, upstream: mirror + path });
    // The toolchain's root sees only the folder that it shares.
    const copy = join(partial, 'package.deb');
    writeFileSync(copy, readFileSync(file));
    inToolchain(
      partial,
      {},
      'llvm-ar x package.deb && tar xf data.tar.* && rm package.deb data.tar.* control.tar.* debian-binary',
    );
  }
  makeLinksRelative(partial);
  moveCrossFiles(partial, architectures[architecture].triple);
  renameSync(partial, root);
  return root;
}

/** The variables by which the libraries' scripts and the addon's Makefile find the tools. */
export async function compilers(architecture) {
  const { cpu, triple } = architectures[architecture];
  const root = await sysroot(architecture);
  const folder = join(work, 'bin', basename(root));
  mkdirSync(folder, { recursive: true });
  // GCC's libraries are part of what is linked: no version of theirs is asked of a system.
  const options = `--target=${triple} --sysroot=${root} -fuse-ld=lld -static-libgcc`;
  const variables = { CPU: cpu, TRIPLE: triple, OPTIONS: options };
  for (const [variable, tool] of Object.entries({ CC: 'clang', CXX: 'clang++' })) {
    const path = join(folder, `${triple}-${tool}`);
    const library = tool === 'clang++' ? '-static-libstdc++' : '';
    writeFileSync(
      path,
      `#!/bin/sh\nexec ${tool} --start-no-unused-arguments ${options} ${library} --end-no-unused-arguments "$@"\n`,
    );
    chmodSync(path, 0o755);
    variables[variable] = path;
  }
  for (const tool of ['ar', 'nm', 'ranlib', 'strip']) variables[tool.toUpperCase()] = `llvm-${tool}`;
  return variables;
}
