/** https://drafts.fxtf.org/geometry/#DOMRect: the runtime's own, or ours where there is none. */
import { OwnDOMRectReadOnly } from './own-dom-rect.ts';

export type DOMRectReadOnly = OwnDOMRectReadOnly;
type DOMRectConstructor = typeof OwnDOMRectReadOnly;

export const DOMRectReadOnly: DOMRectConstructor =
  (globalThis as unknown as { DOMRectReadOnly?: DOMRectConstructor }).DOMRectReadOnly ?? OwnDOMRectReadOnly;
