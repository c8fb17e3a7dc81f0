import * as everycodec from 'everycodec';
import { roundTrips } from './round-trips.js';

everycodec.setAssetBase(new URL('./node_modules/everycodec/dist/', import.meta.url));
console.log(JSON.stringify(await roundTrips(everycodec, everycodec)));
