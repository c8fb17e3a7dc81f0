import cliProgress from 'cli-progress';

export interface Progress {
  /** `fraction` of the whole, from 0 to 1. */
  update(fraction: number, frames: number): void;
  stop(): void;
}

/** A bar where a person watches; where the output goes to a file, now and then a line. */
export function startProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? startBar(stream) : startLines(stream);
}

function startBar(stream: NodeJS.WriteStream): Progress {
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: '{bar} {percentage} % · {frames} frames · {eta_formatted} left',
      clearOnComplete: true,
      etaBuffer: 200,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1000, 0, { frames: 0 });
  return {
    update: (fraction, frames) => bar.update(Math.round(fraction * 1000), { frames }),
    stop: () => bar.stop(),
  };
}

const linePeriod = 5_000;

function startLines(stream: NodeJS.WriteStream): Progress {
  let printed = Date.now();
  return {
    update(fraction) {
      if (Date.now() - printed < linePeriod) return;
      printed = Date.now();
      stream.write(`${Math.floor(fraction * 100)} %\n`);
    },
    stop() {},
  };
}
