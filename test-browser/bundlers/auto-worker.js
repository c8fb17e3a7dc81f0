import './auto.js';

globalThis.result.then(postMessage, (error) => postMessage(String(error)));
