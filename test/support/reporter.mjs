/**
 * The project's reporter for node:test: one line per file, failures and reasons of skips in full, and
 * as the very last line the totals, "N passed, N failed" or "N passed, N failed, N skipped".
 */
import { relative } from 'node:path';
import { inspect } from 'node:util';

export default async function* report(events) {
  const total = newCount();
  let current = null;
  // Nesting of the last finished test: a test that ends after deeper ones is their parent, not counted itself.
  let lastNesting = 0;

  const endFile = () => {
    if (!current) return '';
    const { file, count, milliseconds } = current;
    current = null;
    return `${describe(count)} · ${(milliseconds / 1000).toFixed(1)} s · ${file}\n`;
  };

  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    } else if (type === 'test:diagnostic') {
      // Those without a file are node's own totals.
      if (data.file) yield `  ${data.message}\n`;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const file = data.file ? relative(process.cwd(), data.file) : '?';
      if (current?.file !== file) {
        yield endFile();
        current = { file, count: newCount(), milliseconds: 0 };
        lastNesting = 0;
      }
      if (data.nesting === 0) current.milliseconds += data.details.duration_ms;
      const isParent = data.nesting < lastNesting || data.details.type === 'suite';
      lastNesting = data.nesting;
      const outcome = outcomeOf(type, data);
      // A parent counts where it has an outcome of its own: skipped as a whole, or failed beside its children.
      if (isParent && (outcome === 'passed' || isFailureOfChildren(data))) continue;
      current.count[outcome]++;
      total[outcome]++;
      if (outcome === 'failed') yield failure(file, data);
      if (outcome === 'skipped') yield `  skipped: ${data.name}${reason(data.skip ?? data.todo)}\n`;
    }
  }
  yield endFile();
  yield `${describe(total)}\n`;
}

function newCount() {
  return { passed: 0, failed: 0, skipped: 0 };
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function outcomeOf(type, { skip, todo }) {
  // An empty reason is reported as such, so only undefined means "not skipped".
  if (skip !== undefined && skip !== false) return 'skipped';
  if (todo !== undefined && todo !== false) return 'skipped';
  return type === 'test:pass' ? 'passed' : 'failed';
}

function isFailureOfChildren({ details }) {
  return details.error?.failureType === 'subtestsFailed';
}

function failure(file, { name, line, details }) {
  // node wraps what a test threw; the wrapper's own stack is node's.
  const error = details.error?.cause ?? details.error;
  const text = error instanceof Error ? (error.stack ?? String(error)) : inspect(error);
  const message = error instanceof Error && !text.includes(error.message) ? `${error.message}\n${text}` : text;
  return `\nFAILED ${name}\n  ${file}${line ? `:${line}` : ''}\n${message.replace(/^/gm, '  ')}\n\n`;
}

function reason(value) {
  return typeof value === 'string' && value ? ` (${value})` : '';
}
