import '../wpt/browser/page/remove-native.js';
import { type RoundTrip, roundTrip } from './round-trip.ts';

export type Report = RoundTrip | { error: string };

const { postMessage } = globalThis as unknown as { postMessage(report: Report): void };

roundTrip().then(postMessage, (error: Error) => postMessage({ error: `${error}\n${error.stack}` }));
