// The last steps: the addon is linked, checked and packed.
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problemsOf, problemsOfLicence } from './check-binary.mjs';
import { notices } from './notices.mjs';
import { compilers, inToolchain, toolchainOutput, work } from './toolchain.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '..', '..', '..');
const readJson = (path) => JSON.parse(readFileSync(join(repository, path), 'utf8'));

async function runMakefile(architecture, folders, output) {
  const { CC, CXX, AR } = await compilers(architecture);
  const folder = join(work, 'build', `addon-${architecture}`);
  // make would not notice that flags are others.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const prefixes = Object.values(folders).map(({ prefix }) => prefix);
  const quote = (text) => `'${text}'`;
  // As in a system, where headers are found without pkg-config, and LAME has no file for it.
  const includes = prefixes.map((prefix) => `-I${prefix}/include`).join(' ');
  const hideSources = `-ffile-prefix-map=${repository}=. -ffile-prefix-map=${work}=.`;
  // The Makefile compiles and links with CXX.
  const linking = `-L${folders.lame.prefix}/lib -Wl,--gc-sections -Wl,--version-script=${join(here, 'exports.map')}`;
  const variables = {
    STATIC: '1',
    BUILD: folder,
    OUT: output,
    CC: `${CC} ${includes} ${hideSources}`,
    CXX: `${CXX} ${includes} ${hideSources} --start-no-unused-arguments ${linking} --end-no-unused-arguments`,
    AR,
    KVAZAAR_SOURCE: folders.kvazaar.source,
    SIMDE_INCLUDE: join(folders.simde.prefix, 'include'),
  };
  const environment = { PKG_CONFIG_LIBDIR: prefixes.map((prefix) => join(prefix, 'lib', 'pkgconfig')).join(':') };
  const assignments = Object.entries(variables).map(([name, value]) => quote(`${name}=${value}`));
  const make = `make -j"$(nproc)" ${assignments.join(' ')}`;
  const log = join(folder, 'log.txt');
  inToolchain(join(here, '..'), environment, `${make} > ${log} 2>&1 || { tail -n 40 ${log}; exit 1; }`);
}

function check(output, folders) {
  const shown = (tool) => toolchainOutput(work, `${tool} '${output}'`);
  const latin1 = (path) => readFileSync(path, 'latin1');
  const archives = ['libavcodec.a', 'libavutil.a', 'libswresample.a'];
  const problems = [
    ...archives.flatMap((name) => problemsOfLicence(name, latin1(join(folders.ffmpeg.prefix, 'lib', name)))),
    ...problemsOf({
      dynamic: shown('llvm-readelf -d'),
      symbols: shown('llvm-objdump -T'),
      bytes: latin1(output),
      folders: [work, repository],
    }),
  ];
  if (problems.length > 0) throw new Error(`the addon cannot be distributed: it ${problems.join('; it ')}`);
}

function packageJson(architecture) {
  const { version } = readJson('src/accel-native/package.json');
  const { license, engines } = readJson('package.json');
  const name = `@everycodec/accel-linux-${architecture}`;
  return {
    name,
    version,
    description: `The native engine of everycodec for Linux on ${architecture}: libraries included.`,
    license: license.replace(' AND Zlib', ''),
    os: ['linux'],
    cpu: [architecture],
    libc: ['glibc'],
    main: 'everycodec-accel.node',
    files: ['everycodec-accel.node', 'LICENSE', 'THIRD_PARTY_NOTICES.md'],
    engines,
  };
}

export async function linkAddon(architecture, folders) {
  const linked = join(work, 'build', `addon-${architecture}.node`);
  console.log(`linking the addon (${architecture})`);
  await runMakefile(architecture, folders, linked);
  inToolchain(work, {}, `llvm-strip --strip-all '${linked}'`);
  check(linked, folders);
  const output = join(repository, 'dist', 'accel', `linux-${architecture}`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  cpSync(linked, join(output, 'everycodec-accel.node'));
  cpSync(join(repository, 'LICENSE'), join(output, 'LICENSE'));
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(packageJson(architecture), null, 2)}\n`);
  writeFileSync(join(output, 'THIRD_PARTY_NOTICES.md'), notices(folders));
  console.log(`${output}: ${(statSync(linked).size / 2 ** 20).toFixed(1)} MiB`);
}
