/** What the terminal's table and the one in docs/codecs.md have in common: the words of a cell. */
import type { Answers, MatrixRow, Pack, Support } from './matrix.ts';

/** One line of a cell: a title, empty where the items speak for themselves, and what is supported. */
export interface CellLine {
  title: string;
  items: string[];
}

const libraryNames: Readonly<Record<string, string>> = {
  ffmpeg: 'FFmpeg',
  openh264: 'OpenH264',
  kvazaar: 'Kvazaar',
  aom: 'libaom',
  opus: 'libopus',
  lame: 'LAME',
};

const libraryName = (library: string): string => libraryNames[library] ?? library;

export const libraryVersions = ({ libraries }: Pack): string[] =>
  Object.entries(libraries).map(([library, version]) => `${libraryName(library)} ${version}`);

/** Features whose answers need no title. */
const untitled: ReadonlySet<string> = new Set(['profiles', 'formats', 'channels', 'contents']);

export const supported = (answers: Answers): string[] => Object.keys(answers).filter((label) => answers[label]);

/** Empty where nothing is supported. */
export function cellLines(support: Support | null): CellLine[] {
  if (!support) return [];
  const lines = Object.entries(support.features)
    .map(([feature, answers]) => ({ title: untitled.has(feature) ? '' : feature, items: supported(answers) }))
    .filter(({ items }) => items.length > 0);
  const by = { title: '', items: [`${libraryName(support.library)} ${support.version}`, support.pack] };
  return lines.length > 0 ? [by, ...lines] : [];
}

export const codecStrings = (row: MatrixRow): string[] => supported(row.codecs);
