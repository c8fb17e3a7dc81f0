import { existsSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { FilePathTarget, type InputAudioTrack, type InputVideoTrack, Logging, LogLevel, Output } from 'mediabunny';
import { engineDescription, polyfill } from '../index.ts';
import type { Job } from './arguments.ts';
import { openAudio } from './audio-pipe.ts';
import { CommandError, reasonOf } from './errors.ts';
import type { Pipe, Session } from './pipe.ts';
import type { Progress } from './progress.ts';
import type { Summary } from './report.ts';
import { openSource, type Source } from './source.ts';
import { Timeline } from './timeline.ts';
import { openVideo } from './video-pipe.ts';

export interface Outcome {
  summary: Summary;
  /** Why the input ended before its end; the output holds what came before. */
  fault: CommandError | null;
}

export async function transcode(job: Job, progress: Progress): Promise<Outcome> {
  const began = performance.now();
  polyfill();
  if (process.env.EVERYCODEC_DEBUG !== '1') Logging.level = LogLevel.Silent;
  const source = await openSource(job.input);
  try {
    checkOutput(job);
    const output = new Output({ format: job.container.format, target: new FilePathTarget(job.output) });
    const tracks = chosenTracks(source, job);
    const start = Math.max(0, await source.input.getFirstTimestamp(tracks));
    const duration = (await source.input.getDurationFromMetadata(tracks)) ?? Number.POSITIVE_INFINITY;
    let reached = 0;
    const session: Session = {
      job,
      source,
      output,
      timeline: new Timeline(),
      start,
      report(seconds) {
        reached = Math.max(reached, seconds);
        const passed = Math.max(0, session.timeline.slowest - start);
        progress.update(Math.min(1, passed / (duration - start)), pictures(pipes));
      },
    };
    const pipes = await openPipes(session);
    const fault = await runPipes(session, pipes);
    return {
      fault,
      summary: {
        output: job.output,
        inputCodecs: pipes.map((pipe) => pipe.inputCodec),
        outputCodecs: pipes.flatMap((pipe) => pipe.outputCodec ?? []),
        frames: pictures(pipes),
        inputBytes: source.bytes,
        outputBytes: statSync(job.output).size,
        mediaSeconds: reached,
        wallSeconds: (performance.now() - began) / 1000,
        engine: engineDescription(),
      },
    };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${job.input} cannot be transcoded: ${reasonOf(error)}`, { cause: error });
  } finally {
    source.input.dispose();
  }
}

function pictures(pipes: Pipe[]): number {
  return pipes.find((pipe) => pipe.name === 'picture')?.count ?? 0;
}

function checkOutput({ input, output, overwrite }: Job): void {
  if (resolve(input) === resolve(output)) throw new CommandError(`${output} is the input itself`);
  if (existsSync(output) && !overwrite) throw new CommandError(`${output} exists; -y overwrites it`);
}

function chosenTracks({ video, audio }: Source, { container }: Job): (InputVideoTrack | InputAudioTrack)[] {
  return [container.videoCodec ? video : null, audio].filter((track) => track !== null);
}

/** Makes a pipe for every track that can be transcoded, and says which is left out. */
async function openPipes(session: Session): Promise<Pipe[]> {
  const { job, source } = session;
  const pipes: Pipe[] = [];
  const reasons: string[] = [];
  const attempt = async (open: () => Promise<Pipe>): Promise<void> => {
    try {
      pipes.push(await open());
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      reasons.push(error.message);
    }
  };
  const { videoCodec, audioCodec } = job.container;
  const { video, audio } = source;
  if (video && videoCodec) await attempt(() => openVideo(session, video, videoCodec));
  if (audio) await attempt(() => openAudio(session, audio, audioCodec));
  if (!audio && !videoCodec) reasons.push('it has no sound');
  if (pipes.length === 0) throw new CommandError(`${job.input}: ${reasons.join('; ')}`);
  for (const reason of reasons) console.error(`everycodec: ${job.input}: left out: ${reason}`);
  return pipes;
}

/** Runs all tracks side by side and completes the file, also when one of them fails. */
async function runPipes(session: Session, pipes: Pipe[]): Promise<CommandError | null> {
  const { job, output, timeline } = session;
  const faults: CommandError[] = [];
  const runPipe = async (pipe: Pipe): Promise<void> => {
    try {
      await pipe.run();
      pipe.end();
      timeline.leave(pipe);
    } catch (error) {
      faults.push(new CommandError(`${job.input}: the ${pipe.name} breaks off: ${reasonOf(error)}`, { cause: error }));
      timeline.fail(pipe);
    }
  };

  for (const pipe of pipes) timeline.join(pipe);
  try {
    await output.start();
    await Promise.all(pipes.map(runPipe));
    if (pipes.every((pipe) => pipe.count === 0)) throw new CommandError(`${job.input} is without content`);
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => {});
    rmSync(job.output, { force: true });
    // Where a track failed before, that is the cause.
    if (faults[0]) throw faults[0];
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${job.output} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
  return faults[0] ?? null;
}
