/**
 * Fetches the part of web-platform-tests that run.ts needs into wpt/suite: `node --import tsx wpt/fetch-suite.ts`.
 *
 *     --commit HASH   another state of the suite; expectations.json is for the one below
 *     --from URL      another repository
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const repository = 'https://github.com/web-platform-tests/wpt';
const folders = ['webcodecs', 'resources', 'interfaces', 'common'];

/** The beginning of the commit's hash, which git cannot fetch by, but GitHub can tell the rest of. */
const commit = 'faf875d9b84f';

async function wholeHash(abbreviated: string): Promise<string> {
  if (abbreviated.length === 40) return abbreviated;
  const response = await fetch(`https://api.github.com/repos/web-platform-tests/wpt/commits/${abbreviated}`);
  if (!response.ok) throw new Error(`GitHub does not tell commit ${abbreviated}: ${response.status}`);
  return ((await response.json()) as { sha: string }).sha;
}

const { values } = parseArgs({ options: { commit: { type: 'string' }, from: { type: 'string' } } });
const target = fileURLToPath(new URL('./suite/', import.meta.url));
const git = (...args: string[]) => execFileSync('git', args, { cwd: target, stdio: 'inherit' });

mkdirSync(target, { recursive: true });
git('init', '--quiet');
git('sparse-checkout', 'set', ...folders);
git('fetch', '--depth', '1', '--filter=blob:none', values.from ?? repository, await wholeHash(values.commit ?? commit));
git('checkout', '--quiet', 'FETCH_HEAD');
console.log(`${target}: ${folders.join(', ')}`);
