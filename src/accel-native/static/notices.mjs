// THIRD_PARTY_NOTICES.md of the package, from the licences in the libraries' sources.
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraries, sources } from './libraries.mjs';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const introduction = `# Third-party notices

\`everycodec-accel.node\` contains the libraries below, linked statically. The sources are those that everycodec’s
repository names in \`emscripten/sources.json\` and \`src/accel-native/static/sources.json\`, with the hashes of the files
and where to get them, and with the changes that \`src/accel-native/static/patches/\` and
\`emscripten/patches/kvazaar.patch\` make.
`;

const rebuilding = `FFmpeg is configured without \`--enable-gpl\`, \`--enable-version3\` and \`--enable-nonfree\`. As the LGPL asks, you may
replace FFmpeg and LAME, or change them: everycodec’s own code is under the MIT licence, in the same repository, and

    node src/accel-native/static/build.mjs

builds this package from all these sources; \`src/accel-native/static/README.md\` says what it needs. Change a library by
a patch, its version in \`sources.json\` or its script in \`src/accel-native/static/libraries/\`. The addon can also be
linked with the system’s shared libraries, which can be replaced one by one: \`make -C src/accel-native\`. You may reverse
engineer the package to debug such changes.

libva, its drivers and NVIDIA’s libraries are not part of the package: they are looked for when they are asked for.
`;

// Compiled in, and not from a tarball of ours.
const others = [
  { title: 'node-addon-api', licence: 'MIT', folder: 'node-addon-api', notice: 'LICENSE.md' },
  { title: 'node-api-headers', licence: 'MIT', folder: 'node-api-headers', notice: 'LICENSE' },
];

const runtime = [
  '| libstdc++, libgcc (GCC 8) | 8.4.0 | GPL-3.0-or-later WITH GCC-exception-3.1 |',
  '| glibc’s start-up code and static parts | 2.27 | LGPL-2.1-or-later, with exceptions for linking |',
];

/** The first comment of a source file, without its frame. */
export function firstComment(text) {
  const assembly = /^(?:;.*\n)+/.exec(text);
  const comment = assembly?.[0] ?? /\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^ ?[;/]?\*+[;/]? ?|^;[* ]*|\*+\/?$/g, '').trimEnd())
    .join('\n')
    .trim();
}

function licenceText(path) {
  const text = readFileSync(path, 'utf8');
  return ['.h', '.asm'].includes(extname(path)) ? firstComment(text) : text;
}

const section = (title, texts) =>
  `## ${title}\n\n${texts.map((text) => `\`\`\`\`\n${text.trimEnd()}\n\`\`\`\`\n`).join('\n')}`;

/** folders: where the source of each library is. */
export function notices(folders) {
  const versionOf = ({ folder }) => JSON.parse(readFileSync(join(modules, folder, 'package.json'), 'utf8')).version;
  const rows = [
    ...Object.entries(libraries).map(
      ([name, { title }]) => `| ${title} | ${sources[name].version} | ${sources[name].license} |`,
    ),
    ...others.map((other) => `| ${other.title} | ${versionOf(other)} | ${other.licence} |`),
    ...runtime,
  ];
  const sections = [
    ...Object.entries(libraries).map(([name, { title, notices: files }]) =>
      section(
        title,
        files.map((file) => licenceText(join(folders[name].source, file))),
      ),
    ),
    ...others.map(({ title, folder, notice }) => section(title, [licenceText(join(modules, folder, notice))])),
  ];
  const table = ['| library | version | licence |', '| --- | --- | --- |', ...rows].join('\n');
  return [introduction, `${table}\n`, rebuilding, ...sections].join('\n');
}
