/** All that only programs with an ImageDecoder need; loaded when the first one is made. */
export { openFrameDecoder } from './frame-decoder.ts';
export { createImageParser } from './parser.ts';
