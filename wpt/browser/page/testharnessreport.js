// Sends a page's results to the server. The driver names the run in the fragment of the page's address, which no test
// looks at; frames within the page have none.
{
  const harnessStatuses = ['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED'];
  const subtestStatuses = ['PASS', 'FAIL', 'TIMEOUT', 'NOTRUN', 'PRECONDITION_FAILED'];
  const parameters = new URLSearchParams(location.hash.slice(1));
  const run = parameters.get('run');

  setup({ output: false, timeout_multiplier: Number(parameters.get('patience') ?? 1) });

  add_completion_callback((tests, { status, message }) => {
    if (run === null) return;
    const subtests = tests.map((test) => ({
      name: test.name,
      status: subtestStatuses[test.status],
      message: test.message,
    }));
    const report = { harness: harnessStatuses[status], message, subtests };
    fetch(`/everycodec-wpt/reports/${run}`, { method: 'POST', body: JSON.stringify(report) });
  });
}
