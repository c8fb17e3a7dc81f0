#!/usr/bin/env node
// Compares our kernels with the C functions of the libraries on random data (simd/check-*). Needs the toolchain and
// the libraries as build.mjs left them in the cache folder; exits with 3 where one of them is missing.
// Usage: node emscripten/check-kernels.mjs [NAME...]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packs, variants } from './packs.mjs';
import { sourceName } from './recipe-hash.mjs';
import { cache } from './sources.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const work = join(cache, 'work');

// Each program: the pack whose kernels it checks, the kernels among them, and the library they stand in for.
const checks = {
  h264: { pack: 'avc-decode', files: /^h264/, library: 'ffmpeg' },
  hevc: { pack: 'hevc-decode', files: /^(hevc|videodsp)/, library: 'ffmpeg' },
  videodsp: { pack: 'avc-decode', files: /^videodsp/, library: 'ffmpeg' },
  vp8: { pack: 'vpx-decode', files: /^vp8/, library: 'ffmpeg' },
  vp9: { pack: 'vpx-decode', files: /^vp9/, library: 'ffmpeg' },
  'av1-cdef': { pack: 'av1-decode', files: /^av1-cdef/, library: 'dav1d' },
  'av1-ipred': { pack: 'av1-decode', files: /^av1-ipred/, library: 'dav1d' },
  'av1-itx': { pack: 'av1-decode', files: /^av1-itx/, library: 'dav1d' },
  'av1-loopfilter': { pack: 'av1-decode', files: /^av1-loopfilter/, library: 'dav1d' },
  'av1-looprestoration': { pack: 'av1-decode', files: /^av1-looprestoration/, library: 'dav1d' },
  'av1-mc': { pack: 'av1-decode', files: /^av1-mc\.c/, library: 'dav1d' },
  'av1-mc-16': { pack: 'av1-decode', files: /^av1-mc-16/, library: 'dav1d' },
  'av1-msac': { pack: 'av1-decode', files: /^av1-msac/, library: 'dav1d' },
  openh264: { pack: 'avc-encode', files: /^openh264/, library: 'openh264', extension: 'cpp' },
  kvazaar: { pack: 'hevc-encode', files: /^kvazaar/, library: 'kvazaar' },
  'vpx-encode': { pack: 'vpx-encode', files: /^vpx/, library: 'libvpx' },
  opus: { pack: 'audio-decode', files: /^opus/, library: 'opus' },
  tx: { pack: 'audio-decode', files: /^tx/, library: 'ffmpeg' },
  // Intrinsics alone, without a library.
  neon: { flags: ['-mfpu=neon', '-Wno-everything', `-I${join(here, 'neon')}`] },
};

const libraries = {
  libvpx: { archives: ['libvpx.a'], includes: (build, source) => [build, source] },
  ffmpeg: {
    archives: ['libavcodec/libavcodec.a', 'libavutil/libavutil.a'],
    includes: (build, source) => [build, source],
  },
  opus: {
    archives: ['.libs/libopus.a'],
    includes: (build, source) => [build, ...['include', 'celt'].map((folder) => join(source, folder))],
  },
  kvazaar: {
    archives: ['libkvazaar.a'],
    includes: (build) => ['', 'extras', 'strategies'].map((folder) => join(build, 'src', folder)),
  },
  openh264: {
    archives: ['libopenh264.a'],
    includes: (build) => [join(build, 'private')],
  },
  dav1d: {
    archives: ['libdav1d.a'],
    includes: (build, source) => [build, source, join(source, 'include')],
  },
};

const sourceOf = (name) => join(work, 'source', sourceName(name));
const buildOf = (name) => join(work, 'build', `${name}-simd`);

const hasToolchain = spawnSync(join(here, 'in-toolchain.sh'), ['emcc', '--version'], { stdio: 'ignore' }).status === 0;

function isBuilt(library) {
  if (!library) return true;
  return (
    existsSync(sourceOf(library)) &&
    libraries[library].archives.every((archive) => existsSync(join(buildOf(library), archive)))
  );
}

function compile(name) {
  const { pack, files, library, flags = [], extension = 'c' } = checks[name];
  const archives = library ? libraries[library].archives : [];
  const includes = library ? libraries[library].includes(buildOf(library), sourceOf(library)) : [];
  const kernels = pack ? Object.entries(packs[pack].simd).filter(([file]) => files.test(file)) : [];
  const folder = join(work, 'build', 'check-kernels');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `${name}.cjs`);
  const command = [
    'emcc',
    ...variants.simd.flags,
    ...flags,
    ...includes.map((path) => `-I${path}`),
    join(here, 'simd', `check-${name}.${extension}`),
    ...kernels.map(([file]) => join(here, 'simd', file)),
    ...archives.map((archive) => join(buildOf(library), archive)),
    ...kernels.flatMap(([, symbols]) => symbols).map((symbol) => `-Wl,--wrap=${symbol}`),
    ...['-sALLOW_MEMORY_GROWTH', '-sENVIRONMENT=node', '-sEXIT_RUNTIME', `-o ${program}`],
  ].join(' ');
  const compiled = spawnSync(join(here, 'in-toolchain.sh'), ['bash', '-c', command], { cwd: folder, stdio: 'inherit' });
  if (compiled.status !== 0) process.exit(2);
  return program;
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
if (!hasToolchain || !wanted.every((name) => isBuilt(checks[name].library))) {
  console.log('no toolchain, or no libraries built with it: see emscripten/README.md');
  process.exit(3);
}
let failed = false;
for (const name of wanted) {
  const { status } = spawnSync(process.execPath, [compile(name)], { stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
