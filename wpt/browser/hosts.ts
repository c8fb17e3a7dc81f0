/** Names and ports under which the suite is served, and their substitution into its `.sub.` files. */

/** The names that web-platform-tests use; both browsers are told that they mean this machine. */
const host = 'web-platform.test';
/** Another site. */
const alternativeHost = 'not-web-platform.test';
const subdomains = ['', 'www', 'www1', 'www2'];

export type Scheme = 'http' | 'https';

/** Two ports for each scheme, as some tests want an origin that differs by its port alone. */
export type Ports = Record<Scheme, [number, number]>;

const withSubdomain = (subdomain: string, name: string): string => (subdomain ? `${subdomain}.${name}` : name);

export const hostNames: string[] = [host, alternativeHost].flatMap((name) =>
  subdomains.map((subdomain) => withSubdomain(subdomain, name)),
);

/** A secure context only where a file's name asks for it: with http these names are not trustworthy. */
export function originFor(file: string, ports: Ports): string {
  const scheme = /\.https\./.test(file) ? 'https' : 'http';
  return `${scheme}://${host}:${ports[scheme][0]}`;
}

/** https://web-platform-tests.org/writing-tests/server-pipes.html#sub */
export function substitute(text: string, ports: Ports): string {
  return text.replaceAll(/\{\{([^{}]+)\}\}/g, (_, expression: string) => valueFor(expression.trim(), ports));
}

function valueFor(expression: string, ports: Ports): string {
  const [name, ...keys] = expression.split(/[[\]]+/);
  const [first = '', second = ''] = keys;
  if (name === 'host') return host;
  if (name === 'domains') return withSubdomain(first, host);
  if (name === 'hosts') return withSubdomain(second, first === 'alt' ? alternativeHost : host);
  const port = name === 'ports' ? ports[first as Scheme]?.[Number(second)] : undefined;
  if (port === undefined) throw new Error(`unknown substitution {{${expression}}}`);
  return String(port);
}
