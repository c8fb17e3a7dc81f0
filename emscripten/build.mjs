#!/usr/bin/env node
// Builds packs: sources are fetched and checked, libraries built once per variant, packs linked
// and entered in dist/wasm/manifest.json. Everything but the packs stays in the cache folder.
//
// Usage: node emscripten/build.mjs PACK... | LIBRARY... | all | libraries
//   EVERYCODEC_SOURCES  a folder with the source tarballs (else Debian, then upstream)
//   EVERYCODEC_CACHE    the cache folder (default ~/.cache/everycodec)
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { withoutTopLevelAwait } from './glue-javascript.mjs';
import { packs, variants } from './packs.mjs';
import { recipeHash, scriptText, sourceName } from './recipe-hash.mjs';
import { cache, sha256, unpackSource } from './sources.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '..');
const work = join(cache, 'work');
const output = join(repository, 'dist', 'wasm');
const sources = JSON.parse(readFileSync(join(here, 'sources.json'), 'utf8'));

function inToolchain(folder, environment, command) {
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const result = spawnSync(join(here, 'in-toolchain.sh'), ['env', ...assignments, 'bash', '-c', command], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) throw new Error(`failed in ${folder}: ${command}`);
}

const toolchainOutput = (command) =>
  execFileSync(join(here, 'in-toolchain.sh'), ['bash', '-c', command], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();

const patchOf = (name) => join(here, 'patches', `${name}.patch`);
const patchText = (name) => (existsSync(patchOf(name)) ? readFileSync(patchOf(name), 'utf8') : '');

const unpackLibrary = (name) =>
  unpackSource(name, sources[name], patchText(name), join(work, 'source', sourceName(name)));

function compilerFlags(variant) {
  return [...variants[variant].flags, `-ffile-prefix-map=${work}=.`, `-ffile-prefix-map=${here}=.`].join(' ');
}

async function buildLibrary(name, variant) {
  const source = await unpackLibrary(name);
  const script = join(here, 'libraries', `${name}.sh`);
  // What it is built against: its script finds them as e.g. ZLIB.
  const needs = {};
  for (const need of sources[name].needs ?? []) needs[need.toUpperCase()] = await buildLibrary(need, variant);
  const inputs =
    scriptText(name) + patchText(name) + sources[name].sha256 + compilerFlags(variant) + Object.values(needs).join();
  const key = sha256(inputs).slice(0, 12);
  const prefix = join(work, 'install', `${name}-${variant}-${key}`);
  if (existsSync(prefix)) return prefix;
  console.log(`building ${name} (${variant})`);
  const folder = join(work, 'build', `${name}-${variant}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const partial = `${prefix}.partial`;
  rmSync(partial, { recursive: true, force: true });
  inToolchain(
    folder,
    {
      ...needs,
      SOURCE: source,
      PREFIX: partial,
      CFLAGS: compilerFlags(variant),
      VARIANT: variant,
      JOBS: cpus().length,
      NM: 'emnm',
      NEON: join(here, 'neon'),
      KERNELS: join(here, 'simd'),
    },
    `bash ${script} > log.txt 2>&1 || { tail -n 40 log.txt; exit 1; }`,
  );
  execFileSync('mv', [partial, prefix]);
  return prefix;
}

// FFmpeg's registries, cut down to the pack's own codecs: these files stand in for the generated ones.
async function ffmpegRegistry(pack, variant, folder) {
  const { decoders = [], encoders = [], bitstreamFilters = [] } = packs[pack].ffmpeg;
  const prefix = await buildLibrary('ffmpeg', variant);
  const source = await unpackLibrary('ffmpeg');
  const list = (type, names, variable) =>
    `static const ${type} * const ${variable}[] = {\n${names.map((name) => `    &${name},\n`).join('')}    NULL };\n`;
  mkdirSync(join(folder, 'libavcodec'), { recursive: true });
  const codecs = [...decoders.map((name) => `ff_${name}_decoder`), ...encoders.map((name) => `ff_${name}_encoder`)];
  writeFileSync(join(folder, 'libavcodec', 'codec_list.c'), list('FFCodec', codecs, 'codec_list'));
  writeFileSync(join(folder, 'libavcodec', 'parser_list.c'), list('FFCodecParser', [], 'parser_list'));
  writeFileSync(
    join(folder, 'libavcodec', 'bsf_list.c'),
    list(
      'FFBitStreamFilter',
      ['null', ...bitstreamFilters].map((name) => `ff_${name}_bsf`),
      'bitstream_filters',
    ),
  );
  return {
    // FFmpeg's own files need the headers of its source tree, which shadow the installed ones.
    registryIncludes: [folder, join(prefix, 'private'), source, join(prefix, 'include')],
    include: join(prefix, 'include'),
    registrySources: ['allcodecs', 'parsers', 'bitstream_filters'].map((name) =>
      join(source, 'libavcodec', `${name}.c`),
    ),
    archives: ['avcodec', 'swresample', 'avutil'].map((name) => join(prefix, 'lib', `lib${name}.a`)),
  };
}

async function linkPack(pack, variant) {
  const recipe = packs[pack];
  const folder = join(work, 'build', `${pack}-${variant}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const includes = [join(here, 'glue')];
  const registry = recipe.libraries.includes('ffmpeg') ? await ffmpegRegistry(pack, variant, folder) : undefined;
  const archives = [];
  for (const library of recipe.libraries) {
    if (library === 'ffmpeg') {
      includes.push(registry.include);
      archives.push(...registry.archives);
    } else {
      const prefix = await buildLibrary(library, variant);
      includes.push(join(prefix, 'include'));
      if (recipe.privateHeaders?.includes(library)) includes.push(join(prefix, 'private'));
      archives.push(...recipe.archives[library].map((name) => join(prefix, 'lib', name)));
    }
  }
  console.log(`linking ${pack} (${variant})`);
  const name = `${pack}${variants[variant].suffix}`;
  const exported = ['malloc', 'free', ...recipe.exports].map((symbol) => `_${symbol}`).join(',');
  const include = (paths) => paths.map((path) => `-I${path}`).join(' ');
  const compilations = [
    ...recipe.glue.map((file) => `-Wall -Wextra ${include(includes)} -c ${join(here, 'glue', file)}`),
    ...Object.keys(recipe.simd ?? {}).map(
      (file) => `-Wall -Wextra ${include(registry?.registryIncludes ?? includes)} -c ${join(here, 'simd', file)}`,
    ),
    ...(registry?.registrySources ?? []).map(
      (file) => `-DHAVE_AV_CONFIG_H -Wno-deprecated-declarations ${include(registry.registryIncludes)} -c ${file}`,
    ),
  ];
  const objects = compilations.map((_, index) => `${index}.o`);
  const steps = compilations.map((options, index) => `emcc ${compilerFlags(variant)} ${options} -o ${objects[index]}`);
  const wraps = Object.values(recipe.simd ?? {})
    .flat()
    .map((symbol) => `-Wl,--wrap=${symbol}`);
  let command = ['set -e', ...steps, ''].join('\n');
  command += `emcc ${[...compilerFlags(variant).split(' '), ...objects, ...archives, ...variants[variant].link, ...(recipe.link ?? []), ...wraps].join(' ')} \
    -sEXPORTED_FUNCTIONS=${exported} -o ${name}.js\n`;
  inToolchain(folder, {}, command);
  const javascript = join(folder, `${name}.js`);
  writeFileSync(javascript, withoutTopLevelAwait(readFileSync(javascript, 'utf8')));
  mkdirSync(output, { recursive: true });
  for (const file of [`${name}.js`, `${name}.wasm`]) {
    cpSync(join(folder, file), join(output, file));
    chmodSync(join(output, file), 0o644);
  }
  return name;
}

function describe(file) {
  const data = readFileSync(join(output, file));
  const brotli = brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
  });
  return { sha256: sha256(data), bytes: data.length, brotliBytes: brotli.length };
}

function readManifest() {
  const path = join(output, 'manifest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { packs: {} };
}

function linkStandalone(pack) {
  const { folder, sources: files, flags } = packs[pack].standalone;
  const target = join(work, 'build', pack);
  mkdirSync(target, { recursive: true });
  console.log(`linking ${pack}`);
  inToolchain(join(here, folder), {}, `emcc ${flags.join(' ')} ${files.join(' ')} -o ${join(target, `${pack}.wasm`)}`);
  cpSync(join(target, `${pack}.wasm`), join(output, `${pack}.wasm`));
  chmodSync(join(output, `${pack}.wasm`), 0o644);
}

async function linkVariants(pack) {
  const names = [];
  for (const variant of Object.keys(variants)) names.push(await linkPack(pack, variant));
  return names.flatMap((name) => [`${name}.js`, `${name}.wasm`]);
}

async function buildPack(pack) {
  const isStandalone = 'standalone' in packs[pack];
  if (isStandalone) linkStandalone(pack);
  const files = isStandalone ? [`${pack}.wasm`] : await linkVariants(pack);
  const entry = {
    recipe: recipeHash(pack),
    compiler: toolchainOutput('emcc --version | head -n 1'),
    libraries: Object.fromEntries(packs[pack].libraries.map((name) => [name, sources[name].version])),
    files: {},
  };
  for (const file of files) entry.files[file] = describe(file);
  const manifest = readManifest();
  manifest.packs[pack] = entry;
  manifest.packs = Object.fromEntries(Object.entries(manifest.packs).sort(([a], [b]) => a.localeCompare(b)));
  writeFileSync(join(output, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter(
  (name) => name !== 'all' && name !== 'libraries' && !(name in packs) && !(name in sources),
);
if (wanted.length === 0 || unknown.length > 0) {
  console.error(`usage: node emscripten/build.mjs PACK... | all    packs: ${Object.keys(packs).join(', ')}`);
  process.exit(2);
}
if (wanted.includes('libraries')) {
  for (const variant of Object.keys(variants))
    for (const name of Object.keys(sources)) await buildLibrary(name, variant);
} else {
  for (const name of wanted.includes('all') ? Object.keys(packs) : wanted) {
    if (name in packs) await buildPack(name);
    else for (const variant of Object.keys(variants)) await buildLibrary(name, variant);
  }
}
