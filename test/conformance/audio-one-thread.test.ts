// Read when the package is loaded, hence set before it.
process.env.EVERYCODEC_THREADS = '0';
const { testAudio } = await import('./audio-suite.ts');

testAudio('packs without threads and shared memory');

export {};
