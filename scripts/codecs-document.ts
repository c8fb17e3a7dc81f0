/** docs/codecs.md: the support matrix as Markdown. */
import { type CellLine, cellLines, codecStrings, libraryVersions } from '../src/cli/codecs/cells.ts';
import { readManifest } from '../src/cli/codecs/manifest.ts';
import { type Matrix, type MatrixRow, type Pack, supportMatrix } from '../src/cli/codecs/matrix.ts';
import { javascriptLimit, packLimits } from './budget.ts';

export const documentFile = new URL('../docs/codecs.md', import.meta.url);

/** The whole file as it should be. */
export async function codecsDocument(): Promise<string> {
  return render(await supportMatrix(readManifest()));
}

const render = ({ video, audio, image, packs }: Matrix): string => `<!-- Written by \`npm run docs\`; do not edit. -->

# Codecs

What the classes answer to \`isConfigSupported()\` and \`isTypeSupported()\`, asked with the examples in
\`src/cli/codecs/examples.ts\`. \`everycodec codecs\` prints the same table, \`everycodec codecs --json\` for programs.
Names such as \`bitrateMode\` are members of the configuration; \`quantizer\` is the range of the option of \`encode()\`.

## Video

${codecTable(video)}

## Audio

${codecTable(audio)}

## Images

${codecTable(image)}

## Packs

A pack is loaded when the first codec that needs it is configured. Its WebAssembly, compressed with brotli, is held below
a limit by \`test/budget.test.ts\`; \`everycodec codecs\` prints the sizes themselves. The JavaScript of the browser build,
minified and compressed, is ${javascriptLimit} KB at most, and what only an \`ImageDecoder\` needs comes on top.

${packTable(packs)}
`;

function codecTable(rows: readonly MatrixRow[]): string {
  const isEncoded = rows.some(({ encode }) => encode);
  return table([
    ['codec', 'e.g.', 'decode', ...(isEncoded ? ['encode'] : [])],
    ...rows.map((row) => [
      row.name,
      codecStrings(row)
        .map((codec) => `\`${codec}\``)
        .join('<br>'),
      cell(cellLines(row.decode)),
      ...(isEncoded ? [cell(cellLines(row.encode))] : []),
    ]),
  ]);
}

const cell = (lines: readonly CellLine[]): string =>
  lines.map(({ title, items }) => (title ? `\`${title}\`: ` : '') + items.join(', ')).join('<br>') || '–';

/** Limits, for sizes change with every build. */
const packTable = (packs: readonly Pack[]): string =>
  table([
    ['pack', 'at most', 'libraries'],
    ...packs.map((pack) => [`\`${pack.name}\``, `${packLimits[pack.name]} KB`, libraryVersions(pack).join(', ')]),
  ]);

function table([header, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header!), line(header!.map(() => '---')), ...rows.map(line)].join('\n');
}
