// Read when the package is loaded, hence set before it.
process.env.EVERYCODEC_THREADS = '0';
const { testVideo } = await import('./video-suite.ts');

testVideo('packs without threads and shared memory');

export {};
