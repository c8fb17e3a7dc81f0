// Removes the browser's own WebCodecs, so that everycodec finds a browser without.
for (const name of [
  'AudioData',
  'AudioDecoder',
  'AudioEncoder',
  'EncodedAudioChunk',
  'EncodedVideoChunk',
  'ImageDecoder',
  'ImageTrack',
  'ImageTrackList',
  'VideoColorSpace',
  'VideoDecoder',
  'VideoEncoder',
  'VideoFrame',
]) {
  delete globalThis[name];
}
