import { VideoDecoder } from 'everycodec';

globalThis.result = new Promise((error) => {
  new VideoDecoder({ output() {}, error }).configure({ codec: 'vp8' });
}).then(({ name, message }) => ({ name, message }));
