// Which authority a server is known by from now on, when somebody selects it: asked once, before a token is sent.
import { TtError } from '@tt/protocol';
import { authorityWith, trustedSocket } from './trusted-socket.ts';

/**
 * PEM of the authority to pin; null if the system trusts the server, or it speaks plain HTTP on this computer. `fingerprint`: what
 * somebody was told about it; `known`: what was pinned before, for this very server. Rejects with SERVER_NOT_TRUSTED if nobody said
 * anything about it, and as connections to it do.
 */
export async function settleTrust(
  url: string,
  { fingerprint, known }: { fingerprint: string | null; known: string | null },
): Promise<string | null> {
  if (new URL(url).protocol !== 'https:') return null;
  try {
    // What was told wins over what was known: that is how a server that was set up anew is accepted.
    if (fingerprint !== null) return await authorityWith(url, fingerprint);
    (await trustedSocket(url, known)).destroy();
    return known;
  } catch (error) {
    throw error instanceof TtError ? error : new TtError('AGENT_UNREACHABLE', { url }, { cause: error });
  }
}
