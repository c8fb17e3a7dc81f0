// Dedicated workers that tests start from a blob: or data: URL do not come from the server, which gives its own the
// prelude. They get it here: the worker starts with a script of ours, which imports the prelude and then theirs.
// Shared and service workers stay as they are: WebCodecs is not exposed there.
{
  const prelude = ['/everycodec-wpt/remove-native.js', '/everycodec/browser/everycodec.js'];
  const isInline = (url) => /^(blob|data):/.test(url);

  const importing = (urls) =>
    URL.createObjectURL(
      new Blob([`importScripts(${urls.map((url) => JSON.stringify(url)).join()});`], { type: 'text/javascript' }),
    );

  const WrappedWorker = globalThis.Worker;
  globalThis.Worker = class Worker extends WrappedWorker {
    constructor(url, options) {
      const isWrapped = isInline(String(url)) && options?.type !== 'module';
      // A script with a blob: URL has no base for relative addresses.
      super(isWrapped ? importing([...prelude.map((path) => location.origin + path), String(url)]) : url, options);
    }
  };
}
