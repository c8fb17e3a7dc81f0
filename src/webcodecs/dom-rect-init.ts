import * as webidl from './webidl.ts';

export interface DOMRectInit {
  x?: number | undefined;
  y?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
}

/** @internal https://drafts.fxtf.org/geometry/#dictdef-domrectinit */
export const domRectInit = webidl.dictionary<Required<DOMRectInit>>('DOMRectInit', [
  { key: 'height', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'width', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'x', converter: webidl.unrestrictedDouble, default: () => 0 },
  { key: 'y', converter: webidl.unrestrictedDouble, default: () => 0 },
]);
