// The calls by which a browser gets in. Agent and proxy answer them alike, so they live at the shared border.
import { TtError } from '@tt/protocol';
import type { BorderContext } from './call-context.ts';
import { mustBeSomebody } from './identities.ts';
import { sessionCookie } from './session-cookie.ts';

/** Makes a one-time code that lets a browser in as whoever asks (who has shown a token or session). */
export function invite({ joinCodes, caller }: BorderContext): { code: string; expiresAt: string } {
  const { code, expiresAt } = joinCodes.issue(mustBeSomebody(caller));
  return { code, expiresAt: expiresAt.toISOString() };
}

/** Turns a code (or a token) into the session cookie. Throws JOIN_CODE_INVALID. */
export function join(code: string, { joinCodes, resHeaders }: BorderContext): { joined: true } {
  // Only an HTTP answer can set a cookie; over a WebSocket the code stays unused.
  const session = resHeaders ? joinCodes.redeem(code) : null;
  if (session === null || !resHeaders) throw new TtError('JOIN_CODE_INVALID', {});
  resHeaders.append('set-cookie', sessionCookie(session));
  return { joined: true };
}
