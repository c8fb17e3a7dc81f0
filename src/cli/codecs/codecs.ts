import { readManifest } from './manifest.ts';
import { supportMatrix } from './matrix.ts';
import { matrixText } from './terminal.ts';

const usualWidth = 80;

/** What `everycodec codecs` prints. */
export async function codecsReport(stream: NodeJS.WriteStream, json: boolean): Promise<string> {
  const matrix = await supportMatrix(readManifest());
  if (json) return JSON.stringify(matrix, null, 2);
  const bold = stream.isTTY === true && !process.env.NO_COLOR;
  return matrixText(matrix, { width: stream.columns ?? usualWidth, bold });
}
