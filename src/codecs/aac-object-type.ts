/** Audio object types, ISO/IEC 14496-3 table 1.17. */
export const audioObjectType = { main: 1, lc: 2, ltp: 4, sbr: 5, ld: 23, ps: 29, eld: 39, usac: 42 } as const;
