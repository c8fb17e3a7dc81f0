import { loadPart } from '../platform/load-part.ts';

/** What sessions of sound need, which programs that only have pictures do without: loaded by the first use. */
export const audioSessions = () => loadPart('audio', import('./audio.ts'));
