/** What a page may have to load, in KB of 1000 bytes, compressed with brotli; test/budget.test.ts holds it to that. */

/** Of a pack's WebAssembly alone, in either variant. */
export const packLimits: Readonly<Record<string, number>> = {
  'avc-decode': 400,
  'hevc-decode': 450,
  'vpx-decode': 350,
  'av1-decode': 300,
  'audio-decode': 450,
  image: 600,
  'avc-encode': 220,
  'hevc-encode': 280,
  'vpx-encode': 550,
  'av1-encode': 1200,
  'audio-encode': 500,
};

/** Of the JavaScript that every page loads, minified. */
export const javascriptLimit = 40;
