/** The folder of real media files with reference checksums, which is not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const mediaFolder =
  process.env.EVERYCODEC_MEDIA ?? fileURLToPath(new URL('../../../shared/media', import.meta.url));

/** For the `skip` option of a test. */
export const mediaAbsent: string | false = existsSync(join(mediaFolder, 'MANIFEST.tsv'))
  ? false
  : `no media files in ${mediaFolder}; EVERYCODEC_MEDIA names another folder`;

export interface MediaFile {
  /** Relative to the media folder: also the name of the test. */
  name: string;
  path: string;
  /** First folder of the name: the codec. */
  folder: string;
  /** e.g. 'h264/high-interlaced'; 'h264/damaged' for files that are broken on purpose. */
  class: string;
  isDamaged: boolean;
  /** FFmpeg's name of the reference's pixel or sample format, '' where unknown. */
  format: string;
  /** Paths of the reference files. */
  references: string[];
}

/** The files in the given folders of the media folder, in the manifest's order. */
export function mediaFiles(...folders: string[]): MediaFile[] {
  if (mediaAbsent) return [];
  const [header, ...lines] = readFileSync(join(mediaFolder, 'MANIFEST.tsv'), 'utf8').trimEnd().split('\n');
  const columns = header!.split('\t');
  return lines
    .map((line) => {
      const cells = line.split('\t');
      const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
      const references = row.ref_files!.split(' ').filter(Boolean);
      return {
        name: row.file!,
        path: join(mediaFolder, row.file!),
        folder: row.file!.split('/')[0]!,
        class: row.class!,
        isDamaged: row.class!.endsWith('/damaged'),
        format: row.pix_or_sample_fmt!,
        references: references.map((reference) => join(mediaFolder, reference)),
      };
    })
    .filter((file) => folders.includes(file.folder));
}
