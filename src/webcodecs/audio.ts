export * from './audio-decoder-session.ts';
export * from './audio-encoder-session.ts';
