// A login by the OpenID provider of a server, for a program: the system's browser goes there and comes back to a port of this computer
// (RFC 8252), with a code that only this program, which has the verifier, turns into a token.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TtError } from '@tt/protocol';
import { z } from 'zod';
import { openCall, type OpenServer } from './open-call.ts';
import { redeemCode } from './redeem-code.ts';

const begunSchema = z.object({
  url: z.url({ protocol: /^https?$/ }).max(16_384),
  expiresAt: z.iso.datetime(),
});
const CODE = /^[A-Za-z0-9_-]{1,256}$/;
const DONE = 'You can close this page and go back to TT.\n可以关闭此页面，返回 TT。\n';
const PAGE = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

export interface BrowserLogin {
  /** Shows this address to the person, in a browser where there is one. */
  open: (url: string) => Promise<void>;
  /** The address where a browser of another computer ended, as the person pastes it; absent: nobody is asked. */
  pasted?: (signal: AbortSignal) => Promise<string>;
  /** Gives up. */
  signal?: AbortSignal;
  /** What the token is called; default: this computer's name. */
  device?: string;
}

/**
 * The token of this device. Rejects with LOGIN_EXPIRED if nobody comes back in time, OPERATION_CANCELLED, what the login failed with, and
 * as `openCall` does.
 */
export async function logInByBrowser(
  server: OpenServer,
  { open, pasted, signal, device }: BrowserLogin,
): Promise<string> {
  const [verifier, key] = [secret(32), secret(16)];
  const end = new AbortController();
  const given = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const { port } = listener.address() as AddressInfo;
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const { url, expiresAt } = await openCall(
      server,
      '/session/oidc',
      { challenge, device: { port, key } },
      begunSchema,
    );
    const came = codeFrom(listener, key, given);
    const late = setTimeout(() => end.abort(new TtError('LOGIN_EXPIRED', {})), Date.parse(expiresAt) - Date.now());
    const ways = [came, ...(pasted ? [codePasted(pasted, key, given)] : [])];
    try {
      await open(url);
      const code = await Promise.race(ways);
      return await redeemCode(server, code, device, verifier);
    } finally {
      clearTimeout(late);
      for (const way of ways) way.catch(() => {});
      end.abort();
    }
  } finally {
    listener.close();
  }
}

/** The first request with the key counts; nothing else gets anything. */
function codeFrom(listener: Server, key: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof TtError ? signal.reason : cancelled());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    listener.on('request', (request, response) => {
      const code = codeIn(`http://127.0.0.1${request.url ?? ''}`, key);
      response.writeHead(code === null ? 404 : 200, PAGE);
      response.end(code === null ? '' : DONE, () => {
        if (code !== null) resolve(code);
      });
    });
  });
}

/** Asked again until it is the address of this login. */
async function codePasted(
  ask: (signal: AbortSignal) => Promise<string>,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const code = codeIn((await ask(signal)).trim(), key);
    if (code !== null) return code;
  }
}

function codeIn(address: string, key: string): string | null {
  const url = URL.parse(address);
  const code = url?.pathname === `/${key}` ? url.searchParams.get('code') : null;
  return code !== null && CODE.test(code) ? code : null;
}

function secret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function cancelled(): TtError {
  return new TtError('OPERATION_CANCELLED', { operation: 'session.beginOidc' });
}
