/** What is global in Node. */
export { Buffer } from 'buffer';

/** Filled in by the bundler. */
declare const mediaFolder: string;

export const process = { env: { EVERYCODEC_MEDIA: mediaFolder } };
