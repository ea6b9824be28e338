// Whether a server speaks TLS, and with which identity. What makes certificates is loaded only here: servers on loopback need none.
import { isLoopback } from '@tt/client/node';
import type { Logger } from 'pino';
import type { TlsIdentity, TlsIdentityOptions } from './tls-identity.ts';

export interface ListeningOptions extends TlsIdentityOptions {
  /** Address to listen on. */
  host: string;
  /** At loopback addresses too, where nobody can listen in. */
  always: boolean;
}

/** null: plain HTTP, at loopback. Rejects as `TlsIdentity.open`. */
export async function openTlsIdentity({ host, always, ...options }: ListeningOptions): Promise<TlsIdentity | null> {
  if (!always && isLoopback(host.includes(':') ? `[${host}]` : host)) return null;
  const { TlsIdentity: Identity } = await import('./tls-identity.ts');
  return Identity.open(options);
}

/** `TlsIdentity.renew` for a server that runs: a failure is logged, and what was presented stays. Never rejects. */
export async function renewTlsIdentity(identity: TlsIdentity | null, logger: Logger): Promise<void> {
  try {
    await identity?.renew();
  } catch (error) {
    logger.error({ err: error }, 'the certificate could not be read again, the one before stays');
  }
}
