#!/usr/bin/env node
import { help, parseCommand } from './arguments.ts';
import { codecsReport } from './codecs/codecs.ts';
import { CommandError, reasonOf } from './errors.ts';
import { packageVersion } from './package-root.ts';
import { startProgress } from './progress.ts';
import { resultLine } from './report.ts';
import { transcode } from './transcode.ts';

async function run(argv: string[]): Promise<void> {
  const command = parseCommand(argv);
  if (command.kind === 'help') return console.log(help);
  if (command.kind === 'version') return console.log(packageVersion());
  if (command.kind === 'codecs') return console.log(await codecsReport(process.stdout, command.json));

  const progress = startProgress(process.stderr);
  const { summary, fault } = await transcode(command.job, progress).finally(() => progress.stop());
  console.log(resultLine(summary));
  if (fault) throw fault;
}

function fail(error: unknown): void {
  const debug = process.env.EVERYCODEC_DEBUG === '1';
  console.error(debug ? error : `everycodec: ${reasonOf(error)}`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}

run(process.argv.slice(2)).catch(fail);
