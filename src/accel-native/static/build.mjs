#!/usr/bin/env node
// Builds the native engine for distribution: libraries from pinned sources, static, in the cache folder; the addon
// linked with them; what it asks of a system checked; the package in dist/accel/linux-ARCH/. A library is built anew
// when its recipe changes, or that of one it needs.
//
// Usage: node src/accel-native/static/build.mjs [x64 | arm64] [LIBRARY...]
//        (default: this machine's architecture, all libraries and the package)
//   EVERYCODEC_SOURCES  a folder with the source tarballs (else Debian, then upstream)
//   EVERYCODEC_CACHE    the cache folder (default ~/.cache/everycodec)
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256, unpackSource } from '../../../emscripten/sources.mjs';
import { libraries, sources } from './libraries.mjs';
import { linkAddon } from './link.mjs';
import { architectures, compilers, inToolchain, setUpToolchain, toolchainOutput, work } from './toolchain.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const read = (path) => readFileSync(path, 'utf8');

const flags = `-O3 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -ffile-prefix-map=${work}=.`;

function patchText(name) {
  const { patch } = libraries[name];
  return patch ? read(join(here, patch)) : '';
}

async function unpackLibrary(name) {
  const patch = patchText(name);
  const suffix = patch ? `-${sha256(patch).slice(0, 8)}` : '';
  const folder = join(work, 'source', `${name}-${sources[name].version}${suffix}`);
  return unpackSource(name, sources[name], patch, folder);
}

const variableOf = (name) => `$\{${name}}`;

// A prefix is moved when it is complete, and found wherever the cache folder is.
function makeRelocatable(prefix) {
  const folder = join(prefix, 'lib', 'pkgconfig');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8').replaceAll(prefix, variableOf('prefix'));
    writeFileSync(path, text.replace(/^prefix=.*$/m, `prefix=${variableOf('pcfiledir')}/../..`));
  }
}

async function buildLibrary(name, architecture, built) {
  if (built[name]) return built[name];
  const { files = [], needs = [] } = libraries[name];
  const script = join(here, 'libraries', `${name}.sh`);
  const prefixes = [];
  for (const need of needs) prefixes.push(await buildLibrary(need, architecture, built));
  const tools = await compilers(architecture);
  const inputs = [script, ...files.map((file) => join(here, file))].map(read);
  const key = sha256(
    [...inputs, patchText(name), sources[name].sha256, flags, tools.OPTIONS, compiler, ...prefixes].join('\0'),
  );
  const prefix = join(work, 'install', `${name}-${architecture}-${key.slice(0, 12)}`);
  built[name] = prefix;
  if (existsSync(prefix)) return prefix;
  console.log(`building ${name} (${architecture})`);
  const folder = join(work, 'build', `${name}-${architecture}`);
  const partial = `${prefix}.partial`;
  for (const path of [folder, partial]) rmSync(path, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const environment = {
    ...tools,
    ...Object.fromEntries(needs.map((need, index) => [need.toUpperCase().replaceAll('-', '_'), prefixes[index]])),
    SOURCE: await unpackLibrary(name),
    PREFIX: partial,
    HERE: here,
    WORK: work,
    CFLAGS: flags,
    CXXFLAGS: flags,
    JOBS: cpus().length,
    PKG_CONFIG_LIBDIR: prefixes.map((path) => join(path, 'lib', 'pkgconfig')).join(':'),
  };
  const assignments = Object.entries(environment).map(([variable, value]) => `export ${variable}='${value}'`);
  writeFileSync(join(folder, 'environment'), `${assignments.join('\n')}\n`);
  inToolchain(folder, {}, `. ./environment && bash ${script} > log.txt 2>&1 || { tail -n 40 log.txt; exit 1; }`);
  makeRelocatable(partial);
  renameSync(partial, prefix);
  return prefix;
}

const [architecture, names] =
  process.argv[2] in architectures ? [process.argv[2], process.argv.slice(3)] : [process.arch, process.argv.slice(2)];
const unknown = names.filter((name) => !(name in libraries));
if (!(architecture in architectures) || unknown.length > 0) {
  console.error(
    `usage: node src/accel-native/static/build.mjs [${Object.keys(architectures).join(' | ')}] [LIBRARY...]`,
  );
  console.error(`libraries: ${Object.keys(libraries).join(', ')}`);
  process.exit(2);
}
setUpToolchain();
const compiler = toolchainOutput(work, 'clang --version');
const built = {};
for (const name of names.length > 0 ? names : Object.keys(libraries)) await buildLibrary(name, architecture, built);
if (names.length === 0) {
  const folders = {};
  for (const name of Object.keys(libraries)) folders[name] = { prefix: built[name], source: await unpackLibrary(name) };
  await linkAddon(architecture, folders);
}
