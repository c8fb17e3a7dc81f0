#!/usr/bin/env node
// Compares our kernels with FFmpeg's C functions on random data (simd/check.c). Needs the toolchain and an FFmpeg
// that was built before (build.mjs); exits with 3 where one of them is missing.
// Usage: node emscripten/check-kernels.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packs, variants } from './packs.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache =
  process.env.EVERYCODEC_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'everycodec');
const work = join(cache, 'work');

const hasToolchain = spawnSync(join(here, 'in-toolchain.sh'), ['emcc', '--version'], { stdio: 'ignore' }).status === 0;
const sources = JSON.parse(readFileSync(join(here, 'sources.json'), 'utf8'));
const source = join(work, 'source', `ffmpeg-${sources.ffmpeg.version}`);
const build = join(work, 'build', 'ffmpeg-simd');
if (!hasToolchain || !existsSync(source) || !existsSync(join(build, 'libavcodec', 'libavcodec.a'))) {
  console.log('no toolchain, or no FFmpeg built with it: see emscripten/README.md');
  process.exit(3);
}

const folder = join(work, 'build', 'check-kernels');
mkdirSync(folder, { recursive: true });
// check.c among them.
const kernels = readdirSync(join(here, 'simd')).filter((file) => file.endsWith('.c'));
const wraps = ['avc-decode', 'vpx-decode'].flatMap((pack) => Object.values(packs[pack].simd).flat());
const command = [
  'emcc',
  ...variants.simd.flags,
  ...[build, source].map((path) => `-I${path}`),
  ...kernels.map((file) => join(here, 'simd', file)),
  ...['libavcodec/libavcodec.a', 'libavutil/libavutil.a'].map((archive) => join(build, archive)),
  ...wraps.map((symbol) => `-Wl,--wrap=${symbol}`),
  ...['-sALLOW_MEMORY_GROWTH', '-sENVIRONMENT=node', '-sEXIT_RUNTIME', '-o check.cjs'],
].join(' ');
const compiled = spawnSync(join(here, 'in-toolchain.sh'), ['bash', '-c', command], { cwd: folder, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(2);
process.exit(spawnSync(process.execPath, [join(folder, 'check.cjs')], { stdio: 'inherit' }).status ?? 2);
