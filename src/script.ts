/** The build for a script tag: installs the classes that the page lacks, and is the global `everycodec`. */
import './auto.ts';

export * from './index.ts';
