/** The support matrix as a table for a terminal. */
import { type CellLine, cellLines, codecStrings, libraryVersions } from './cells.ts';
import type { Matrix, MatrixRow, Pack, PackSize } from './matrix.ts';

const gap = '  ';
/** Columns of text narrower than this say nothing; lines beyond the widest are hard to follow. */
const narrowest = 64;
const widest = 120;
/** Of what the two columns share; an encoder has more to say. */
const decodeShare = 0.46;

export interface Appearance {
  /** Columns of the terminal. */
  width: number;
  /** Titles in bold. */
  bold: boolean;
}

export function matrixText(matrix: Matrix, { width, bold }: Appearance): string {
  const columns = Math.min(widest, Math.max(narrowest, width));
  const titled = (title: string) => (bold ? `\u001b[1m${title}\u001b[22m` : title);
  const sections = [
    [titled('Video'), ...codecTable(matrix.video, columns)],
    [titled('Audio'), ...codecTable(matrix.audio, columns)],
    [titled('Images'), ...codecTable(matrix.image, columns)],
    [titled('Packs'), ...packTable(matrix.packs, columns)],
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

function codecTable(rows: readonly MatrixRow[], columns: number): string[] {
  const first = widthOf(rows.flatMap((row) => [row.name, ...codecStrings(row)]));
  const isEncoded = rows.some(({ encode }) => encode);
  const rest = columns - first - gap.length;
  const decode = isEncoded ? Math.floor((rest - gap.length) * decodeShare) : rest;
  const widths = isEncoded ? [first, decode, rest - gap.length - decode] : [first, rest];
  const header = ['', 'decode', 'encode'].slice(0, widths.length);
  const cells = rows.flatMap((row) => {
    const blocks = [
      [row.name, ...codecStrings(row)],
      cellText(cellLines(row.decode), widths[1]!),
      ...(isEncoded ? [cellText(cellLines(row.encode), widths[2]!)] : []),
    ];
    return ['', ...besideEachOther(blocks, widths)];
  });
  return [
    ...besideEachOther(
      header.map((title) => [title]),
      widths,
    ),
    ...cells,
  ];
}

function cellText(lines: CellLine[], width: number): string[] {
  return lines.length === 0 ? ['–'] : lines.flatMap((line) => wrap(line, width));
}

/** A list, broken between its items only. */
function wrap({ title, items }: CellLine, width: number): string[] {
  const lines: string[] = [];
  let line = title && `${title}:`;
  items.forEach((item, index) => {
    const word = index < items.length - 1 ? `${item},` : item;
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  });
  return [...lines, line];
}

function besideEachOther(blocks: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const height = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((block, column) => (block[row] ?? '').padEnd(widths[column]!))
      .join(gap)
      .trimEnd(),
  );
}

const kilobytes = (bytes: number): string => String(Math.round(bytes / 1000));

function packTable(packs: readonly Pack[], columns: number): string[] {
  const size = ({ wasm, javascript }: PackSize) => `${kilobytes(wasm)} + ${kilobytes(javascript)}`;
  const sizes = alignRight(['KB', ...packs.map(({ single }) => size(single))]);
  const threaded = alignRight(['threads', ...packs.map(({ threads }) => size(threads))]);
  const name = widthOf(packs.map((pack) => pack.name));
  const widths = [name, sizes[0]!.length, threaded[0]!.length];
  const rest = columns - widths.reduce((sum, width) => sum + width + gap.length, 0);
  const rows = packs.flatMap((pack, index) => {
    const versions = wrap({ title: '', items: libraryVersions(pack) }, rest);
    return besideEachOther([[pack.name], [sizes[index + 1]!], [threaded[index + 1]!], versions], [...widths, rest]);
  });
  return [
    [''.padEnd(name), sizes[0], threaded[0], 'libraries'].join(gap),
    ...rows,
    '',
    'KB of WebAssembly + JavaScript, compressed with brotli',
  ];
}

const widthOf = (cells: readonly string[]): number => Math.max(...cells.map(({ length }) => length));

const alignRight = (cells: readonly string[]): string[] => cells.map((cell) => cell.padStart(widthOf(cells)));
