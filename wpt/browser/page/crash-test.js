// Put into pages of crash tests, which have no testharness.js: they pass if the page lives on for a while.
addEventListener('load', () => {
  const run = new URLSearchParams(location.hash.slice(1)).get('run');
  const subtests = [{ name: '(crashtest)', status: 'PASS', message: null }];
  const report = JSON.stringify({ harness: 'OK', message: null, subtests });
  setTimeout(() => fetch(`/everycodec-wpt/reports/${run}`, { method: 'POST', body: report }), 1000);
});
