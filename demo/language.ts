/**
 * uPlot formats numbers in navigator.language, from the moment it is loaded. In a process without a language (the C
 * locale) WebKitGTK's is no language tag, with which Intl throws: English takes its place then.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
