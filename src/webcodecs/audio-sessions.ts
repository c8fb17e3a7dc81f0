/** What sessions of sound need, which programs that only have pictures do without: loaded by the first use. */
export const audioSessions = () => import('./audio.ts');
