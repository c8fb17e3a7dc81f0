/**
 * Loads an addon ("everycodec -", which names it in EVERYCODEC_ACCEL) or a peer with its addon ("LIBRARY FOLDER"): so
 * long JavaScript waits. Prints a Measurement.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { print, startMeasuring } from './library.mjs';

const [library, folder] = process.argv.slice(2);
const isOurs = library === 'everycodec';
const require = createRequire(isOurs ? import.meta.url : join(folder, 'index.js'));
const finish = startMeasuring();
require(isOurs ? process.env.EVERYCODEC_ACCEL : library);
print(finish(1));
