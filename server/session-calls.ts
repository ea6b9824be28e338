// The calls for browser login and logout. Agent and proxy answer them in the same way, so they are part of the shared border.
import { type SessionView, type TokenView, TtError } from '@tt/protocol';
import type { BorderContext } from './call-context.ts';
import { type Caller, mustBeSomebody } from './identities.ts';
import type { SessionRecord } from './session-store.ts';
import type { SessionOrigin } from './sessions.ts';

/** Creates a one-time code for a browser login as the caller (who has a token or session). */
export function invite({ logins, caller }: BorderContext): { code: string; expiresAt: string } {
  const { code, expiresAt } = logins.invite(mustBeSomebody(caller));
  return { code, expiresAt: expiresAt.toISOString() };
}

/** Turns a code (or a token) into a session. Throws JOIN_CODE_INVALID, JOIN_TOO_OFTEN, LOGIN_EXPIRED. */
export function join(
  { code, verifier }: { code: string; verifier?: string | undefined },
  context: BorderContext,
): { secret: string; session: SessionView } {
  return begun(context.logins.join(code, originOf(context), verifier ?? null));
}

/** Starts a session for somebody who was identified in another way. */
export function beginSession(caller: Caller, context: BorderContext): { secret: string; session: SessionView } {
  return begun(context.logins.sessions.begin(caller, originOf(context)));
}

function begun({ secret, record }: { secret: string; record: SessionRecord }): {
  secret: string;
  session: SessionView;
} {
  return { secret, session: viewOf(record, record.id) };
}

function originOf({ peerAddress: address, userAgent }: BorderContext): SessionOrigin {
  return { address, userAgent };
}

/**
 * Turns a code into a session for a device, where the server keeps no tokens: it ends as sessions do. Throws JOIN_CODE_INVALID,
 * JOIN_TOO_OFTEN.
 */
export function redeemAsSession(
  { code, name, verifier }: { code: string; name: string; verifier?: string | undefined },
  { logins, peerAddress: address }: BorderContext,
): { secret: string; token: TokenView } {
  const { secret, record } = logins.sessions.begin(logins.redeem(code, address, verifier ?? null), {
    address,
    userAgent: name,
  });
  const { id, userName, createdAt, expiresAt: endsAt } = record;
  const unused = { lastUsedAt: null, lastUsedFrom: null, isThis: false };
  return { secret, token: { id, name, userName, createdAt, createdBy: userName, endsAt, ...unused } };
}

/** The caller's own sessions; an administrator sees all. */
export function listSessions({ logins, caller, sessionId }: BorderContext): { sessions: SessionView[] } {
  return { sessions: logins.sessions.list(mustBeSomebody(caller)).map((record) => viewOf(record, sessionId)) };
}

/**
 * Ends this session, the caller's other ones, all of them, or those named (an administrator can name anybody's). Throws
 * LOGIN_NOT_FOUND, without ending any, if one of those named does not exist.
 */
export function endSessions(
  which: 'this' | 'others' | 'all' | readonly string[],
  { logins, caller, sessionId }: BorderContext,
): { ended: number } {
  const asker = mustBeSomebody(caller);
  const visible = logins.sessions.list(asker);
  return { ended: logins.sessions.end(new Set(meant())) };

  function meant(): readonly string[] {
    const own = visible.filter(({ userName }) => userName === asker.name).map(({ id }) => id);
    if (which === 'this') return sessionId === null ? [] : [sessionId];
    if (which === 'all') return own;
    if (which === 'others') return own.filter((id) => id !== sessionId);
    const missing = which.find((id) => visible.every((record) => record.id !== id));
    if (missing !== undefined) throw new TtError('LOGIN_NOT_FOUND', { sessionId: missing });
    return which;
  }
}

function viewOf(record: SessionRecord, current: string | null): SessionView {
  const { id, userName, createdAt, lastUsedAt, expiresAt, address, userAgent } = record;
  return { id, userName, createdAt, lastUsedAt, expiresAt, address, userAgent, isThis: id === current };
}
