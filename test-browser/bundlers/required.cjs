const everycodec = require('everycodec');
const { roundTrips } = require('./round-trips.js');

const { kept } = everycodec.polyfill({ mode: 'all' });
globalThis.result = kept.length > 0 ? Promise.reject(kept) : roundTrips(globalThis, everycodec);
