/** What a finished transcode was like. */
export interface Summary {
  output: string;
  inputCodecs: string[];
  outputCodecs: string[];
  /** Pictures written; 0 for sound alone. */
  frames: number;
  inputBytes: number;
  outputBytes: number;
  mediaSeconds: number;
  wallSeconds: number;
  engine: string;
}

/** The one line that a transcode prints. */
export function resultLine(summary: Summary): string {
  const parts = [
    `${summary.inputCodecs.join('+')} → ${summary.outputCodecs.join('+')}`,
    summary.frames > 0 ? `${summary.frames} frames` : 'sound only',
    `${formatBytes(summary.inputBytes)} → ${formatBytes(summary.outputBytes)}`,
    `${summary.mediaSeconds.toFixed(1)} s in ${summary.wallSeconds.toFixed(1)} s ` +
      `(${formatSpeed(summary.mediaSeconds / summary.wallSeconds)} real time)`,
    `engine ${summary.engine}`,
  ];
  return `${summary.output}: ${parts.join(', ')}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function formatSpeed(factor: number): string {
  return `${factor.toPrecision(factor >= 100 ? 3 : 2)}×`;
}
