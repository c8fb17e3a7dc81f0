// What the addon may ask of a system, and what it may show to a process: read from the linked file.

/** The oldest glibc that the package is for. */
export const oldestGlibc = [2, 28];

const systemLibraries = /^(lib(c|m|pthread|dl|rt)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/;
const exported = /^(napi_register_module_v1|node_api_module_get_api_version_v1)$/;
const fromNode = /^(napi|node_api)_/;

const isNewer = ([major, minor], [otherMajor, otherMinor]) =>
  major > otherMajor || (major === otherMajor && minor > otherMinor);

/** The dynamic symbols in what `llvm-objdump -T` prints: value, kind, section, size, maybe a version, name. */
export function dynamicSymbols(text) {
  const line = /^[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+ +(.+)$/gm;
  return [...text.matchAll(line)].map(([, kind, section, rest]) => {
    const words = rest.split(/\s+/);
    return {
      name: words.at(-1),
      version: words.length > 1 ? words[0].replace(/[()]/g, '') : undefined,
      isDefined: section !== '*UND*',
      isWeak: kind.includes('w'),
    };
  });
}

function problemOfSymbol({ name, version, isDefined, isWeak }) {
  if (isDefined) return exported.test(name) ? undefined : `exports ${name}`;
  const glibc = /^GLIBC_(\d+)\.(\d+)/.exec(version ?? '');
  if (glibc) {
    return isNewer([Number(glibc[1]), Number(glibc[2])], oldestGlibc) ? `asks for ${name} of ${version}` : undefined;
  }
  if (version) return `asks for ${name} of ${version}`;
  return isWeak || fromNode.test(name) ? undefined : `lacks ${name}`;
}

/**
 * What is wrong with a binary, given what `llvm-readelf -d` and `llvm-objdump -T` print of it, its bytes as a string
 * (latin1) and the folders that it must not name.
 */
export function problemsOf({ dynamic, symbols, bytes, folders }) {
  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
  const list = dynamicSymbols(symbols);
  const problems = [
    ...needed.filter((name) => !systemLibraries.test(name)).map((name) => `needs ${name}`),
    ...list.map(problemOfSymbol).filter((problem) => problem),
    ...folders.filter((folder) => bytes.includes(folder)).map((folder) => `names the folder ${folder}`),
  ];
  if (!list.some(({ name, isDefined }) => isDefined && exported.test(name))) problems.push('is no addon');
  return problems;
}

/** What is wrong with the licence that an archive of FFmpeg's (its bytes as latin1) says it has. */
export function problemsOfLicence(name, bytes) {
  const licences = [...bytes.matchAll(/lib\w+ license: ([\w. ]+)/g)].map(([, licence]) => licence);
  if (licences.length === 0) return [`${name} says nothing about its licence`];
  return licences
    .filter((licence) => licence !== 'LGPL version 2.1 or later')
    .map((licence) => `${name} is ${licence}`);
}
