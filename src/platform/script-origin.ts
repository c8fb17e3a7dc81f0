/** Workers of pages must be of the page's own origin: a script of another (a CDN's) is imported by a worker of ours. */

export const isSameOrigin = ({ origin }: URL): boolean => origin === self.origin;

const imports = new Map<string, string>();

/** The address of a module that imports another. */
export function importing({ href }: URL): string {
  let address = imports.get(href);
  if (!address) {
    const source = new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' });
    address = URL.createObjectURL(source);
    imports.set(href, address);
  }
  return address;
}

/** What helps where a script that can be read was refused as a worker. */
export function refusalOf(url: URL): string {
  const policy = isSameOrigin(url) ? "worker-src 'self'" : `worker-src blob:, script-src ${url.origin}`;
  const header = crossOriginIsolated ? ', and the file the header Cross-Origin-Embedder-Policy' : '';
  return `${url.href} was refused: CSP needs ${policy}${header}`;
}
