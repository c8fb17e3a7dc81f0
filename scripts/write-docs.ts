/** Writes the parts of the documentation that are made from the code. */
import { writeFileSync } from 'node:fs';
import { codecsDocument, documentFile } from './codecs-document.ts';

writeFileSync(documentFile, await codecsDocument());
