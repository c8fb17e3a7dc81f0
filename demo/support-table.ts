/** The support matrix on the page: said in words and signs, coloured besides. */
import { byId, make } from './dom.ts';
import { askForSupport, type Feature, type SupportRow, type SupportSide, type Verdict } from './support.ts';

const body = byId('support-rows', HTMLTableSectionElement);

const verdicts: Record<Verdict, string> = { yes: '✓ yes', partly: '◐ partly', no: '✗ no' };

const titles: Record<SupportRow['kind'], string> = { video: 'Video', audio: 'Sound', image: 'Images' };

export async function showSupport(): Promise<void> {
  let kind: SupportRow['kind'] | undefined;
  await askForSupport((row) => {
    if (row.kind !== kind) body.append(titleRow(titles[row.kind]));
    kind = row.kind;
    body.append(...rowsOf(row));
  });
}

function titleRow(title: string): HTMLTableRowElement {
  const cell = make('th', { text: title });
  cell.colSpan = 5;
  cell.scope = 'rowgroup';
  return make('tr', { className: 'group' }, cell);
}

function rowsOf({ name, decode, encode }: SupportRow): HTMLTableRowElement[] {
  const button = make('button', { text: name, className: 'expand' });
  button.type = 'button';
  button.ariaExpanded = 'false';
  const heading = make('th', {}, button);
  heading.scope = 'row';
  const details = detailsRow(decode, encode);
  button.onclick = () => {
    details.hidden = !details.hidden;
    button.ariaExpanded = String(!details.hidden);
  };
  return [make('tr', {}, heading, ...verdictCells(decode), ...verdictCells(encode)), details];
}

const verdictCells = (side: SupportSide | null): HTMLTableCellElement[] =>
  side
    ? [side.ours, side.native].map((verdict) =>
        make('td', { text: verdicts[verdict], className: `verdict ${verdict}` }),
      )
    : [make('td', { text: '–' }), make('td', { text: '–' })];

function detailsRow(decode: SupportSide, encode: SupportSide | null): HTMLTableRowElement {
  const cell = make('td', {}, featureList('Decode', decode));
  if (encode) cell.append(featureList('Encode', encode));
  cell.colSpan = 5;
  const row = make('tr', { className: 'details' }, cell);
  row.hidden = true;
  return row;
}

function featureList(title: string, { features }: SupportSide): HTMLElement {
  const lists = [
    ['both', features.filter(({ ours, native }) => ours && native)],
    ['everycodec only', features.filter(({ ours, native }) => ours && !native)],
    ['this browser only', features.filter(({ ours, native }) => !ours && native)],
    ['neither', features.filter(({ ours, native }) => !ours && !native)],
  ] as const;
  const lines = lists.filter(([, found]) => found.length > 0).map(([who, found]) => featureLine(who, found));
  return make('div', {}, make('h3', { text: title }), make('ul', {}, ...lines));
}

const featureLine = (who: string, features: readonly Feature[]): HTMLElement =>
  make('li', {}, make('b', { text: `${who}: ` }), document.createTextNode(features.map(({ name }) => name).join(', ')));
