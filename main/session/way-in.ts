// What lets the desktop in at a server that is added: a token, the code of a join link, a name and a password, or the browser, by the OpenID
// provider of the server. Each ends in a token.
import type { logInByBrowser, logInByPassword, OpenServer, redeemCode } from '@tt/client/node';
import { z } from 'zod';

export const wayInSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('password'),
    userName: z.string().min(1).max(255),
    password: z.string().min(1).max(256),
  }),
  z.strictObject({ kind: z.literal('browser') }),
]);
export type WayIn = z.infer<typeof wayInSchema>;

/** How each is gone; tests give their own. */
export interface WaysIn {
  redeem: typeof redeemCode;
  byPassword: typeof logInByPassword;
  byBrowser: typeof logInByBrowser;
  /** Shows an address in the system's browser. */
  openPage: (url: string) => void;
}

export interface Asked {
  token: string;
  /** Absent: by the token. */
  wayIn?: WayIn | undefined;
}

/** `code`: that of a join link, which goes before all else. Rejects as `redeemCode`, `logInByPassword` and `logInByBrowser` do. */
export async function tokenFor(
  server: OpenServer,
  { token, wayIn }: Asked,
  code: string | null,
  { ways, signal }: { ways: WaysIn; signal: AbortSignal },
): Promise<string> {
  if (code !== null) return ways.redeem(server, code);
  switch (wayIn?.kind) {
    case undefined:
      return token;
    case 'password':
      return ways.byPassword(server, wayIn);
    case 'browser':
      return ways.byBrowser(server, { open: async (url) => ways.openPage(url), signal });
  }
}
