import { serveFiles } from './serve-files.ts';

/** Waits for a part of the library that is imported when it is used; rejects with what helps where it does not come. */
export const loadPart = <Part>(name: string, part: Promise<Part>): Promise<Part> =>
  part.catch((error: Error) => {
    throw new Error(`${name}.js did not come (${error.message}): ${serveFiles}`);
  });
