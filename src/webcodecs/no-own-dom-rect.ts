/** In place of own-dom-rect.ts in builds for browsers, which all have the class. */
export const OwnDOMRectReadOnly = undefined;
