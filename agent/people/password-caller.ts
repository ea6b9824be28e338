// Who comes in with a name and a password: browsers get a session for it, devices a token.
import { TtError } from '@tt/protocol';
import type { Caller, Identities } from '@tt/server';
import type { Services } from '../operations/services.ts';

interface Border {
  services: Pick<Services, 'users' | 'passwords'>;
  identities: Identities;
  /** IP address; null if unknown. */
  peerAddress: string | null;
}

/** `wrongBefore`: wrong passwords for this user since their last login. Rejects with PASSWORD_WRONG, PASSWORD_TOO_OFTEN. */
export async function callerByPassword(
  { services, identities, peerAddress: address }: Border,
  { userName, password }: { userName: string; password: string },
): Promise<{ caller: Caller; wrongBefore: number }> {
  const { id, passwordHash } = services.users.find(userName) ?? {};
  // Another anchor: the user is disabled, or the name belongs to somebody in the configuration.
  const hash = id !== undefined && identities.anchorOf(userName) === id ? (passwordHash ?? null) : null;
  const wrongBefore = await services.passwords.check({ userName, password, address }, hash);
  // As they are now: they may have been disabled meanwhile, or have another password.
  const isSame = services.users.find(userName)?.passwordHash === hash && identities.anchorOf(userName) === id;
  const caller = isSame ? identities.named(userName) : null;
  if (caller === null) throw new TtError('PASSWORD_WRONG', {});
  return { caller, wrongBefore };
}
