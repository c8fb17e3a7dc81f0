import { spawnSync } from 'node:child_process';
import { hostNames } from './hosts.ts';

/** A self-signed certificate and its key, for this run alone: the browsers are told to accept any. */
export function makeCertificate(): { key: string; cert: string } {
  const names = hostNames.map((name) => `DNS:${name}`).join();
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${hostNames[0]}`];
  const { status, stdout, stderr, error } = spawnSync(
    'openssl',
    [...request, '-addext', `subjectAltName=${names}`, '-keyout', '-', '-out', '-'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl, which makes the server's certificate, failed: ${error ?? stderr}`);
  // Both are PEM blocks; readers of either skip the other.
  return { key: stdout, cert: stdout };
}
