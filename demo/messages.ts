/** The two lines that speak to the person: what goes on, and what went wrong. */
import { byId } from './dom.ts';
import { DemoError, reasonOf } from './errors.ts';

const status = byId('status', HTMLElement);
const problem = byId('problem', HTMLElement);

export function say(text: string): void {
  status.textContent = text;
}

export function clearProblem(): void {
  problem.hidden = true;
  problem.textContent = '';
}

/** One clear line; what was not expected is kept for the console, too. */
export function showProblem(error: unknown): void {
  if (!(error instanceof DemoError)) console.error(error);
  problem.textContent = reasonOf(error);
  problem.hidden = false;
}

/** What nothing else has caught must not end in silence. */
export function showUncaughtProblems(): void {
  addEventListener('error', ({ error, message }) => showProblem(error ?? new Error(message)));
  addEventListener('unhandledrejection', ({ reason }) => showProblem(reason));
}
