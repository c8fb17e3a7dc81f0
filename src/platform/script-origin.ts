/** Workers of pages must be of the page's own origin: a script of another (a CDN's) is imported by a worker of ours. */

export const isSameOrigin = ({ origin }: URL): boolean => origin === self.origin;

/**
 * Imports a module, and gives it the messages that came before. A static import would be fetched as a worker's script,
 * from which WebKit wants Cross-Origin-Embedder-Policy, and which needs the address in worker-src of the CSP.
 */
const bootstrap = (address: string): string => `
const early = [], keep = ({ data }) => early.push(data);
addEventListener('message', keep);
import(${JSON.stringify(address)}).then(() => {
removeEventListener('message', keep);
for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
}, (error) => setTimeout(() => { throw error }))`;

const imports = new Map<string, string>();

/** The address of a worker's script that imports another. */
export function importing({ href }: URL): string {
  let address = imports.get(href);
  if (!address) {
    address = URL.createObjectURL(new Blob([bootstrap(href)], { type: 'text/javascript' }));
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
