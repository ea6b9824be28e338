// Where a server gets its TLS identity. What makes certificates is loaded only here: servers on loopback need none.
import type { TlsIdentity, TlsIdentityOptions } from './tls-identity.ts';

/** As `TlsIdentity.open`. */
export async function openTlsIdentity(options: TlsIdentityOptions): Promise<TlsIdentity> {
  const { TlsIdentity: Identity } = await import('./tls-identity.ts');
  return Identity.open(options);
}
