import * as everycodec from 'everycodec';
import { roundTrips } from './round-trips.js';

everycodec.setAssetBase('/everycodec/');
everycodec.polyfill({ mode: 'all' });
globalThis.result = roundTrips(globalThis, everycodec);
