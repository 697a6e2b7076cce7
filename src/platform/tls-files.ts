/** The certificate and the key with which the service speaks TLS itself. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { readKeyFile } from './key-file.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** @throws FILE_UNREADABLE, KEY_MISSING, KEY_EXPOSED, SETTING_INVALID */
export function readTlsFiles({ certFile, keyFile }: { readonly certFile: string; readonly keyFile: string }): TlsFiles {
  let cert: string;
  try {
    cert = readFileSync(certFile, 'utf8');
  } catch (cause) {
    throw new HoldfastError(
      'FILE_UNREADABLE',
      `the certificate that HOLDFAST_TLS_CERT_FILE names: ${messageOf(cause)}`,
      {
        hint: 'Name a PEM file that the user of the service can read, with the whole chain in it.',
        cause,
      },
    );
  }
  const key = readKeyFile(keyFile, 'the key file that HOLDFAST_TLS_KEY_FILE names');
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new HoldfastError(
      'SETTING_INVALID',
      'HOLDFAST_TLS_CERT_FILE and HOLDFAST_TLS_KEY_FILE hold no certificate and its key',
      {
        hint: 'Both are PEM files, the key without a passphrase and belonging to the first certificate of the other.',
        cause,
      },
    );
  }
  return { cert, key };
}
