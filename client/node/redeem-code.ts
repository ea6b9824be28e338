// What lets a person in, turned into a token of this device: the code of a join link, or a name and a password.
import { hostname } from 'node:os';
import { TOKEN_NAME_MAX } from '@tt/protocol';
import { z } from 'zod';
import { openCall, type OpenServer } from './open-call.ts';

const answerSchema = z.object({ secret: z.string().min(1).max(4096) });

/**
 * `device`: what the token is called; `verifier`: that of a login, for its code. Rejects with JOIN_CODE_INVALID, LOGIN_EXPIRED, what the
 * login failed with, AGENT_UNREACHABLE, and as connections to the server do.
 */
export async function redeemCode(
  server: OpenServer,
  code: string,
  device = hostname().trim(),
  verifier?: string,
): Promise<string> {
  const request = { code, name: nameOf(device), ...(verifier !== undefined && { verifier }) };
  return (await openCall(server, '/tokens/redeem', request, answerSchema)).secret;
}

/** Rejects with PASSWORD_WRONG, PASSWORD_TOO_OFTEN, AGENT_UNREACHABLE, and as connections to the server do. */
export async function logInByPassword(
  server: OpenServer,
  { userName, password }: { userName: string; password: string },
  device = hostname().trim(),
): Promise<string> {
  const request = { userName, password, name: nameOf(device) };
  return (await openCall(server, '/tokens/login', request, answerSchema)).secret;
}

function nameOf(device: string): string {
  return device.slice(0, TOKEN_NAME_MAX) || 'device';
}
