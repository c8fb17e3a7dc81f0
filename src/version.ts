/** Filled in by the build. */
declare const packageVersion: string | undefined;

/** The package's; `source` where its source code runs unbuilt. */
export const version: string = typeof packageVersion === 'string' ? packageVersion : 'source';
