/** Calls a function of Node, which the test's server runs (node-calls.ts). */

/** Where it listens: filled in by the bundler. */
declare const nodeCallsPath: string;

export interface Answer {
  value: unknown;
  bytes: Uint8Array;
}

/** The tests expect results at once, hence a request that blocks the page. */
export function call(name: string, parameters: readonly unknown[], body?: Uint8Array): Answer {
  const request = new XMLHttpRequest();
  request.open('POST', `${nodeCallsPath}${name}`, false);
  request.setRequestHeader('X-Parameters', encodeURIComponent(JSON.stringify(parameters)));
  // Such a request has only text to give: this one's characters hold a byte each.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send((body as Uint8Array<ArrayBuffer> | undefined) ?? null);
  const bytes = toBytes(request.responseText);
  if (request.status !== 200) throw new Error(`${name}: ${new TextDecoder().decode(bytes)}`);
  return { value: JSON.parse(decodeURIComponent(request.getResponseHeader('X-Value')!)), bytes };
}

function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
