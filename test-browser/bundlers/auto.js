// The browser's own classes go first.
import './remove-native.js';
import 'everycodec/auto';
import * as everycodec from 'everycodec';
import { roundTrips } from './round-trips.js';

globalThis.result = roundTrips(globalThis, everycodec);
